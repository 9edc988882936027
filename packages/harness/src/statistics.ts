// What repeated measurements are summed up as. The middle one and the middle distance from it: a machine that others use
// too now and then takes much longer, never much shorter, and a mean would show that.

export type Summary = {
  readonly median: number;
  /** Of the samples' distances from the median, the median. */
  readonly spread: number;
  readonly samples: readonly number[];
};

/** A figure whose spread is a greater part of it is shown with a mark: it may be another one next time. */
export const STEADY = 0.1;

export function summary(samples: readonly number[]): Summary {
  const middle = median(samples);
  return { median: middle, spread: median(samples.map((sample) => Math.abs(sample - middle))), samples };
}

export function isSteady({ median, spread }: Pick<Summary, "median" | "spread">): boolean {
  return spread <= STEADY * median;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[(sorted.length - 1) >> 1];
  const high = sorted[sorted.length >> 1];
  if (low === undefined || high === undefined) throw new RangeError("there is no sample");
  return (low + high) / 2;
}
