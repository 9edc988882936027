// What all benchmarks share: where a number was taken, how repeated ones are summed up, and where results go.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { fileURLToPath } from "node:url";

/** The benchmarks' own folder; the compiled files lie one below. */
export const FOLDER = fileURLToPath(new URL("..", import.meta.url));

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly kernel: string;
  readonly node: string;
  /** `-dirty` where the tree is not what was committed. */
  readonly commit: string;
  readonly date: string;
};

export function machine(): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model ?? "unknown",
    cores: cpus().length,
    kernel: release(),
    node: process.version,
    commit: execFileSync("git", ["describe", "--always", "--dirty", "--abbrev=12"], {
      cwd: FOLDER,
      encoding: "utf8",
    }).trim(),
    date: new Date().toISOString(),
  };
}

/** The middle of several samples, and how far from it the middle one of them lies. */
export type Summary = {
  readonly median: number;
  readonly spread: number;
  readonly samples: readonly number[];
};

export function summary(samples: readonly number[]): Summary {
  const middle = median(samples);
  return { median: middle, spread: median(samples.map((sample) => Math.abs(sample - middle))), samples };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[(sorted.length - 1) >> 1];
  const high = sorted[sorted.length >> 1];
  if (low === undefined || high === undefined) throw new RangeError("there is no sample");
  return (low + high) / 2;
}

export function writeResults(name: string, results: Readonly<Record<string, unknown>>): void {
  mkdirSync(`${FOLDER}results`, { recursive: true });
  writeFileSync(
    `${FOLDER}results/${name}.json`,
    `${JSON.stringify({ machine: machine(), ...results }, null, 2)}\n`,
  );
}
