// A race: contestants that are timed in turn, one sample each, round after round, so that a machine that is slow for a
// while is slow for all of them. It is run in several launches, each with processes of its own: where code and memory come
// to lie is luck. Two contestants are compared launch by launch.

import type { Compilation } from "@gatehouse/core";
import { type Figure, figure, type Launches, type Ratio, ratioOf } from "./statistics.js";
import type { Mistake } from "./work.js";

/** What `gatehouse bench --json` prints. */
export type BenchReport = {
  readonly schema: "gatehouse.bench/2";
  readonly policy: string;
  readonly catalog: string;
  /** The first events of the trace, which everything here was timed on. */
  readonly sample: { readonly events: number; readonly chunks: number };
  readonly launches: number;
  /** Of each launch. */
  readonly rounds: number;
  /** A spread beyond this share of its figure makes it unsteady. */
  readonly steady: number;
  /** The contestant that the others are a multiple of. */
  readonly floor: string;
  readonly contestants: readonly BenchLine[];
};

export type BenchLine = {
  readonly id: string;
  /** Floors are code written by hand for one small job, to be held against. */
  readonly kind: "floor" | "design";
  readonly compilation: Compilation<unknown>["kind"] | null;
  /** Null where there was nothing to time. */
  readonly nsPerEvent: Figure | null;
  /** What a chunk takes in which there is no row: it is in `nsPerEvent` once for each chunk. */
  readonly nsPerChunk: Figure | null;
  readonly timesFloor: Ratio | null;
  /** The first of its answers that was wrong: it is not timed then. */
  readonly refused: Mistake | null;
};

/** One that was let into the race, or not. */
export type Contender = Pick<BenchLine, "id" | "kind" | "compilation" | "refused">;

/** `perEvent`, `perChunk`: the samples of those that ran, by id. */
export function benchLines(
  contenders: readonly Contender[],
  { perEvent, perChunk }: { readonly perEvent: ByLaunch; readonly perChunk: ByLaunch },
  floor: string,
): BenchLine[] {
  return contenders.map((contender) => {
    const [events, chunks] = [perEvent, perChunk].map((samples) =>
      contender.refused === null ? samples.get(contender.id) : undefined,
    );
    return {
      ...contender,
      nsPerEvent: events === undefined ? null : figure(events),
      nsPerChunk: chunks === undefined ? null : figure(chunks),
      timesFloor: events === undefined ? null : ratioOf(events, samplesOf(perEvent, floor)),
    };
  });
}

/** One that is timed, as a rule in a process of its own. Its answers were proved right before it got here. */
export type Runner = {
  readonly id: string;
  /** One sample, in nanoseconds for an event. */
  sample(): Promise<number>;
};

/** Of each round the sample, by id. */
export type Rounds = ReadonlyMap<string, readonly number[]>;

/** The samples of several launches, by id. */
export type ByLaunch = ReadonlyMap<string, Launches>;

/**
 * Each round begins with another of them, so that none always comes after the same one. A turn is two samples, and the
 * second counts: the first finds caches and page tables as the one before left them, which can take milliseconds.
 */
export async function race(runners: readonly Runner[], rounds: number): Promise<Rounds> {
  const samples = new Map(runners.map(({ id }) => [id, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    const first = round % Math.max(runners.length, 1);
    for (const runner of [...runners.slice(first), ...runners.slice(0, first)]) {
      await runner.sample();
      samples.get(runner.id)?.push(await runner.sample());
    }
  }
  return samples;
}

/** One launch after the other, put together by id. One that did not run in all of them has fewer. */
export function together(launches: readonly Rounds[]): ByLaunch {
  const all = new Map<string, (readonly number[])[]>();
  for (const rounds of launches)
    for (const [id, samples] of rounds) all.set(id, [...(all.get(id) ?? []), samples]);
  return all;
}

export function samplesOf(rounds: ByLaunch, id: string): Launches {
  const samples = rounds.get(id);
  if (samples === undefined) throw new RangeError(`${id} was not timed`);
  return samples;
}
