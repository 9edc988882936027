// What the task side costs, from the result file of its benchmark.

import { showWithSpread } from "@gatehouse/harness";
import { number } from "../../src/text.js";
import { figureNamed, resultsOf } from "./results.js";

export type Details = {
  readonly variants: readonly {
    readonly design: string;
    readonly entries: readonly {
      readonly entries: number;
      readonly calls: number;
      readonly parses: number;
      readonly gracePeriods: number;
      readonly bytes: number;
    }[];
    readonly depth: {
      readonly firstRefusal: { readonly depth: number; readonly errno: string } | null;
      readonly points: readonly { readonly depth: number; readonly bytes: number }[];
    };
  }[];
};

/** Of the curves, the points that are shown. */
const SHOWN_ENTRIES = [1, 30, 300];
const SHOWN_DEPTHS = [1, 30, 1000];

export function entryRows(): string[][] {
  const results = taskSideResults();
  return results.details.variants.flatMap(({ design, entries }) =>
    entries
      .filter((point) => SHOWN_ENTRIES.includes(point.entries))
      .map((point) => [
        `\`${design}\``,
        ...[point.entries, point.calls, point.parses, point.gracePeriods, point.bytes].map((value) =>
          number(value),
        ),
        ...["install", "fork", "exec"].map((act) =>
          microseconds(`${design}, filters=${point.entries}, ${act}`),
        ),
      ]),
  );
}

export function depthRows(): string[][] {
  return taskSideResults().details.variants.map(({ design, depth: { firstRefusal, points } }) => {
    const shown = points.filter((point) => SHOWN_DEPTHS.includes(point.depth));
    return [
      `\`${design}\``,
      ...shown.map(({ bytes }) => number(bytes)),
      ...shown.map(({ depth }) => microseconds(`${design}, depth=${depth}, check`)),
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

export function taskSideResults() {
  return resultsOf<Details>("task-side");
}

/** Of the figure of this name, which is in nanoseconds. */
function microseconds(name: string): string {
  const { value, spread } = figureNamed(taskSideResults(), name);
  return showWithSpread({ value: value / 1000, spread: spread / 1000 });
}
