// What all benchmarks share: where results go, and the words of the harness for what they are.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Agreement } from "@gatehouse/harness";
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

/** Those of the run before, which this one will replace; null where there was none. */
export function resultsBefore<T>(name: string): T | null {
  const file = `${FOLDER}results/${name}.json`;
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}

export function showAgreement({ compared, changed, greatest }: Agreement): string {
  if (greatest === null) return "there is no run before to compare with";
  const marks =
    changed.length === 0 ? "all marks are as before" : `other marks than before: ${changed.join("; ")}`;
  const within = `${(100 * greatest.difference).toFixed(0)} % (${greatest.text})`;
  return `${compared} ratios beside the run before: ${marks}; all within ${within}`;
}
