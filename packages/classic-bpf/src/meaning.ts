// What a program returns, as one diagram over all of seccomp_data: the program run on every call at once. Jumps only go
// forward, so one pass down the text meets every state, and one pass up puts together what comes of it.

import { type Diagram, type Diagrams, TooLarge } from "./decision-diagram.js";
import { OP, opcodeOf } from "./opcodes.js";
import { DATA, type Instruction, MEMORY_WORDS } from "./program.js";
import { arithmetic, comparison, constantWord, isZero, loadedWord, type Word } from "./symbolic-word.js";
import type { VerifiedProgram } from "./verifier.js";

/** States are told apart by what later instructions read, so a program has hardly more of them than instructions. */
const MAX_STATES = 16_384;
/** Of what a program returns by `ret a`, so many bits may depend on the call. */
const MAX_RETURNED_BITS = 6;

const X_SOURCE = 0x08;

/** What the registers and the scratch words hold before an instruction. */
type State = { readonly a: Word; readonly x: Word; readonly memory: readonly Word[] };

/** What a state leads to. */
type Step =
  | { readonly kind: "returns"; readonly value: Diagram }
  | {
      readonly kind: "branches";
      readonly condition: Diagram;
      readonly whenTrue: Next;
      readonly whenFalse: Next;
    };
/** A state before an instruction; or, in place of one, a value. */
type Next = { readonly at: number; readonly key: string } | { readonly value: Diagram };

/** Throws `TooLarge` where a limit is met. */
export function meaningOf(program: VerifiedProgram, diagrams: Diagrams): Diagram {
  const zero = constantWord(diagrams, 0);
  const live = liveAt(program);
  const states = program.map(() => new Map<string, State>());
  const steps = program.map(() => new Map<string, Step>());
  let count = 0;

  const reach = (at: number, state: State): Next => {
    const reads = live[at] ?? 0;
    const keep = (word: Word | undefined, bit: number) => (((reads >>> bit) & 1) === 1 && word ? word : zero);
    const memory = Array.from({ length: MEMORY_WORDS }, (_, i) => keep(state.memory[i], i));
    const reached = { a: keep(state.a, LIVE.a), x: keep(state.x, LIVE.x), memory };
    const key = [reached.a, reached.x, ...memory].map((word) => (word === zero ? "" : word.join())).join("|");
    const known = states[at];
    if (known !== undefined && !known.has(key)) {
      if (++count > MAX_STATES) throw new TooLarge(`it has more than ${MAX_STATES} states`);
      known.set(key, reached);
    }
    return { at, key };
  };

  const start = reach(0, { a: zero, x: zero, memory: [] });
  for (const [at, instruction] of program.entries()) {
    for (const [key, state] of states[at] ?? []) {
      steps[at]?.set(key, stepOf(instruction, at, state, diagrams, reach));
    }
  }

  const values = program.map(() => new Map<string, Diagram>());
  const outcome = (next: Next) => ("value" in next ? next.value : (values[next.at]?.get(next.key) ?? 0));
  for (let at = program.length - 1; at >= 0; at--) {
    for (const [key, step] of steps[at] ?? []) {
      const value =
        step.kind === "returns"
          ? step.value
          : diagrams.choose(step.condition, outcome(step.whenTrue), outcome(step.whenFalse));
      values[at]?.set(key, value);
    }
  }
  return outcome(start);
}

function stepOf(
  { code, jt, jf, k }: Instruction,
  at: number,
  state: State,
  diagrams: Diagrams,
  reach: (at: number, state: State) => Next,
): Step {
  const constant = constantWord(diagrams, k);
  const operand = (code & X_SOURCE) === 0 ? constant : state.x;
  const go = (next: Partial<State>): Step => {
    const then = reach(at + 1, { ...state, ...next });
    return { kind: "branches", condition: diagrams.yes, whenTrue: then, whenFalse: then };
  };
  switch (code) {
    case OP.RET_K:
      return { kind: "returns", value: diagrams.leaf(k) };
    case OP.RET_A:
      return { kind: "returns", value: returnedWord(diagrams, state.a) };
    case OP.JA: {
      const then = reach(at + 1 + k, state);
      return { kind: "branches", condition: diagrams.yes, whenTrue: then, whenFalse: then };
    }
    case OP.LD_W_ABS:
      return go({ a: loadedWord(diagrams, k) });
    case OP.LD_IMM:
      return go({ a: constant });
    case OP.LDX_IMM:
      return go({ x: constant });
    case OP.LD_W_LEN:
      return go({ a: constantWord(diagrams, DATA.size) });
    case OP.LDX_W_LEN:
      return go({ x: constantWord(diagrams, DATA.size) });
    case OP.LD_MEM:
      return go({ a: state.memory[k] ?? constant });
    case OP.LDX_MEM:
      return go({ x: state.memory[k] ?? constant });
    case OP.ST:
      return go({ memory: state.memory.with(k, state.a) });
    case OP.STX:
      return go({ memory: state.memory.with(k, state.x) });
    case OP.TAX:
      return go({ x: state.a });
    case OP.TXA:
      return go({ a: state.x });
    case OP.DIV_X: {
      const whenTrue = { value: diagrams.leaf(0) };
      const divided = reach(at + 1, { ...state, a: arithmetic(diagrams, OP.DIV_K, state.a, state.x) });
      return { kind: "branches", condition: isZero(diagrams, state.x), whenTrue, whenFalse: divided };
    }
  }
  if (opcodeOf(code)?.jumps !== true) {
    return go({ a: arithmetic(diagrams, code & ~X_SOURCE, state.a, operand) });
  }
  const condition = comparison(diagrams, code & ~X_SOURCE, state.a, operand);
  // A branch that is never taken leads to no state.
  const whenTrue = condition === diagrams.no ? null : reach(at + 1 + jt, state);
  const whenFalse = condition === diagrams.yes ? null : reach(at + 1 + jf, state);
  const never = { value: diagrams.no };
  return { kind: "branches", condition, whenTrue: whenTrue ?? never, whenFalse: whenFalse ?? never };
}

/** A number whose bits depend on the call: one leaf for each that it can be. */
function returnedWord(diagrams: Diagrams, word: Word): Diagram {
  const open = word.filter((bit) => !diagrams.isLeaf(bit)).length;
  if (open > MAX_RETURNED_BITS)
    throw new TooLarge(`it returns a number of ${open} bits that depend on the call`);
  const from = (i: number, value: number): Diagram => {
    const bit = word[i];
    if (bit === undefined) return diagrams.leaf(value);
    if (bit === diagrams.no) return from(i + 1, 2 * value);
    if (bit === diagrams.yes) return from(i + 1, 2 * value + 1);
    return diagrams.choose(bit, from(i + 1, 2 * value + 1), from(i + 1, 2 * value));
  };
  return from(0, 0);
}

/** Bits of a set of what is read later: the scratch words by their number, then A and X. */
const LIVE = { a: MEMORY_WORDS, x: MEMORY_WORDS + 1 } as const;

function liveAt(program: VerifiedProgram): readonly number[] {
  const live: number[] = [];
  for (const [at, instruction] of [...program.entries()].reverse()) {
    const { code, jt, jf, k } = instruction;
    const from = (skip: number) => live[at + 1 + skip] ?? 0;
    if (code === OP.RET_K) live[at] = 0;
    else if (code === OP.RET_A) live[at] = 1 << LIVE.a;
    else if (code === OP.JA) live[at] = from(k);
    else if (opcodeOf(code)?.jumps === true) live[at] = from(jt) | from(jf) | readBy(instruction);
    else live[at] = (from(0) & ~writtenBy(instruction)) | readBy(instruction);
  }
  return live;
}

const CLASS = { ld: 0, ldx: 1, st: 2, stx: 3, alu: 4, jmp: 5, misc: 7 } as const;

function readBy({ code, k }: Instruction): number {
  const a = 1 << LIVE.a;
  const x = 1 << LIVE.x;
  switch (code & 7) {
    case CLASS.st:
      return a;
    case CLASS.stx:
      return x;
    case CLASS.alu:
    case CLASS.jmp:
      return code !== OP.NEG && (code & X_SOURCE) !== 0 ? a | x : a;
    case CLASS.misc:
      return code === OP.TAX ? a : x;
    default:
      return code === OP.LD_MEM || code === OP.LDX_MEM ? 1 << k : 0;
  }
}

function writtenBy({ code, k }: Instruction): number {
  const kind = code & 7;
  if (kind === CLASS.st || kind === CLASS.stx) return 1 << k;
  return kind === CLASS.ldx || code === OP.TAX ? 1 << LIVE.x : 1 << LIVE.a;
}
