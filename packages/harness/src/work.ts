// Work that is timed: a filter put to the same chunks again and again. Nothing is timed before its answers were shown
// to be right on these very rows, and one sample is so much work that the clock's own grain is no part of it.

import {
  Bitset,
  Chunk,
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

/** Work whose answers were right, and what it takes for a chunk in which nothing is judged: its `events` are chunks. */
export type Proved = Work & { readonly perChunk: Work };

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
): Result<Proved, Mistake> {
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
  return succeed({ events, run, perChunk: emptyChunks(filter, judged) });
}

/** So many make one run, since a chunk alone may take less than the call does. */
const EMPTY_CHUNKS = 64;

/** Chunks like those that are judged, each with one row that nobody asks about. */
function emptyChunks(filter: Pick<Filter, "evaluateAll">, [like]: readonly Judged[]): Work {
  if (like === undefined) return { events: 0, run: () => {} };
  const { catalog, dictionary, slots, tasks, ip } = like.chunk;
  const shape = { capacity: 1, slots: slots.length, tasks, ip: ip !== null };
  const chunk = new Chunk(catalog, dictionary, shape);
  chunk.length = 1;
  const [rows, verdicts] = [new Bitset(1), newVerdicts(1)];
  return {
    events: EMPTY_CHUNKS,
    run() {
      for (let i = 0; i < EMPTY_CHUNKS; i++) filter.evaluateAll(chunk, rows, verdicts);
    },
  };
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
