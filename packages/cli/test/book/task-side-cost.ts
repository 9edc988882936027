// What the task side costs, from the result file of its benchmark.

import { readFileSync } from "node:fs";
import { number } from "../../src/text.js";

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
      readonly installNs: number;
      readonly forkNs: number;
      readonly execNs: number;
    }[];
    readonly depth: {
      readonly firstRefusal: { readonly depth: number; readonly errno: string } | null;
      readonly points: readonly {
        readonly depth: number;
        readonly bytes: number;
        readonly checkNs: number;
        readonly forkNs: number;
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
        ...[point.installNs, point.forkNs, point.execNs].map(microseconds),
      ]),
  );
}

export function depthRows(): string[][] {
  return results().variants.map(({ design, depth: { firstRefusal, points } }) => {
    const shown = points.filter((point) => SHOWN_DEPTHS.includes(point.depth));
    return [
      `\`${design}\``,
      ...shown.map(({ bytes }) => number(bytes)),
      ...shown.map(({ checkNs }) => microseconds(checkNs)),
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

function microseconds(ns: number): string {
  return number(ns / 1000, ns < 10_000 ? 2 : 0);
}
