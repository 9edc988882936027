// What a decision costs: time, predicates and bytes for an event, on the first rows of a trace. Nothing is timed
// before its answers on these rows were shown to be the answers that were counted.

import {
  type Bitset,
  type Chunk,
  type Filter,
  newVerdicts,
  oneByOne,
  TraceEvent,
  type Verdicts,
} from "@gatehouse/core";

/** Rows that are kept of a trace to be timed. */
export const SAMPLE_ROWS = 262_144;

/** Milliseconds that timing one filter may take, beyond its first round. */
const BUDGET = 150;

/** A small sample is evaluated often enough that a round is well above the clock's grain. */
const ROUND_ROWS = 16_384;

export type SampleChunk = { readonly chunk: Chunk; readonly rows: Bitset };

export type Cost = {
  readonly nsPerEvent: number;
  readonly predicatesPerEvent: number;
  readonly bytesPerEvent: number;
};

/** The first chunks of a trace in which an event is judged: whole ones, as many as fit. */
export class Sample {
  readonly chunks: SampleChunk[] = [];
  /** Events that are judged in it. */
  events = 0;
  #rows = 0;

  /** Whether it took the chunk. Once one does not fit, none does. */
  take(chunk: Chunk, rows: Bitset): boolean {
    const events = rows.count();
    if (events === 0) return false;
    this.#rows += chunk.length;
    if (this.#rows > SAMPLE_ROWS) return false;
    this.chunks.push({ chunk, rows });
    this.events += events;
    return true;
  }
}

/** `counted`: what the filter answered for each chunk of the sample when its answers were counted. */
export function measure(filter: Filter, sample: Sample, counted: readonly Verdicts[]): Cost | null {
  if (sample.events === 0) return null;
  return { nsPerEvent: time(filter, sample, counted), ...touched(filter, sample) };
}

/** What the loop itself costs: a filter that allows everything and looks at nothing. */
export function measureFloor(sample: Sample): number | null {
  if (sample.events === 0) return null;
  const allowed = sample.chunks.map(({ rows }) => ({ allow: rows, known: rows }));
  return time({ evaluateAll: oneByOne(() => "allow") }, sample, allowed);
}

/** The median of its rounds, in nanoseconds for a judged event. */
function time(filter: Pick<Filter, "evaluateAll">, sample: Sample, counted: readonly Verdicts[]): number {
  const runs = sample.chunks.map((each) => ({ ...each, verdicts: newVerdicts(each.chunk.length) }));
  const round = () => {
    for (const { chunk, rows, verdicts } of runs) {
      verdicts.allow.clear();
      verdicts.known.clear();
      filter.evaluateAll(chunk, rows, verdicts);
    }
  };
  round();
  for (const [i, { verdicts }] of runs.entries()) assertSame(verdicts, counted[i]);

  const repeats = Math.ceil(ROUND_ROWS / sample.events);
  const rounds: number[] = [];
  const started = performance.now();
  for (let before = started, last = 0; before + last - started <= BUDGET; ) {
    for (let i = 0; i < repeats; i++) round();
    const now = performance.now();
    last = now - before;
    before = now;
    rounds.push((last * 1e6) / (repeats * sample.events));
  }
  return median(rounds);
}

function assertSame(again: Verdicts, counted: Verdicts | undefined): void {
  const same = (a: Bitset, b: Bitset | undefined) => a.words.every((bits, i) => bits === b?.words[i]);
  if (same(again.allow, counted?.allow) && same(again.known, counted?.known)) return;
  throw new Error("a filter answered the same events in two ways: its cost is not measured");
}

function touched(filter: Filter, { chunks, events }: Sample): Omit<Cost, "nsPerEvent"> {
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

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >>> 1;
  const [upper = 0, lower = 0] = [sorted[middle], sorted[middle - 1]];
  return sorted.length % 2 === 1 ? upper : (lower + upper) / 2;
}
