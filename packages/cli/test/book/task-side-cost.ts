// What the task side costs, from the result file of its benchmark.

import { readFileSync } from "node:fs";
import { number } from "../../src/text.js";

/** In nanoseconds: the middle of several samples, and how far from it the middle one lies. */
type Time = { readonly median: number; readonly spread: number };

export type Results = {
  readonly machine: { readonly cpu: string; readonly node: string };
  readonly variants: readonly {
    readonly design: string;
    readonly entries: readonly {
      readonly entries: number;
      readonly calls: number;
      readonly parses: number;
      readonly gracePeriods: number;
      readonly bytes: number;
      readonly install: Time;
      readonly fork: Time;
      readonly exec: Time;
    }[];
    readonly depth: {
      readonly firstRefusal: { readonly depth: number; readonly errno: string } | null;
      readonly points: readonly {
        readonly depth: number;
        readonly bytes: number;
        readonly check: Time;
        readonly fork: Time;
      }[];
    };
  }[];
};

const FILE = new URL("../../../../benchmarks/results/task-side.json", import.meta.url);

/** Of the curves, the points that are shown. */
const SHOWN_ENTRIES = [1, 30, 300];
const SHOWN_DEPTHS = [1, 30, 1000];

export function entryRows(): string[][] {
  return results().variants.flatMap(({ design, entries }) =>
    entries
      .filter((point) => SHOWN_ENTRIES.includes(point.entries))
      .map((point) => [
        `\`${design}\``,
        ...[point.entries, point.calls, point.parses, point.gracePeriods, point.bytes].map((value) =>
          number(value),
        ),
        ...[point.install, point.fork, point.exec].map(microseconds),
      ]),
  );
}

export function depthRows(): string[][] {
  return results().variants.map(({ design, depth: { firstRefusal, points } }) => {
    const shown = points.filter((point) => SHOWN_DEPTHS.includes(point.depth));
    return [
      `\`${design}\``,
      ...shown.map(({ bytes }) => number(bytes)),
      ...shown.map(({ check }) => microseconds(check)),
      firstRefusal === null ? "none" : `\`${firstRefusal.errno}\` at ${number(firstRefusal.depth)}`,
    ];
  });
}

export const ENTRY_HEAD = [
  "variant",
  "filters",
  "calls",
  "texts read",
  "waits",
  "bytes",
  "install, µs",
  "fork, µs",
  "exec, µs",
];

export const DEPTH_HEAD = [
  "variant",
  ...SHOWN_DEPTHS.map((depth) => `bytes at ${number(depth)}`),
  ...SHOWN_DEPTHS.map((depth) => `check at ${number(depth)}, µs`),
  "refused",
];

function results(): Results {
  return JSON.parse(readFileSync(FILE, "utf8"));
}

/** `12.3 ± 0.4` */
function microseconds({ median, spread }: Time): string {
  const digits = median < 10_000 ? 2 : 0;
  return `${number(median / 1000, digits)} ± ${number(spread / 1000, digits)}`;
}
