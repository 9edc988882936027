// Leaves out tests whose answer follows from those passed on the way. Of `a == 1 || a == 2 || a > 40`, each comparison
// asks both halves; on the way to the third the high half is known.
//
// What is known of a word is a range and some bits. A block that is met with different knowledge becomes several, so it
// is told apart by what it and its followers ask for only, and all is given up where it gets out of hand.

import { type Block, type Blocks, blocksFrom, type Test, WHOLE } from "./blocks.js";
import { MAX_INSTRUCTIONS } from "./program.js";

/** Between `from` and `to`, both included; of the bits in `mask` the value is `bits`. */
type Known = { readonly from: number; readonly to: number; readonly mask: number; readonly bits: number };
type Knowledge = ReadonlyMap<number, Known>;

const NOTHING: Known = { from: 0, to: WHOLE, mask: 0, bits: 0 };
const MAX_VISITS = 4 * MAX_INSTRUCTIONS;

/** The same decisions by fewer tests, or `root` itself. */
export function narrow(blocks: Blocks, root: Block): Block {
  if (blocksFrom(root) === null) return root;
  const done = new Map<string, Block>();
  return visit(root, new Map()) ?? root;

  /** Null where there are too many. */
  function visit(from: Block, knowledge: Knowledge): Block | null {
    const block = past(from, knowledge);
    if (block.kind === "return") return block;
    const { test, whenTrue, whenFalse } = block;
    const known = knowledge.get(test.word) ?? NOTHING;
    const key = keyOf(block, knowledge);
    const found = done.get(key);
    if (found !== undefined) return found;
    const yes = visit(whenTrue, new Map(knowledge).set(test.word, learn(known, test, true)));
    const no = yes && visit(whenFalse, new Map(knowledge).set(test.word, learn(known, test, false)));
    if (yes === null || no === null || done.size > MAX_VISITS) return null;
    const made = blocks.test(test, yes, no);
    done.set(key, made);
    return made;
  }
}

/** Where `block` leads once `test` holds. */
export function pastTest(block: Block, test: Test): Block {
  return past(block, new Map([[test.word, learn(NOTHING, test, true)]]));
}

/** The first block from `block` on whose answer is not known. */
function past(block: Block, knowledge: Knowledge): Block {
  let at = block;
  while (at.kind === "test") {
    const answer = answerOf(at.test, knowledge.get(at.test.word) ?? NOTHING);
    if (answer === undefined) return at;
    at = answer ? at.whenTrue : at.whenFalse;
  }
  return at;
}

function keyOf(block: Block, knowledge: Knowledge): string {
  const relevant = [...knowledge]
    .filter(([word, known]) => ((block.words >>> (word / 4)) & 1) === 1 && known !== NOTHING)
    .map(([word, { from, to, mask, bits }]) => `${word}:${from},${to},${mask},${bits}`);
  return `${block.id} ${relevant.sort().join(" ")}`;
}

function answerOf({ mask, kind, value }: Test, known: Known): boolean | undefined {
  if (kind === "equal") {
    if (((value ^ known.bits) & mask & known.mask) !== 0) return false;
    if ((mask & ~known.mask) === 0) return true;
    return mask === WHOLE && (value < known.from || value > known.to) ? false : undefined;
  }
  if ((mask & ~known.mask) === 0) return (known.bits & mask) >>> 0 >= value;
  if (mask !== WHOLE) return undefined;
  return known.from >= value ? true : known.to < value ? false : undefined;
}

function learn(known: Known, { mask, kind, value }: Test, holds: boolean): Known {
  if (kind === "equal") {
    if (holds) return withBits(known, mask, value);
    const isSingleBit = (mask & (mask - 1)) === 0;
    if (isSingleBit) return withBits(known, mask, ~value);
  }
  if (mask !== WHOLE) return known;
  if (kind === "atLeast")
    return holds ? between(known, value, known.to) : between(known, known.from, value - 1);
  if (value === known.from) return between(known, value + 1, known.to);
  return value === known.to ? between(known, known.from, value - 1) : known;
}

function withBits(known: Known, mask: number, value: number): Known {
  const bits = ((known.bits & ~mask) | (value & mask)) >>> 0;
  if (mask === WHOLE) return { from: bits, to: bits, mask, bits };
  return { ...known, mask: (known.mask | mask) >>> 0, bits };
}

function between(known: Known, from: number, to: number): Known {
  if (from === to) return { from, to, mask: WHOLE, bits: from };
  return { ...known, from: Math.max(known.from, from), to: Math.min(known.to, to) };
}
