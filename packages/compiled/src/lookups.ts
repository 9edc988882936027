// Tests of strings and label sets, asked once per entry of a trace's dictionary and kept as one bit an id. So a
// thousand labels, or a glob, cost an event what one comparison does.

import { type Dictionary, labelsHold, stringHolds } from "@gatehouse/core";
import type { DictionaryTest } from "./plan.js";

/** One test's answers for one dictionary. */
export type LookupTable = {
  bits: Uint32Array;
  /** Ids asked so far; the dictionary grows as its trace is read. */
  asked: number;
  /** Of an id that the dictionary does not have: it reads as the empty string, or as no labels. */
  readonly missing: boolean;
};

/** One program's tables of one dictionary after the other, those of the last at hand. */
export type Lookups = { of(dictionary: Dictionary): readonly LookupTable[] };

export function openLookups(tests: readonly DictionaryTest[]): Lookups {
  const byDictionary = new WeakMap<Dictionary, readonly LookupTable[]>();
  return {
    of(dictionary) {
      let tables = byDictionary.get(dictionary);
      if (tables === undefined) {
        tables = tests.map((test) => ({ bits: new Uint32Array(1), asked: 0, missing: holdsMissing(test) }));
        byDictionary.set(dictionary, tables);
      }
      for (const [k, test] of tests.entries()) {
        const table = tables[k];
        if (table !== undefined) grow(table, test, dictionary);
      }
      return tables;
    },
  };
}

export function lookUp({ bits, asked, missing }: LookupTable, id: number): boolean {
  if (id >= asked) return missing;
  return (((bits[id >>> 5] ?? 0) >>> (id & 31)) & 1) === 1;
}

function holdsMissing(test: DictionaryTest): boolean {
  return test.kind === "string" ? stringHolds(test, "") : labelsHold(test, []);
}

function grow(table: LookupTable, test: DictionaryTest, { strings, labelSets }: Dictionary): void {
  const entries = test.kind === "string" ? strings.length : labelSets.length;
  if (table.asked === entries) return;
  if (table.bits.length * 32 < entries) {
    const bits = new Uint32Array(2 * Math.ceil(entries / 32));
    bits.set(table.bits);
    table.bits = bits;
  }
  for (let id = table.asked; id < entries; id++) {
    const holds =
      test.kind === "string" ? stringHolds(test, strings[id] ?? "") : labelsHold(test, labelSets[id] ?? []);
    if (holds) table.bits[id >>> 5] = (table.bits[id >>> 5] ?? 0) | (1 << (id & 31));
  }
  table.asked = entries;
}
