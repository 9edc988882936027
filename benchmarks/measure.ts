// What all benchmarks share: where results go, and the words of the harness for what they are.

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { machine } from "@gatehouse/harness/machine";

export { type Summary, summary } from "@gatehouse/harness";

/** The benchmarks' own folder; the compiled files lie one below. */
export const FOLDER = fileURLToPath(new URL("..", import.meta.url));

export function writeResults(name: string, results: Readonly<Record<string, unknown>>): void {
  mkdirSync(`${FOLDER}results`, { recursive: true });
  writeFileSync(
    `${FOLDER}results/${name}.json`,
    `${JSON.stringify({ machine: machine(), ...results }, null, 2)}\n`,
  );
}
