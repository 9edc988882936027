// Cost curves: what a decision takes as one thing grows. A point keeps its samples by launch, so that what is said of two
// points (one costs so many times the other, one more costs so much) is said launch by launch, with its spread.

import { type Limit, type Relation, relation } from "./relations.js";
import { type Launches, LEAST_SPREAD, least, median, type Ratio, spreadAround } from "./statistics.js";

export type Point = { readonly x: number; readonly ns: Launches };

export type Curve = { readonly id: string; readonly points: readonly Point[] };

/** Curves over the same xs, by id. */
export type Sweep = { readonly name: string; readonly unit: string; readonly curves: readonly Curve[] };

/** `of` costs so many times what `over` does, at most or at least. */
export type Expected = {
  readonly text: string;
  readonly of: Place;
  readonly over: Place;
  readonly limit: Limit;
};

export type Place = { readonly id: string; readonly x: number };

/** Null where a point is missing: a design that cannot say the policy there has none. */
export function relate(sweep: Sweep, { text, of, over, limit }: Expected): Relation | null {
  const [ours, theirs] = [samplesAt(sweep, of), samplesAt(sweep, over)];
  return ours === null || theirs === null ? null : relation(`${sweep.name}: ${text}`, limit, ours, theirs);
}

export function samplesAt({ curves }: Sweep, { id, x }: Place): Launches | null {
  const curve = curves.find((candidate) => candidate.id === id);
  return curve?.points.find((point) => point.x === x)?.ns ?? null;
}

/** Every point by a name that is its own among all sweeps. */
export function pointsByName({ name, curves }: Sweep): [name: string, ns: Launches][] {
  return curves.flatMap(({ id, points }) =>
    points.map(({ x, ns }): [string, Launches] => [pointName(name, { id, x }), ns]),
  );
}

export function pointName(sweep: string, { id, x }: Place): string {
  return `${sweep}: ${id} at ${x}`;
}

/** What one more costs: the slope of the straight line that fits best. Null of fewer than two points. */
export function slope({ points }: Curve): Ratio | null {
  const [first] = points;
  if (first === undefined || points.length < 2) return null;
  const { value, spread } = ofLaunches(first.ns.length, (launch) => slopeOf(points, launch));
  return { value, spread: Math.max(spread, leastSlopeSpread(points)) };
}

/** What the points themselves may be off by makes a slope of its own, also where there is none. */
function leastSlopeSpread(points: readonly Point[]): number {
  const xs = points.map(({ x }) => x);
  const middle = median(points.map(({ ns }) => median(ns.map(least))));
  return (LEAST_SPREAD * middle) / (Math.max(...xs) - Math.min(...xs));
}

function slopeOf(points: readonly Point[], launch: number): number {
  const at = points.map(({ x, ns }) => ({ x, ns: least(ns[launch] ?? []) }));
  const mean = (of: (point: { x: number; ns: number }) => number) =>
    at.reduce((sum, each) => sum + of(each), 0) / at.length;
  const [x, ns] = [mean((point) => point.x), mean((point) => point.ns)];
  const across = at.reduce((sum, point) => sum + (point.x - x) * (point.ns - ns), 0);
  return across / at.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
}

/** What is worked out of every launch: the middle one, and how far the others lie from it. */
export function ofLaunches(launches: number, of: (launch: number) => number): Ratio {
  const each = Array.from({ length: launches }, (_, launch) => of(launch));
  const value = median(each);
  return { value, spread: spreadAround(value, each) };
}
