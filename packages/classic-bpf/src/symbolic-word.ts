// A 32-bit word of which each bit is a function of seccomp_data: what A and X hold before the call is known. Bit 0 of
// the array is the highest, since numbers are compared from there.

import type { Diagram, Diagrams } from "./decision-diagram.js";
import { OP } from "./opcodes.js";
import { DATA } from "./program.js";

export type Word = readonly Diagram[];
const BITS = 32;

/** The order in which bits are asked: architecture, number, the arguments, the instruction pointer. */
export const LEVELS = { arch: 0, nr: 32, args: 64, ip: 448, end: 512 } as const;

export function constantWord(diagrams: Diagrams, value: number): Word {
  return bits((i) => (((value >>> (BITS - 1 - i)) & 1) === 1 ? diagrams.yes : diagrams.no));
}

/** A word of seccomp_data. Of a 64-bit field the high half comes first. */
export function loadedWord(diagrams: Diagrams, offset: number): Word {
  const first = firstLevel(offset);
  return bits((i) => diagrams.bit(first + i));
}

function firstLevel(offset: number): number {
  if (offset === DATA.arch) return LEVELS.arch;
  if (offset === DATA.nr) return LEVELS.nr;
  const half = offset % 8 === 0 ? BITS : 0;
  const field = offset - (offset % 8);
  return half + (field === DATA.instructionPointer ? LEVELS.ip : LEVELS.args + 8 * (field - DATA.args));
}

function bits(of: (i: number) => Diagram): Word {
  return Array.from({ length: BITS }, (_, i) => of(i));
}

/** An ALU instruction's result. `code` without the bit that says whether its operand is X. */
export function arithmetic(diagrams: Diagrams, code: number, a: Word, operand: Word): Word {
  const bitwise = (operation: (a: Diagram, b: Diagram) => Diagram) =>
    bits((i) => operation(a[i] ?? 0, operand[i] ?? 0));
  switch (code) {
    case OP.AND_K:
      return bitwise((x, y) => diagrams.and(x, y));
    case OP.OR_K:
      return bitwise((x, y) => diagrams.or(x, y));
    case OP.XOR_K:
      return bitwise((x, y) => diagrams.xor(x, y));
    case OP.ADD_K:
      return add(diagrams, a, operand, diagrams.no);
    case OP.SUB_K:
      return subtract(diagrams, a, operand);
    case OP.NEG:
      return subtract(diagrams, constantWord(diagrams, 0), a);
    case OP.LSH_K:
    case OP.RSH_K:
      return shift(diagrams, a, operand, code === OP.LSH_K ? 1 : -1);
    case OP.MUL_K:
      return multiply(diagrams, a, operand);
    case OP.DIV_K:
      return divide(diagrams, a, operand);
    default:
      throw new Error(`0x${code.toString(16)} is no arithmetic`);
  }
}

function add(diagrams: Diagrams, a: Word, b: Word, carryIn: Diagram): Word {
  const sum: Diagram[] = [];
  let carry = carryIn;
  for (let i = BITS - 1; i >= 0; i--) {
    const [x = 0, y = 0] = [a[i], b[i]];
    const either = diagrams.xor(x, y);
    sum.push(diagrams.xor(either, carry));
    carry = diagrams.choose(either, carry, x);
  }
  return sum.reverse();
}

function subtract(diagrams: Diagrams, a: Word, b: Word): Word {
  const inverted = b.map((bit) => diagrams.not(bit));
  return add(diagrams, a, inverted, diagrams.yes);
}

/** Five stages, one for each bit of the distance: the kernel shifts by X modulo 32. */
function shift(diagrams: Diagrams, a: Word, by: Word, direction: 1 | -1): Word {
  let shifted = a;
  for (let stage = 0; stage < 5; stage++) {
    const before = shifted;
    const moves = by[BITS - 1 - stage] ?? 0;
    const distance = direction * 2 ** stage;
    shifted = bits((i) => diagrams.choose(moves, before[i + distance] ?? diagrams.no, before[i] ?? 0));
  }
  return shifted;
}

function multiply(diagrams: Diagrams, a: Word, b: Word): Word {
  let product = constantWord(diagrams, 0);
  for (let place = 0; place < BITS; place++) {
    const counts = b[BITS - 1 - place] ?? 0;
    if (counts === diagrams.no) continue;
    const shifted = bits((i) => diagrams.and(counts, a[i + place] ?? diagrams.no));
    product = add(diagrams, product, shifted, diagrams.no);
  }
  return product;
}

/** On paper: bring down a bit, subtract where it goes. Where `b` is 0 the result means nothing. */
function divide(diagrams: Diagrams, a: Word, b: Word): Word {
  const quotient: Diagram[] = [];
  let rest = constantWord(diagrams, 0);
  for (let i = 0; i < BITS; i++) {
    // What falls out at the top is remembered: such a rest is larger than any 32-bit word.
    const overflow = rest[0] ?? 0;
    const brought = [...rest.slice(1), a[i] ?? 0];
    const goes = diagrams.or(overflow, atLeast(diagrams, brought, b));
    const less = subtract(diagrams, brought, b);
    quotient.push(goes);
    rest = bits((at) => diagrams.choose(goes, less[at] ?? 0, brought[at] ?? 0));
  }
  return quotient;
}

/** When a jump's test holds. `code` without the bit that says whether its operand is X. */
export function comparison(diagrams: Diagrams, code: number, a: Word, operand: Word): Diagram {
  switch (code) {
    case OP.JEQ_K:
      return equal(diagrams, a, operand);
    case OP.JGE_K:
      return atLeast(diagrams, a, operand);
    case OP.JGT_K:
      return diagrams.not(atLeast(diagrams, operand, a));
    case OP.JSET_K:
      return diagrams.not(isZero(diagrams, arithmetic(diagrams, OP.AND_K, a, operand)));
    default:
      throw new Error(`0x${code.toString(16)} is no comparison`);
  }
}

// From the lowest bit up, so that what is put together grows at its top.

function equal(diagrams: Diagrams, a: Word, b: Word): Diagram {
  return a.reduceRight((rest, x, i) => {
    const y = b[i] ?? 0;
    return diagrams.choose(x, diagrams.and(y, rest), diagrams.choose(y, diagrams.no, rest));
  }, diagrams.yes);
}

function atLeast(diagrams: Diagrams, a: Word, b: Word): Diagram {
  return a.reduceRight((rest, x, i) => {
    const y = b[i] ?? 0;
    return diagrams.choose(x, diagrams.choose(y, rest, diagrams.yes), diagrams.choose(y, diagrams.no, rest));
  }, diagrams.yes);
}

export function isZero(diagrams: Diagrams, a: Word): Diagram {
  return diagrams.not(a.reduceRight((rest, bit) => diagrams.or(bit, rest), diagrams.no));
}
