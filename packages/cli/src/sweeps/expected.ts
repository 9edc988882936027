// What is to be expected of the curves, from how each structure looks a call up. Bounds leave room for what a branch
// predictor and a cache make of it.

import type { Expected, Limit } from "@gatehouse/harness";
import type { ContestantName } from "./contestants.js";
import type { SweepName } from "./sweeps.js";

const [LIST, BITMAP, EVENTS, LINEAR, TREE] = [
  "mode 1's list",
  "2009: bitmap",
  "2011: events, 2.6.39",
  "2012: BPF, linear",
  "2012: BPF, tree",
] as const;

/** One curve at two of its points. */
function along(id: ContestantName, [x, y]: readonly [number, number], limit: Limit, text: string): Expected {
  return { text: `${id} ${text}`, of: { id, x: y }, over: { id, x }, limit };
}

/** Two curves at one point. */
function across(id: ContestantName, other: ContestantName, x: number, limit: Limit, text: string): Expected {
  return { text: `${id} ${text} ${other}`, of: { id, x }, over: { id: other, x }, limit };
}

export const EXPECTED: Readonly<Record<SweepName, readonly Expected[]>> = {
  "calls allowed": [
    along(BITMAP, [10, 300], { atMost: 1.3 }, "does not care how many calls are allowed"),
    along("bulk tier", [10, 300], { atMost: 1.5 }, "does not care either"),
    across("bulk tier", "floor", 300, { atLeast: 1 }, "reads at least what is read by the"),
    across(BITMAP, "bit test", 300, { atLeast: 1 }, "is one call for every event, so no faster than the"),
    along(LIST, [10, 300], { atLeast: 3 }, "is walked, so it grows with the calls"),
    along(LINEAR, [10, 300], { atLeast: 5 }, "grows with the calls"),
    along(TREE, [10, 300], { atMost: 4 }, "grows with their logarithm"),
    across(LINEAR, TREE, 300, { atLeast: 3 }, "costs far more at 300 calls than"),
    along(
      "2010: hash, 2.6.39",
      [10, 300],
      { atLeast: 2 },
      "has chains of 20 where 300 calls share 16 buckets",
    ),
    along("2010: index", [10, 300], { atMost: 2 }, "is one look-up however many calls there are"),
    along("2010: b-tree", [10, 300], { atMost: 6 }, "is three nodes deep at 300 calls"),
    across(TREE, BITMAP, 300, { atLeast: 3 }, "costs more at 300 calls than"),
    across("bulk tier", BITMAP, 300, { atMost: 1 }, "costs no more at 300 calls than"),
  ],
  predicates: [
    along("2010: hash, 2.6.38", [1, 16], { atLeast: 3 }, "grows with the predicates"),
    along("2010: hash, 2.6.39", [1, 16], { atLeast: 2 }, "grows with the predicates"),
    along("2010: hash, 6.18", [1, 16], { atLeast: 2 }, "grows with the predicates"),
    along("2011: events, extended", [1, 64], { atLeast: 4 }, "grows with the predicates"),
    along(LINEAR, [1, 64], { atLeast: 4 }, "grows with the predicates"),
  ],
  "predicates, the first decides": [
    along("2010: hash, 2.6.38", [1, 16], { atLeast: 3 }, "evaluates all of them, decided or not"),
    along("2010: hash, 2.6.39", [1, 16], { atMost: 1.5 }, "stops where it is decided"),
    along("2010: hash, 6.18", [1, 16], { atMost: 1.5 }, "stops where it is decided"),
    along("2011: events, extended", [1, 64], { atMost: 1.5 }, "stops where it is decided"),
  ],
  nesting: [
    along("2010: chain", [1, 32], { atLeast: 8 }, "asks the set of every ancestor"),
    along(LINEAR, [1, 32], { atLeast: 8 }, "runs every filter of the stack"),
    along(TREE, [1, 32], { atLeast: 8 }, "runs every filter of the stack"),
  ],
  "nesting, by number": [
    along(BITMAP, [1, 32], { atMost: 1.3 }, "keeps one mask, which was narrowed when the task was made"),
    along("2010: chain", [1, 32], { atLeast: 8 }, "asks the set of every ancestor"),
    along(TREE, [1, 32], { atLeast: 8 }, "runs every filter of the stack"),
  ],
  "foreign events": [
    along(EVENTS, [0, 1000], { atLeast: 20 }, "walks over every event that others hang on the tracepoint"),
    along(TREE, [0, 1000], { atMost: 1.3 }, "does not see what others trace"),
  ],
  "share denied": [
    along(BITMAP, [0, 100], { atMost: 1.3 }, "takes as long to deny as to allow"),
    along(LINEAR, [0, 100], { atLeast: 1.2 }, "compares with all of them before it denies"),
    along(TREE, [0, 100], { atMost: 1.5 }, "takes as long to deny as to allow"),
  ],
  "place among 300 calls": [
    along(BITMAP, [1, 300], { atMost: 1.3 }, "does not care which call it is"),
    along(LIST, [1, 300], { atLeast: 10 }, "costs the last call far more than the first"),
    along(LINEAR, [1, 300], { atLeast: 10 }, "costs the last call far more than the first"),
    along(TREE, [1, 300], { atMost: 2 }, "costs the last call what it costs the first"),
  ],
};
