// A race: contestants that are timed in turn, one sample each, round after round, so that a machine that is slow for a
// while is slow for all of them. What others do on a machine only ever adds time, now to this one and now to that: so what
// one takes is shown by its median and spread, and what two are to each other by the least time of each, on which two
// runs agree best.

import type { Compilation } from "@gatehouse/core";
import { isSteady, type Summary, summary } from "./statistics.js";
import type { Mistake } from "./work.js";

/** What `gatehouse bench --json` prints. */
export type BenchReport = {
  readonly schema: "gatehouse.bench/1";
  readonly policy: string;
  readonly catalog: string;
  /** The first events of the trace, which everything here was timed on. */
  readonly sample: { readonly events: number };
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
  /** Of the least times. */
  readonly timesFloor: number | null;
  /** The first of its answers that was wrong: it is not timed then. */
  readonly refused: Mistake | null;
};

/** One that was let into the race, or not. */
export type Contender = Pick<BenchLine, "id" | "kind" | "compilation" | "refused">;

export function benchLines(contenders: readonly Contender[], rounds: Rounds, floor: string): BenchLine[] {
  return contenders.map((contender) => {
    const samples = rounds.get(contender.id);
    return {
      ...contender,
      nsPerEvent: samples === undefined ? null : figure(samples),
      timesFloor: samples === undefined ? null : ratio(rounds, contender.id, floor),
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

/** A measured figure, and whether its spread is small enough to rely on it. */
export type Figure = Omit<Summary, "samples"> & { readonly least: number; readonly steady: boolean };

export function figure(samples: readonly number[]): Figure {
  const { median, spread } = summary(samples);
  return { median, spread, least: Math.min(...samples), steady: isSteady({ median, spread }) };
}

/** How many times `floor`'s time `id` takes, at the least that either took. */
export function ratio(rounds: Rounds, id: string, floor: string): number {
  const [ours, theirs] = [rounds.get(id), rounds.get(floor)];
  if (ours === undefined || theirs === undefined) throw new RangeError(`${id} or ${floor} was not timed`);
  return Math.min(...ours) / Math.min(...theirs);
}
