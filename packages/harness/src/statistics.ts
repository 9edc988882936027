// What repeated measurements are summed up as. Other work on a machine only ever adds time, so a launch of a process is
// shown by the least time that it took. Where its code and memory come to lie is luck, and so is what the machine did
// meanwhile: so a figure is the middle launch, and its spread is how far the launches lie apart, which is what the next
// run may differ by. The spread of samples within one process is far smaller, and would promise too much.

/** Samples by launch: each launch is processes of its own. */
export type Launches = readonly (readonly number[])[];

export type Figure = {
  /** The middle one of the launches, each shown by its least sample (or by what the figure is made with). */
  readonly value: number;
  /** How far the launch that is furthest away lies from it, and at least `LEAST_SPREAD` of it. */
  readonly spread: number;
  /** Of all samples. */
  readonly least: number;
  /** Of all samples: the lower quartile, the median, the upper quartile. */
  readonly quartiles: readonly [lower: number, median: number, upper: number];
  readonly launches: number;
  readonly shape: Shape;
};

/** `two values`: the samples lie in two heaps, so that the next run may give the other one. */
export type Shape = "steady" | "unsteady" | "two values";

/** A figure whose spread is a greater part of it, or whose median is so far above its least, is unsteady. */
export const STEADY = 0.1;

/**
 * No figure is said to hold better than to this part of it: launches that are minutes apart do not see what an hour
 * changes in a processor's clock.
 */
export const LEAST_SPREAD = 0.03;

/** `ofLaunch`: what one launch is shown by. */
export function figure(launches: Launches, ofLaunch: (samples: readonly number[]) => number = least): Figure {
  const samples = launches.flat();
  const each = launches.map(ofLaunch);
  const value = median(each);
  const spread = spreadAround(value, each);
  const quartiles = [quantile(samples, 0.25), median(samples), quantile(samples, 0.75)] as const;
  const shape = shapeOf(samples, { value, spread, least: least(samples), median: quartiles[1] });
  return { value, spread, least: least(samples), quartiles, launches: launches.length, shape };
}

/** How many times the other one it takes, with the spread of that. */
export type Ratio = Pick<Figure, "value" | "spread">;

/** Of two that raced in the same launches: launch by launch, so that a machine that was slow for one is slow for both. */
export function ratioOf(of: Launches, over: Launches): Ratio {
  if (of.length !== over.length) throw new RangeError("the two were not launched together");
  const each = of.map((samples, i) => least(samples) / least(over[i] ?? []));
  const value = median(each);
  return { value, spread: spreadAround(value, each) };
}

/** How far the value that is furthest away lies from it, and at least `LEAST_SPREAD` of it. */
export function spreadAround(value: number, values: readonly number[]): number {
  return Math.max(LEAST_SPREAD * Math.abs(value), ...values.map((each) => Math.abs(each - value)));
}

/** Whether two figures may be put in an order: what is printed of them does not meet. */
export function isToldApart(a: Ratio, b: Ratio): boolean {
  return Math.abs(a.value - b.value) > a.spread + b.spread;
}

type Summed = {
  readonly value: number;
  readonly spread: number;
  readonly least: number;
  readonly median: number;
};

function shapeOf(samples: readonly number[], { value, spread, least, median }: Summed): Shape {
  if (isBimodal(samples)) return "two values";
  return spread > STEADY * value || median > (1 + STEADY) * least ? "unsteady" : "steady";
}

/** Fewer samples than this are no two heaps. */
const FEWEST_OF_TWO_HEAPS = 8;
/** The smaller heap has at least this part of the samples: what is rarer is a disturbance. */
const SMALLER_HEAP = 0.2;
/** The gap between two heaps is so many times the distance within either. */
const GAP = 3;

/** Whether samples lie in two heaps with a gap between them that is more than `STEADY` of the lower one. */
export function isBimodal(samples: readonly number[]): boolean {
  if (samples.length < FEWEST_OF_TWO_HEAPS) return false;
  const sorted = ascending(samples);
  const fewest = Math.ceil(SMALLER_HEAP * sorted.length);
  for (let cut = fewest; cut <= sorted.length - fewest; cut++) {
    const [low, high] = [sorted.slice(0, cut), sorted.slice(cut)];
    const gap = least(high) - Math.max(...low);
    const within = Math.max(
      quantile(low, 0.75) - quantile(low, 0.25),
      quantile(high, 0.75) - quantile(high, 0.25),
    );
    if (gap > STEADY * median(low) && gap > GAP * within) return true;
  }
  return false;
}

export function least(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("there is no sample");
  return Math.min(...values);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Between two values it is on the straight line from one to the other. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = ascending(values);
  const at = part * (sorted.length - 1);
  const low = sorted[Math.floor(at)];
  const high = sorted[Math.ceil(at)];
  if (low === undefined || high === undefined) throw new RangeError("there is no sample");
  return low + (at - Math.floor(at)) * (high - low);
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
