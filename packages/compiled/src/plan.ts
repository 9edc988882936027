// What becomes of a filter before any code is written: which events have a constant answer, which programs are alike,
// and which of them go to WebAssembly.

import {
  type Branch,
  type Catalog,
  type DictionaryTest,
  isDictionaryTest,
  type Rule,
  type Rules,
  rulesById,
  SLOTS,
  type SlotTest,
  type Verdict,
} from "@gatehouse/core";
import type { Test } from "./lanes.js";
import { CLASS, EVENT_IDS, MAX_CLASSES, MAX_LOOKUPS } from "./layout.js";
import type { CompiledBranch } from "./reduce.js";

/** Branches of one program. It becomes one function, and compilers take more than twice the time for twice as much. */
export const MAX_BRANCHES = 2048;

/** Branches of all programs of a filter, alike ones counted once: a module of at most some five megabytes. */
export const MAX_FILTER_BRANCHES = 16_384;

export type Program = {
  readonly branches: readonly CompiledBranch<Test>[];
  /** Whose values its code reads. */
  readonly slots: readonly number[];
  /** Test k of the dictionary stands in the branches as look-up k. */
  readonly lookups: readonly DictionaryTest[];
  /** One bit for each slot that must be known for an answer without doubts. */
  readonly touched: number;
};

/** The rules of one set of sections, as a table. */
export type Route = {
  readonly rules: Rules;
  /** By event id. */
  readonly classes: Uint16Array;
  /** Of ids behind the table's end. */
  readonly beyond: number;
  /** Of a call on another entry path; null: that of its id. */
  readonly foreign: number | null;
};

export type Plan = { readonly routes: readonly Route[]; readonly programs: readonly Program[] };

export function classOf({ classes, beyond }: Route, event: number): number {
  return event < classes.length ? (classes[event] ?? 0) : beyond;
}

/** Programs that no limit admits are class `plain`: `applyRules` answers for their events. */
export function planOf(rules: readonly Rules[], catalog: Catalog): Plan {
  const programs: Program[] = [];
  const seen = new Map<string, number>();
  let branches = 0;

  function numberOf(rule: Rule): number {
    if (typeof rule === "string") return CLASS[rule];
    const key = JSON.stringify(rule);
    const known = seen.get(key) ?? place(rule);
    seen.set(key, known);
    return known;
  }

  function place(rule: readonly Branch[]): number {
    if (rule.length === 0) return CLASS.deny;
    const program = programOf(rule);
    const hasRoom = CLASS.program + programs.length < MAX_CLASSES;
    if (!hasRoom || !isWithinLimits(program) || branches + rule.length > MAX_FILTER_BRANCHES)
      return CLASS.plain;
    branches += rule.length;
    return CLASS.program + programs.push(program) - 1;
  }

  return { routes: rules.map((each) => routeOf(each, catalog, numberOf)), programs };
}

function routeOf(rules: Rules, catalog: Catalog, numberOf: (rule: Rule) => number): Route {
  const classes = Uint16Array.from(rulesById(rules, catalog).slice(0, EVENT_IDS).map(numberOf));
  const foreign: Verdict | null = rules.otherEntry;
  return {
    rules,
    classes,
    beyond: CLASS[rules.otherCalls],
    foreign: foreign === null ? null : CLASS[foreign],
  };
}

function programOf(rule: readonly Branch[]): Program {
  const slots = new Set<number>();
  const lookups = new Map<string, { readonly lookup: number; readonly test: DictionaryTest }>();
  let touched = 0;
  const branches = rule.map((branch) => {
    touched |= 1 << branch.test.slot;
    return { ...branch, test: testOf(branch.test) };
  });
  return { branches, slots: [...slots], lookups: [...lookups.values()].map(({ test }) => test), touched };

  function testOf(test: SlotTest): Test {
    if (!isDictionaryTest(test)) {
      slots.add(test.slot);
      return test;
    }
    const key = JSON.stringify(test);
    const lookup = lookups.get(key)?.lookup ?? lookups.size;
    lookups.set(key, { lookup, test });
    return { kind: "lookup", slot: test.slot, lookup };
  }
}

function isWithinLimits({ branches, lookups }: Program): boolean {
  return (
    branches.length <= MAX_BRANCHES &&
    lookups.length <= MAX_LOOKUPS &&
    branches.every(({ test }) => test.slot >= 0 && test.slot < SLOTS)
  );
}
