// Tests of a slot's number in few forms, whatever they ask, so that little has to be told apart when they are asked. Words
// are signed here: V8 keeps those in registers, where an unsigned one may become a double.

import type { DictionaryTest } from "./id-table.js";
import type { SlotTest } from "./lowered.js";
import type { U64 } from "./u64.js";

/** Where a slot's words lie now. All tests of a slot share it, so a filter turns to another chunk at once. */
export type Column = { words: Uint32Array };

/** The low word, masked, lies in a range, and the high word, masked, has a value. */
export type WordTest = Range & {
  readonly kind: "words";
  readonly highMask: number;
  readonly high: number;
};

/** The high word lies in a range, whatever the low one is. */
export type HighTest = Range & { readonly kind: "high" };

type Range = {
  readonly column: Column;
  readonly mask: number;
  readonly low: number;
  /** How far it goes beyond `low`, as an unsigned word with its first bit turned: see `SIGN`. */
  readonly span: number;
};

/** Turns the order of unsigned words into that of signed ones. */
const SIGN = 1 << 31;
const EVERY_BIT = -1;

/**
 * 0 where it holds, for the row whose low words are the `at`th. A number and no boolean, so that those of several tests can
 * be put together without a jump: one that is foreseen wrong costs more than three tests.
 */
export function miss({ column: { words }, mask, low, span, highMask, high }: WordTest, at: number): number {
  const isBeyond = ((((words[at] ?? 0) & mask) - low) ^ SIGN) > span;
  return (((words[at + 1] ?? 0) & highMask) ^ high) | +isBeyond;
}

export function highHolds({ column: { words }, mask, low, span }: HighTest, at: number): boolean {
  return ((((words[at + 1] ?? 0) & mask) - low) ^ SIGN) <= span;
}

/** Those of which one must hold for the slot's test to hold; none where it never does. */
export function wordTests(
  test: Exclude<SlotTest, DictionaryTest>,
  column: Column,
): readonly (WordTest | HighTest)[] {
  switch (test.kind) {
    case "equal":
      return masked(column, { low: EVERY_BIT, high: EVERY_BIT }, test.value);
    case "masked":
      return masked(column, test.mask, test.value);
    default:
      return below(column, test.value, test.signed ? SIGN : 0);
  }
}

function masked(column: Column, mask: U64, value: U64): readonly WordTest[] {
  if ((value.low & ~mask.low) !== 0 || (value.high & ~mask.high) !== 0) return [];
  return [wordTest(range(column, mask.low, value.low, 0), mask.high, value.high)];
}

/** The high word is below the value's, which begins at `least`; or it is the same, and the low word is below. */
function below(column: Column, value: U64, least: number): readonly (WordTest | HighTest)[] {
  const above = (value.high - least) >>> 0;
  const tests: (WordTest | HighTest)[] = [];
  if (above > 0) tests.push({ kind: "high", ...range(column, EVERY_BIT, least, above - 1) });
  if (value.low > 0) tests.push(wordTest(range(column, EVERY_BIT, 0, value.low - 1), EVERY_BIT, value.high));
  return tests;
}

/** What holds where either does; null where that is no one range. */
export function union(a: WordTest, b: WordTest): WordTest | null {
  const isAlike =
    a.column === b.column && a.mask === b.mask && a.highMask === b.highMask && a.high === b.high;
  if (!isAlike) return null;
  const [first, second] = a.low >>> 0 <= b.low >>> 0 ? [a, b] : [b, a];
  const [low, next] = [first.low >>> 0, second.low >>> 0];
  const last = Math.max(lastOf(first), lastOf(second));
  // Ranges that go round the end are left as they are.
  if (last >= 2 ** 32 || next > lastOf(first) + 1) return null;
  return wordTest(range(a.column, a.mask, low, last - low), a.highMask, a.high);
}

/** What holds where it does not; null where that is not one test. */
export function opposite(test: WordTest): WordTest | null {
  const rest = 2 ** 32 - 2 - spanOf(test);
  if (test.highMask !== 0 || rest < 0) return null;
  return wordTest(range(test.column, test.mask, lastOf(test) + 1, rest), 0, 0);
}

function lastOf(test: Range): number {
  return (test.low >>> 0) + spanOf(test);
}

function spanOf({ span }: Range): number {
  return (span ^ SIGN) >>> 0;
}

function range(column: Column, mask: number, low: number, span: number): Range {
  return { column, mask: mask | 0, low: low | 0, span: (span ^ SIGN) | 0 };
}

/** Holds whatever is there. */
export const NO_TEST = wordTest(range({ words: new Uint32Array(0) }, 0, 0, 0), 0, 0);

/** All are made here, with their fields in one order: V8 then knows where each lies. */
function wordTest({ column, mask, low, span }: Range, highMask: number, high: number): WordTest {
  return { kind: "words", column, mask, low, span, highMask: highMask | 0, high: high | 0 };
}
