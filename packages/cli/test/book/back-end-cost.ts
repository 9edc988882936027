// What decisions cost, from the result files of the benchmarks `back-ends` and `curves`.

import { readFileSync } from "node:fs";
import type { Figure, Relation, Sweep } from "@gatehouse/harness";
import { number } from "../../src/text.js";

type Bound = { readonly atMost: number } | { readonly atLeast: number };

type Raced = {
  readonly expectations: readonly (Bound & {
    readonly race: string;
    readonly fastest: string;
    readonly over: string;
    readonly nsPerEvent: Figure;
    readonly overNsPerEvent: Figure;
    readonly ratio: number;
    readonly holds: boolean;
  })[];
};

type Drawn = {
  readonly sweeps: readonly Sweep[];
  readonly relations: readonly Relation[];
  readonly beside: readonly {
    readonly what: string;
    readonly ours: number;
    readonly kernel: number;
    readonly unit: string;
    readonly source: string;
    readonly because: string;
  }[];
};

export const RACE_HEAD = ["race", "of", "ns", "over", "ns", "ratio", "asked for", ""];

export function raceRows(): string[][] {
  const { expectations }: Raced = results("back-ends");
  return expectations.map((told) => [
    told.race,
    `\`${told.fastest}\``,
    figure(told.nsPerEvent),
    `\`${told.over}\``,
    figure(told.overNsPerEvent),
    digits(told.ratio),
    bound(told),
    mark(told.holds),
  ]);
}

/** A sweep's curves, in nanoseconds for an event. A design that cannot say the policy has an empty cell. */
export function sweepTable(name: string): { readonly head: string[]; readonly rows: string[][] } {
  const sweep = drawn().sweeps.find((each) => each.name === name);
  if (sweep === undefined) throw new RangeError(`no results of \`${name}\``);
  const xs = [...new Set(sweep.curves.flatMap(({ points }) => points.map(({ x }) => x)))];
  xs.sort((a, b) => a - b);
  return {
    head: [sweep.unit, ...xs.map((x) => number(x))],
    rows: sweep.curves.map(({ id, points }) => [
      id,
      ...xs.map((at) => digits(points.find(({ x }) => x === at)?.ns ?? null)),
    ]),
  };
}

export const RELATION_HEAD = ["", "ratio", "expected", ""];

export function relationRows(): string[][] {
  return drawn().relations.map(({ text, ratio, limit, holds }) => [
    text,
    digits(ratio),
    bound(limit),
    mark(holds),
  ]);
}

export const KERNEL_HEAD = ["", "here", "in a kernel", "why they differ"];

export function kernelRows(): string[][] {
  return drawn().beside.map(({ what, ours, kernel, unit, source, because }) => [
    what,
    `${digits(ours)} ${unit}`,
    `${digits(kernel)} ${unit} (${source})`,
    because,
  ]);
}

function drawn(): Drawn {
  return results("curves");
}

function results<T>(name: string): T {
  const file = new URL(`../../../../benchmarks/results/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"));
}

/** The least, and how all samples lie. */
function figure({ least, median, spread, steady }: Figure): string {
  return `${digits(least)} (${digits(median)} ± ${digits(spread)}${steady ? "" : "?"})`;
}

function digits(value: number | null): string {
  if (value === null) return "";
  return number(value, value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

function bound(limit: Bound): string {
  return "atMost" in limit ? `at most ${limit.atMost}` : `at least ${limit.atLeast}`;
}

function mark(holds: boolean): string {
  return holds ? "✔" : "✘";
}
