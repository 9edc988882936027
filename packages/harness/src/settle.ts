// What becomes of a run: it is compared with an earlier one, and written or not. Needs Node.

import { existsSync } from "node:fs";
import { compareResults, type Results, showComparison } from "./results.js";
import { readResults, refusalToWrite, writeResults } from "./results-file.js";

export type Settlement = {
  /** For people. */
  readonly lines: readonly string[];
  /** 1: the run disagrees with the one that it was to be held against, or could not be written. */
  readonly exitCode: 0 | 1;
};

export type Asked = {
  /** Where results go, and those of the run before are. */
  readonly file: string;
  /** The run that this one is held against: nothing is written then. */
  readonly against: Results | null;
  /** Whether results are written from a tree that is not what was committed, too. */
  readonly isDirtyAllowed: boolean;
  /** A folder of the checkout, where it is not the one that this code lies in. */
  readonly checkout?: string;
};

export function settle(now: Results, { file, against, isDirtyAllowed, checkout }: Asked): Settlement {
  if (against !== null) {
    const comparison = compareResults(against, now);
    return { lines: beside(against, showComparison(comparison)), exitCode: comparison.agrees ? 0 : 1 };
  }
  const replaced = existsSync(file) ? readResults(file) : null;
  const lines = replaced?.ok
    ? beside(replaced.value, showComparison(compareResults(replaced.value, now)))
    : [];
  const refusal = isDirtyAllowed ? null : refusalToWrite(checkout);
  if (refusal !== null) return { lines: [...lines, refusal], exitCode: 1 };
  writeResults(file, now);
  return { lines, exitCode: 0 };
}

function beside({ machine, isTrial }: Results, lines: readonly string[]): string[] {
  const run = `the ${isTrial ? "trial" : "run"} of ${machine.date}, commit ${machine.commit ?? "unknown"}`;
  return [`beside ${run}:`, ...lines.map((line) => `  ${line}`)];
}
