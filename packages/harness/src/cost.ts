// What a decision costs: time, predicates and bytes for an event, on the first rows of a trace. Nothing is timed
// before its answers on these rows were shown to be the answers that were counted.

import { type Bitset, type Chunk, type Filter, oneByOne, TraceEvent, type Verdicts } from "@gatehouse/core";
import type { Selection } from "./selection.js";
import { median } from "./statistics.js";
import { judgedRows } from "./trace.js";
import { type Judged, prove, stopwatch } from "./work.js";

/** Rows that are kept of a trace to be timed. */
export const SAMPLE_ROWS = 262_144;

/** Milliseconds that timing one filter may take, beyond its first rounds. */
const BUDGET = 150;

export type Cost = Time & Reads;

export type Time = {
  /** The median of the samples, and the median distance of a sample from the median. */
  readonly nsPerEvent: number;
  readonly nsSpread: number;
};

export type Reads = { readonly predicatesPerEvent: number; readonly bytesPerEvent: number };

/** The first chunks of a trace in which an event is judged: whole ones, as many as fit. */
export class Sample {
  readonly chunks: Judged[] = [];
  /** Events that are judged in it. */
  events = 0;
  #rows = 0;

  /** Of a trace that is read no further than it takes. */
  static async of(trace: AsyncIterable<Chunk>, selection: Selection | null): Promise<Sample> {
    const sample = new Sample();
    for await (const chunk of trace) {
      sample.take(chunk, judgedRows(chunk, selection));
      if (sample.isFull) break;
    }
    return sample;
  }

  /** Whether there was a chunk that did not fit. */
  get isFull(): boolean {
    return this.#rows > SAMPLE_ROWS;
  }

  /** Whether it took the chunk. Once one does not fit, none does. */
  take(chunk: Chunk, rows: Bitset): boolean {
    const events = rows.count();
    if (events === 0) return false;
    this.#rows += chunk.length;
    if (this.isFull) return false;
    this.chunks.push({ chunk, rows });
    this.events += events;
    return true;
  }
}

/** `counted`: what the filter answered for each chunk of the sample when its answers were counted. */
export function measureTime(filter: Filter, sample: Sample, counted: readonly Verdicts[]): Time | null {
  if (sample.events === 0) return null;
  const { median, spread } = time(filter, sample, counted);
  return { nsPerEvent: median, nsSpread: spread };
}

/**
 * What it reads, by evaluations that are metered. V8 then knows two kinds of chunk and makes slower code of all filters, so
 * nothing is timed afterwards.
 */
export function measureReads(filter: Filter, { chunks, events }: Sample): Reads | null {
  if (events === 0) return null;
  let predicates = 0;
  let bytes = 0;
  for (const { chunk, rows } of chunks) {
    const event = new TraceEvent(chunk, 0);
    rows.forEach((row) => {
      event.row = row;
      const read = filter.touched(event);
      predicates += read.predicates;
      bytes += read.bytes;
    });
  }
  return { predicatesPerEvent: predicates / events, bytesPerEvent: bytes / events };
}

/** What the loop itself costs: a filter that allows everything and looks at nothing. */
export function measureFloor(sample: Sample): number | null {
  if (sample.events === 0) return null;
  const allowed = sample.chunks.map(({ rows }) => ({ allow: rows, known: rows }));
  return time({ evaluateAll: oneByOne(() => "allow") }, sample, allowed).median;
}

/** In nanoseconds for a judged event. */
function time(
  filter: Pick<Filter, "evaluateAll">,
  sample: Sample,
  counted: readonly Verdicts[],
): { readonly median: number; readonly spread: number } {
  const work = prove(filter, sample.chunks, counted);
  if (!work.ok) throw new Error("a filter answered the same events in two ways: its cost is not measured");
  const take = stopwatch(work.value);
  const samples: number[] = [];
  const started = performance.now();
  for (let before = started, last = 0; before + last - started <= BUDGET; ) {
    samples.push(take());
    last = performance.now() - before;
    before += last;
  }
  const middle = median(samples);
  return { median: middle, spread: median(samples.map((one) => Math.abs(one - middle))) };
}
