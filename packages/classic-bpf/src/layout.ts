// Blocks → instructions, written from the last to the first, so that a jump's target has its address when the jump is
// written. A block is up to three instructions, and a jump enters it where what it needs is already in A:
//
//   load   ld [24]             A is something else
//   mask   and #0x7c020000     A is the word, unmasked
//   jump   jeq #0, …           A is the masked word: the block before asked about the same one
//
// A branch reaches 255 instructions. What lies further is reached over a stepping stone put right behind the branch: for
// a return the return itself again, for a block a `ja`. Later branches within reach use the same stone.

import { type Block, blocksFrom, type Test, WHOLE } from "./blocks.js";
import { OP } from "./opcodes.js";
import type { Instruction } from "./program.js";

type TestBlock = Block & { readonly kind: "test" };
type Entry = "load" | "mask" | "jump";
/** What A holds. */
type Held = { readonly word: number; readonly mask: number } | null;
const REACH = 255;

/** Null where there are more blocks than the kernel takes instructions. */
export function layOut(root: Block): readonly Instruction[] | null {
  const order = inOrder(root);
  if (order === null) return null;
  const entries = entriesUsed(root, order);
  const written: Instruction[] = []; // the last instruction first
  const places = new Map<string, number>(); // of a block's entry, in `written`

  for (const block of order) {
    if (block.kind === "return") place(block, "jump", returns(block.value));
    else write(block);
  }
  return written.reverse();

  function write(block: TestBlock): void {
    const { jump, swapped } = jumpOf(block.test);
    const [whenTrue, whenFalse] = swapped
      ? [block.whenFalse, block.whenTrue]
      : [block.whenTrue, block.whenFalse];
    const held = heldAfter(block.test);
    // A stone for one moves the other one instruction further, so both are looked at again.
    while (stone(whenTrue, held) || stone(whenFalse, held));
    place(block, "jump", { ...jump, jt: distance(whenTrue, held), jf: distance(whenFalse, held) });
    if (needsMask(block.test) && (entries.has(key(block, "mask")) || entries.has(key(block, "load")))) {
      place(block, "mask", { code: OP.AND_K, jt: 0, jf: 0, k: block.test.mask });
    }
    if (entries.has(key(block, "load"))) {
      place(block, "load", { code: OP.LD_W_ABS, jt: 0, jf: 0, k: block.test.word });
    }
  }

  /** Puts one down where the target is out of reach of an instruction written next. */
  function stone(target: Block, held: Held): boolean {
    const skip = distance(target, held);
    if (skip <= REACH) return false;
    place(
      target,
      entryOf(target, held),
      target.kind === "return" ? returns(target.value) : { code: OP.JA, jt: 0, jf: 0, k: skip },
    );
    return true;
  }

  function distance(target: Block, held: Held): number {
    const placed = places.get(key(target, entryOf(target, held)));
    if (placed === undefined) throw new Error("a block is written before one that it leads to");
    return written.length - 1 - placed;
  }

  function place(block: Block, entry: Entry, instruction: Instruction): void {
    places.set(key(block, entry), written.push(instruction) - 1);
  }
}

/** Every block behind those it leads to; what is met where a test fails comes last in the program. */
function inOrder(root: Block): readonly Block[] | null {
  if (blocksFrom(root) === null) return null;
  const order: Block[] = [];
  const done = new Set<Block>();
  const visit = (block: Block) => {
    if (done.has(block)) return;
    done.add(block);
    if (block.kind === "test") {
      visit(block.whenFalse);
      visit(block.whenTrue);
    }
    order.push(block);
  };
  visit(root);
  return order;
}

function entriesUsed(root: Block, order: readonly Block[]): ReadonlySet<string> {
  const used = new Set([key(root, entryOf(root, null))]);
  for (const block of order) {
    if (block.kind === "return") continue;
    const held = heldAfter(block.test);
    for (const target of [block.whenTrue, block.whenFalse]) used.add(key(target, entryOf(target, held)));
  }
  return used;
}

function entryOf(block: Block, held: Held): Entry {
  if (block.kind === "return") return "jump";
  if (held?.word !== block.test.word) return "load";
  if (held.mask === heldAfter(block.test)?.mask) return "jump";
  return needsMask(block.test) && held.mask === WHOLE ? "mask" : "load";
}

function heldAfter(test: Test): Held {
  return { word: test.word, mask: needsMask(test) ? test.mask : WHOLE };
}

/** Whether all masked bits are 0, and whether a single one is 1, `jset` says without losing A. */
function needsMask({ kind, mask, value }: Test): boolean {
  if (mask === WHOLE) return false;
  return kind === "atLeast" || !(value === 0 || (value === mask && isSingleBit(mask)));
}

function jumpOf(test: Test): { jump: Instruction; swapped: boolean } {
  const { kind, mask, value } = test;
  if (kind === "atLeast") return { jump: { code: OP.JGE_K, jt: 0, jf: 0, k: value }, swapped: false };
  if (mask === WHOLE || needsMask(test)) {
    return { jump: { code: OP.JEQ_K, jt: 0, jf: 0, k: value }, swapped: false };
  }
  return { jump: { code: OP.JSET_K, jt: 0, jf: 0, k: mask }, swapped: value === 0 };
}

function isSingleBit(mask: number): boolean {
  return (mask & (mask - 1)) === 0;
}

function returns(value: number): Instruction {
  return { code: OP.RET_K, jt: 0, jf: 0, k: value };
}

function key(block: Block, entry: Entry): string {
  return `${block.id} ${entry}`;
}
