// What all benchmarks share: how often they are launched, how races are run, and what becomes of results.

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type ByLaunch,
  type Launches,
  type Recorded,
  type Relation,
  type Results,
  type Rounds,
  race,
  record,
  together,
} from "@gatehouse/harness";
import { machine } from "@gatehouse/harness/machine";
import { type Process, startAll } from "@gatehouse/harness/processes";
import { readResults } from "@gatehouse/harness/results";
import { settle } from "@gatehouse/harness/settle";
import { refuse, settings } from "./settings.js";

/** The benchmarks' own folder; the compiled files lie one below. */
export const FOLDER = fileURLToPath(new URL("..", import.meta.url));

/** Where a process's code and memory come to lie is luck, and can be a third of what it takes: so it is tried anew. */
export const LAUNCHES = settings.isTrial ? 2 : 5;

/** Of each launch; fewer in a hurry. */
export function roundsOf(usual: number): number {
  return settings.isTrial ? Math.min(usual, 2) : usual;
}

export type Race<J> = {
  readonly name: string;
  readonly script: URL;
  readonly jobs: readonly (readonly [id: string, job: J])[];
  readonly rounds: number;
};

/**
 * All races in one launch, then all of them in the next: so the launches of a contestant lie as far apart as the whole run
 * is long, and their spread also has in it what a machine does in that time.
 */
export async function runRaces<J>(races: readonly Race<J>[]): Promise<ReadonlyMap<string, ByLaunch>> {
  const launches: ReadonlyMap<string, Rounds>[] = [];
  for (let launch = 0; launch < LAUNCHES; launch++) {
    const found = new Map<string, Rounds>();
    for (const each of races) found.set(each.name, await runRace(each));
    launches.push(found);
  }
  return new Map(
    races.map(({ name }) => [name, together(launches.flatMap((found) => found.get(name) ?? []))]),
  );
}

async function runRace<J>({ script, jobs, rounds }: Race<J>): Promise<Rounds> {
  const processes = (await startAll<J, unknown>(script, jobs)).map((started, i): Process => {
    if (started.ok) return started.value;
    throw new Error(`${jobs[i]?.[0]} answers wrongly: ${JSON.stringify(started.error)}`);
  });
  const found = await race(processes, roundsOf(rounds));
  for (const { end } of processes) end();
  return found;
}

/** What one launch of a benchmark finds that is a process of its own as a whole. */
export type Launch = {
  readonly samples: Readonly<Record<string, readonly number[]>>;
  readonly details: Readonly<Record<string, unknown>>;
};

/** Runs `measure` in `LAUNCHES` processes, one after the other: this script is run anew for each. */
export async function inLaunches(
  script: string,
  measure: () => Launch | Promise<Launch>,
): Promise<{
  readonly samples: Readonly<Record<string, Launches>>;
  readonly details: Launch["details"];
}> {
  if (process.send !== undefined) {
    process.send(await measure(), () => process.exit());
    return new Promise(() => {}); // the launch has said what it found
  }
  const launches: Launch[] = [];
  for (let i = 0; i < LAUNCHES; i++) launches.push(await launched(script));
  const [{ samples, details } = refuse("there was no launch")] = launches;
  const names = Object.keys(samples);
  return {
    samples: Object.fromEntries(names.map((name) => [name, launches.map((one) => one.samples[name] ?? [])])),
    details,
  };
}

async function launched(script: string): Promise<Launch> {
  const child = fork(fileURLToPath(script), process.argv.slice(2), { execArgv: [] });
  const answered: Promise<[Launch]> = once(child, "message").then(([launch]) => [launch]);
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`a launch ended with exit code ${code} before it said what it found`);
  });
  const [launch] = await Promise.race([answered, ended]);
  await ended.catch(() => {});
  return launch;
}

export type Found = {
  readonly figures: Readonly<Record<string, Recorded>>;
  readonly relations?: readonly Relation[];
  readonly details: Readonly<Record<string, unknown>>;
};

export { record };

/**
 * Compares results with those before them, and writes them. With `--against` they are compared with that file and not
 * written, and what disagrees ends the process with 1; so does a tree that may not be written from.
 */
export function finish(name: string, { figures, relations = [], details }: Found): void {
  const now: Results = {
    ...{ schema: "gatehouse.results/1", name, machine: machine(), isTrial: settings.isTrial },
    ...{ figures, relations, details: { launches: LAUNCHES, ...details } },
  };
  mkdirSync(`${FOLDER}results`, { recursive: true });
  const against = settings.against === null ? null : resultsIn(settings.against, name);
  const { isDirtyAllowed } = settings;
  const { lines, exitCode } = settle(now, { file: `${FOLDER}results/${name}.json`, against, isDirtyAllowed });
  for (const line of lines) console.log(`${name}: ${line}`);
  process.exitCode = exitCode;
}

/** Those of an earlier run of the same benchmark. */
export function resultsIn(file: string, name: string): Results {
  const read = readResults(file);
  if (!read.ok) return refuse(read.error);
  if (read.value.name !== name)
    return refuse(`${file}: these are results of ${read.value.name}, not of ${name}`);
  return read.value;
}
