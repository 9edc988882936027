// What is to be expected of two figures: that one costs so many times the other, at most or at least. A run says that this
// holds or fails only where all of the ratio's spread does; else the two are not told apart, and no mark is drawn.

import { isToldApart, type Launches, type Ratio, ratioOf } from "./statistics.js";

export type Limit = { readonly atMost: number } | { readonly atLeast: number };

export type Told = "holds" | "fails" | "not told";

export type Relation = {
  readonly text: string;
  readonly ratio: number;
  readonly spread: number;
  readonly limit: Limit;
  readonly told: Told;
};

export function relation(text: string, limit: Limit, of: Launches, over: Launches): Relation {
  const { value: ratio, spread } = ratioOf(of, over);
  return { text, ratio, spread, limit, told: tell({ value: ratio, spread }, limit) };
}

export function tell({ value, spread }: Ratio, limit: Limit): Told {
  const [low, high] = [value - spread, value + spread];
  const [holds, fails] =
    "atMost" in limit
      ? [high <= limit.atMost, low > limit.atMost]
      : [low >= limit.atLeast, high < limit.atLeast];
  return holds ? "holds" : fails ? "fails" : "not told";
}

/** `at most 1.5` */
export function showLimit(limit: Limit): string {
  const [words, bound] = "atMost" in limit ? ["at most", limit.atMost] : ["at least", limit.atLeast];
  return `${words} ${Number(bound.toPrecision(3))}`;
}

export function mark(told: Told): string {
  return { holds: "✔", fails: "✘", "not told": "not told apart" }[told];
}

/** From the cheapest on. Neighbours that are not told apart stand in one group. */
export function orderOf(figures: readonly (readonly [name: string, Ratio])[]): string[][] {
  const groups: string[][] = [];
  let before: Ratio | null = null;
  for (const [name, figure] of [...figures].sort(([, a], [, b]) => a.value - b.value)) {
    if (before === null || isToldApart(before, figure)) groups.push([name]);
    else groups.at(-1)?.push(name);
    before = figure;
  }
  return groups;
}
