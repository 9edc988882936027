// Branches made ready for one event to follow. Tests that must all hold are one fork, so little is left to jump for:
//
//   dfd == 1           true → 2     false → 1
//   dfd == 2           true → 2     false → deny       dfd in 1..2, flags & 0x40 not 0, mode in 0..0776:
//   flags & 0x40 == 0  true → deny  false → 3          all hold → allow, else → deny
//   mode < 0777        true → allow false → deny

import { SLOTS } from "./catalog.js";
import type { Dictionary } from "./chunk.js";
import type { Verdict } from "./design.js";
import type { IdTable } from "./id-table.js";
import { type Column, type HighTest, highHolds, miss, NO_TEST, type WordTest } from "./word-test.js";

/** Asks a table for the id that is a slot's low word. */
export type Lookup = { readonly kind: "lookup"; readonly column: Column; readonly table: IdTable };

/** Is asked alone. */
export type LoneTest = Lookup | HighTest;

/** Tests of one fork: `a` to `d`. */
export const MOST_TESTS = 4;

// Fields are declared alone, and no list holds the tests: of a field that was once undefined V8 looks at every time what
// it is, and a list takes longer to go through than its tests to be asked.
export class Fork {
  /** Of an end, which asks nothing. */
  declare readonly verdict: Verdict | null;
  /** Null: the others are asked, which must all hold. */
  declare readonly lone: LoneTest | null;
  declare readonly a: WordTest;
  declare readonly b: WordTest | null;
  declare readonly c: WordTest | null;
  declare readonly d: WordTest | null;
  declare yes: Fork;
  declare no: Fork;
  /** Of a rule's first fork: a bit for each slot that it and those behind it look at, and `CLOSER`. */
  declare needs: number;

  constructor(verdict: Verdict | null, lone: LoneTest | null, [a, b, c, d]: readonly WordTest[]) {
    this.verdict = verdict;
    this.lone = lone;
    this.a = a ?? NO_TEST;
    this.b = b ?? null;
    this.c = c ?? null;
    this.d = d ?? null;
    this.yes = this;
    this.no = this;
    this.needs = 0;
  }
}

/** A bit that no row has among what is known of it: the first fork asks a lone test. */
export const CLOSER = 1 << SLOTS;

export const ENDS = { allow: new Fork("allow", null, []), deny: new Fork("deny", null, []) } as const;

/** The end that a row comes to, all of whose slots are known. `dictionary`: that of its chunk. */
export function follow(first: Fork, row: number, dictionary: Dictionary): Verdict {
  const at = 2 * row;
  for (let fork = first; ; ) {
    if (fork.lone === null) fork = onward(fork, at);
    else fork = loneHolds(fork.lone, at, dictionary) ? fork.yes : fork.no;
    if (fork.verdict !== null) return fork.verdict;
  }
}

/**
 * Where a fork without a lone test leads, for the row whose low words are the `at`th. All of its tests are asked, and there
 * is one jump that hangs on their answers; that to `yes` or `no` is its caller's.
 */
export function onward(fork: Fork, at: number): Fork {
  let misses = miss(fork.a, at);
  if (fork.b !== null) {
    misses |= miss(fork.b, at);
    if (fork.c !== null) {
      misses |= miss(fork.c, at);
      if (fork.d !== null) misses |= miss(fork.d, at);
    }
  }
  return misses === 0 ? fork.yes : fork.no;
}

function loneHolds(test: LoneTest, at: number, dictionary: Dictionary): boolean {
  if (test.kind === "high") return highHolds(test, at);
  test.table.update(dictionary);
  return test.table.holds(test.column.words[at] ?? 0);
}
