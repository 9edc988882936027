// What all benchmarks share: where results go, how races are run, and the words of the harness for what they are.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Agreement, type Rounds, type Runner, race } from "@gatehouse/harness";
import { machine } from "@gatehouse/harness/machine";
import { type Process, startAll } from "@gatehouse/harness/processes";

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

/** Where a process's code and memory come to lie is luck, and can be a third of what it takes: so it is tried anew. */
export const LAUNCHES = 5;

/** Every contestant in `LAUNCHES` processes, one after the other; those of one launch take turns for so many rounds. */
export async function raceProcesses<J>(
  script: URL,
  jobs: readonly (readonly [id: string, job: J])[],
  rounds: number,
  runnersOf: (process: Process) => readonly Runner[] = (process) => [process],
): Promise<Rounds> {
  const all = new Map<string, number[]>();
  for (let launch = 0; launch < LAUNCHES; launch++) {
    const processes = (await startAll<J, unknown>(script, jobs)).map((started, i) => {
      if (started.ok) return started.value;
      throw new Error(`${jobs[i]?.[0]} answers wrongly: ${JSON.stringify(started.error)}`);
    });
    for (const [id, samples] of await race(processes.flatMap(runnersOf), rounds))
      all.set(id, [...(all.get(id) ?? []), ...samples]);
    for (const { end } of processes) end();
  }
  return all;
}

export function showAgreement({ compared, changed, greatest }: Agreement): string {
  if (greatest === null) return "there is no run before to compare with";
  const marks =
    changed.length === 0 ? "all marks are as before" : `other marks than before: ${changed.join("; ")}`;
  const within = `${(100 * greatest.difference).toFixed(0)} % (${greatest.text})`;
  return `${compared} ratios beside the run before: ${marks}; all within ${within}`;
}
