// What a benchmark leaves behind, and how two runs of one compare: every figure and every relation is held to the one of
// the other run, and what disagrees is named.

import { showWithSpread } from "./digits.js";
import type { Machine } from "./machine.js";
import type { Relation } from "./relations.js";
import { type Figure, figure, isToldApart, type Launches } from "./statistics.js";

/** A figure with the samples that it is made of, by launch, rounded to `SAMPLE_DIGITS` digits. */
export type Recorded = Figure & { readonly samples: Launches };

export type Results = {
  readonly schema: "gatehouse.results/1";
  readonly name: string;
  readonly machine: Machine;
  /** Taken in a hurry, to try the benchmark: nothing here is to be relied on. */
  readonly isTrial: boolean;
  readonly figures: Readonly<Record<string, Recorded>>;
  readonly relations: readonly Relation[];
  /** What the benchmark has to say besides. */
  readonly details: Readonly<Record<string, unknown>>;
};

const SAMPLE_DIGITS = 4;

/** `ofLaunch`: what one launch is shown by; its least where nothing is said. */
export function record(launches: Launches, ofLaunch?: (samples: readonly number[]) => number): Recorded {
  const samples = launches.map((launch) => launch.map(rounded));
  return { ...roundedFigure(figure(samples, ofLaunch)), samples };
}

function roundedFigure({ value, spread, least, quartiles, launches, shape }: Figure): Figure {
  const [lower, median, upper] = quartiles;
  return {
    ...{ value: rounded(value), spread: rounded(spread), least },
    ...{ quartiles: [rounded(lower), rounded(median), rounded(upper)], launches, shape },
  };
}

/** To as many digits as samples are kept with. */
export function rounded(value: number): number {
  return Number(value.toPrecision(SAMPLE_DIGITS));
}

export type Moved = { readonly name: string; readonly before: string; readonly now: string };

export type Comparison = {
  /** Whether both ran on the same kind of processor: family, model and stepping. */
  readonly sameProcessor: boolean;
  readonly figures: number;
  /** Figures that do not meet within the spreads that are printed beside them. */
  readonly moved: readonly Moved[];
  /** Of the earlier run, and not of this one. */
  readonly missing: readonly string[];
  readonly relations: number;
  /** Relations that one run says hold and the other says fail, or whose ratios do not meet. */
  readonly changed: readonly Moved[];
  /** Relations that one of the runs alone can tell. */
  readonly untold: readonly string[];
  readonly agrees: boolean;
};

export function compareResults(before: Results, now: Results): Comparison {
  const figures = pairs(Object.entries(before.figures), Object.entries(now.figures));
  const relations = pairs(before.relations.map(named), now.relations.map(named));
  const moved = figures.both
    .filter(([, old, young]) => isToldApart(old, young))
    .map(([name, old, young]) => ({ name, before: showWithSpread(old), now: showWithSpread(young) }));
  const changed = relations.both
    .filter(([, old, young]) => isToldApart(ratioIn(old), ratioIn(young)) || areOpposed(old, young))
    .map(([name, old, young]) => ({ name, before: showRelation(old), now: showRelation(young) }));
  const untold = relations.both.filter(
    ([, old, young]) => old.told !== young.told && (old.told === "not told" || young.told === "not told"),
  );
  const missing = [...figures.missing, ...relations.missing];
  return {
    sameProcessor: isSameProcessor(before.machine, now.machine),
    figures: figures.both.length,
    moved,
    missing,
    relations: relations.both.length,
    changed,
    untold: untold.map(([name]) => name),
    agrees: moved.length + changed.length + missing.length === 0,
  };
}

function pairs<T>(
  before: readonly (readonly [name: string, T])[],
  now: readonly (readonly [name: string, T])[],
): { readonly both: readonly (readonly [name: string, T, T])[]; readonly missing: readonly string[] } {
  const young = new Map(now);
  const both: (readonly [string, T, T])[] = [];
  const missing: string[] = [];
  for (const [name, old] of before) {
    const its = young.get(name);
    if (its === undefined) missing.push(name);
    else both.push([name, old, its]);
  }
  return { both, missing };
}

function named(relation: Relation): readonly [name: string, Relation] {
  return [relation.text, relation];
}

function ratioIn({ ratio, spread }: Relation) {
  return { value: ratio, spread };
}

function areOpposed(a: Relation, b: Relation): boolean {
  return a.told !== b.told && a.told !== "not told" && b.told !== "not told";
}

function showRelation(relation: Relation): string {
  return `${relation.told}, ${showWithSpread(ratioIn(relation))}`;
}

function isSameProcessor({ processor: a, cpu }: Machine, { processor: b, cpu: other }: Machine): boolean {
  return cpu === other && a.family === b.family && a.model === b.model && a.stepping === b.stepping;
}

/** In lines for people: counts first, then everything that disagrees by name. */
export function showComparison(comparison: Comparison): string[] {
  const { sameProcessor, figures, moved, missing, relations, changed, untold } = comparison;
  return [
    ...(sameProcessor ? [] : ["the two runs were on different processors"]),
    `${figures - moved.length} of ${figures} figures agree within their spreads`,
    ...moved.map(({ name, before, now }) => `  ${name}: ${before} before, ${now} now`),
    `${relations - changed.length} of ${relations} relations agree`,
    ...changed.map(({ name, before, now }) => `  ${name}: ${before} before; ${now} now`),
    ...untold.map((name) => `  ${name}: only one of the runs can tell`),
    ...missing.map((name) => `  ${name}: not in this run`),
  ];
}
