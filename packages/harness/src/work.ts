// Work that is timed: a filter put to the same chunks again and again. Nothing is timed before its answers were shown
// to be right on these very rows, and one sample is so much work that the clock's own grain is no part of it.

import {
  type Bitset,
  type Chunk,
  type Filter,
  fail,
  newVerdicts,
  type Result,
  succeed,
  type Verdict,
  type Verdicts,
} from "@gatehouse/core";
import { bitmap, lowest, verdictAt, word } from "./contestant.js";
import { type Witness, witness } from "./trace.js";

/** A chunk and which of its rows are judged. */
export type Judged = { readonly chunk: Chunk; readonly rows: Bitset };

export type Work = {
  /** That are judged when it is run once. */
  readonly events: number;
  run(): void;
};

/** The first event on which answers are not what they should be. */
export type Mistake = Witness & {
  readonly found: Verdict | "unknown";
  readonly expected: Verdict | "unknown";
};

/** The work, once its answers are the `expected` ones. */
export function prove(
  filter: Pick<Filter, "evaluateAll">,
  judged: readonly Judged[],
  expected: readonly Verdicts[],
): Result<Work, Mistake> {
  const runs = judged.map((each) => ({ ...each, verdicts: newVerdicts(each.chunk.length) }));
  const run = () => {
    for (const { chunk, rows, verdicts } of runs) {
      verdicts.allow.clear();
      verdicts.known.clear();
      filter.evaluateAll(chunk, rows, verdicts);
    }
  };
  run();
  let events = 0;
  for (const [i, { chunk, rows, verdicts }] of runs.entries()) {
    const right = expected[i];
    if (right === undefined) throw new RangeError("there are fewer expected answers than chunks");
    const row = firstDifference(verdicts, right);
    if (row >= 0) {
      const [found, wanted] = [verdictAt(verdicts, row), verdictAt(right, row)];
      return fail({ ...witness(chunk, rows, row, events), found, expected: wanted });
    }
    events += rows.count();
  }
  return succeed({ events, run });
}

/** The lowest row on which two differ, -1 where there is none. */
function firstDifference(a: Verdicts, b: Verdicts): number {
  return lowest(
    bitmap(
      a.known.length,
      (i) => (word(a.allow, i) ^ word(b.allow, i)) | (word(a.known, i) ^ word(b.known, i)),
    ),
  );
}

/** A sample lasts at least this long: thousands of the clock's steps. */
export const SAMPLE_MS = 5;

/** Takes samples of the work, in nanoseconds for an event. Finding out how often to run it is its warm-up. */
export function stopwatch({ events, run }: Work, sampleMs = SAMPLE_MS): () => number {
  if (events === 0) throw new RangeError("there is nothing to judge, so nothing to time");
  const time = (repeats: number) => {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) run();
    return performance.now() - start;
  };
  let repeats = 1;
  for (let took = time(1); took < sampleMs; took = time(repeats)) {
    repeats *= took === 0 ? 16 : Math.min(16, Math.ceil((1.2 * sampleMs) / took));
  }
  return () => (time(repeats) * 1e6) / (repeats * events);
}
