// How fast back-ends judge, beside what the plainest code written by hand for the same job takes, and what expression
// engines from npm do. Every contestant is a process of its own, several times anew, and answers rightly before it is
// timed; those of one race take turns, and a ratio is of the least times. What the project asks for is a table below: ✔ it
// holds, ✘ not.
//
//   in cache      16,384 rows, which fit into a core's second cache with room to spare
//   from memory   8 million rows (engines: as many objects), many times the last cache

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { agreement, type Figure, figure, type Rounds, ratio, STEADY } from "@gatehouse/harness";
import { openFloors } from "@gatehouse/native";
import { IN_PLACE, NARROW, NGINX, PROFILE } from "./back-ends-bulk.js";
import type { CaseName } from "./back-ends-cases.js";
import type { Job } from "./back-ends-contestant.js";
import type { Streamed } from "./back-ends-stream.js";
import { LAUNCHES, raceProcesses, resultsBefore, showAgreement, writeResults } from "./measure.js";

/** Of each launch. */
const ROUNDS = 8;
/** Two threads need two processors that nobody else uses at the time. */
const THREAD_ROUNDS = 30;
const CACHE_ROWS = 16_384;
const MEMORY_ROWS = 8_388_608;

const STREAM_PAIRS = 5;
/** Ten times as many events may take so much more for each, or less. */
const FLAT = 1.2;

const native = openFloors();
if (!native.ok) {
  console.log(`back-ends: skipped, the native back-end is not there: ${native.error}`);
  process.exit(0);
}

const ENGINES = ["ajv", "subscript", "filtrex"] as const;
const [BITMASK, FILTER] = ["bitmask-2009@and", "filter-engine-2010@corrected"] as const;
/** 64 predicates are more than a prctl of 2010 takes. */
const LONG = "event-filters-2011@vision";
const on = (design: string) => [`${design}@native`, `${design}@compiled`];

/** Rows in memory of the back-end's own: as whoever makes chunks to be judged would have them. */
const NATIVE_IN_PLACE = `${FILTER}@native, ${IN_PLACE}`;
const COMPILED_IN_PLACE = `${FILTER}@compiled, ${IN_PLACE}`;
/** And with one word a row in slots whose values need no more: an engine has no 64 bits of them either. */
const NATIVE_NARROW = `${NATIVE_IN_PLACE}, ${NARROW}`;

/** Each contestant of a race with its job. */
type Race = Readonly<Record<string, Job>>;

const RACES: Readonly<Record<string, Race>> = {
  "bitmask, in cache": bulk("bitmask", CACHE_ROWS, ["bit test", "byte look-up", ...on(BITMASK)]),
  "bitmask, from memory": bulk("bitmask", MEMORY_ROWS, ["bit test", "byte look-up", ...on(BITMASK)]),
  "four predicates, in cache": {
    ...bulk("four predicates", CACHE_ROWS, [
      "four predicates",
      ...on(FILTER),
      NATIVE_IN_PLACE,
      NATIVE_NARROW,
      COMPILED_IN_PLACE,
    ]),
    ...engines(CACHE_ROWS),
  },
  "four predicates, from memory": {
    ...bulk("four predicates", MEMORY_ROWS, [
      "four predicates",
      ...on(FILTER),
      NATIVE_IN_PLACE,
      NATIVE_NARROW,
    ]),
    ...engines(MEMORY_ROWS),
  },
  ...(existsSync(PROFILE) && existsSync(NGINX) ? { "Docker's profile, nginx": docker() } : {}),
  "one event at a time, one filter": singles(1),
  "one event at a time, eight filters in turn": singles(8),
  "threads, native": threads(`${LONG}@native, ${IN_PLACE}`),
  "threads, compiled": threads(`${LONG}@compiled, ${IN_PLACE}`),
};

/** `of` takes so many times as long as `over`, at most or at least. Of several the one that is fastest counts. */
type Expectation = {
  readonly race: string;
  readonly of: readonly string[];
  readonly over: string;
} & ({ readonly atMost: number } | { readonly atLeast: number });

const EXPECTATIONS: readonly Expectation[] = [
  { race: "bitmask, in cache", of: [`${BITMASK}@native`], over: "bit test", atMost: 1.5 },
  { race: "bitmask, from memory", of: [`${BITMASK}@native`], over: "bit test", atMost: 1.5 },
  { race: "four predicates, in cache", of: [`${FILTER}@native`], over: "four predicates", atMost: 2 },
  { race: "four predicates, from memory", of: [`${FILTER}@native`], over: "four predicates", atMost: 2 },
  { race: "four predicates, in cache", of: [COMPILED_IN_PLACE], over: "four predicates", atMost: 4 },
  { race: "four predicates, from memory", of: [`${FILTER}@compiled`], over: "four predicates", atMost: 4 },
  { race: "Docker's profile, nginx", of: [`${FILTER}@native`], over: "by hand", atMost: 3 },
  { race: "four predicates, in cache", of: ENGINES, over: NATIVE_NARROW, atLeast: 100 },
  { race: "four predicates, from memory", of: ENGINES, over: NATIVE_NARROW, atLeast: 30 },
  { race: "four predicates, in cache", of: ENGINES, over: COMPILED_IN_PLACE, atLeast: 25 },
  { race: "one event at a time, one filter", of: on(FILTER), over: "objects", atMost: 2 },
  { race: "one event at a time, one filter", of: on(FILTER), over: "columns", atMost: 3 },
  { race: "one event at a time, eight filters in turn", of: on(FILTER), over: "objects", atMost: 2 },
  { race: "one event at a time, eight filters in turn", of: on(FILTER), over: "columns", atMost: 3 },
  { race: "threads, native", of: ["1 thread"], over: "2 threads", atLeast: 1.7 },
  { race: "threads, compiled", of: ["1 thread"], over: "2 threads", atLeast: 1.7 },
];

type Told = Expectation & {
  readonly fastest: string;
  readonly nsPerEvent: Figure;
  readonly overNsPerEvent: Figure;
  readonly ratio: number;
  readonly holds: boolean;
};

const races: Record<string, Readonly<Record<string, Figure>>> = {};
const expectations: Told[] = [];
for (const [name, jobs] of Object.entries(RACES)) {
  const rounds = await run(jobs);
  races[name] = Object.fromEntries([...rounds].map(([id, samples]) => [id, figure(samples)]));
  console.log(`back-ends: ${name}`);
  for (const [id, ns] of Object.entries(races[name] ?? {})) console.log(`    ${id.padEnd(54)} ${show(ns)}`);
  for (const expectation of EXPECTATIONS.filter(({ race }) => race === name)) {
    const told = judge(expectation, rounds);
    expectations.push(told);
    console.log(`  ${sentence(told)}`);
  }
}
if (!("Docker's profile, nginx" in RACES))
  console.log(`back-ends: Docker's profile is skipped, there is no ${PROFILE} or no ${NGINX}`);
const streams = [`${FILTER}@native`, `${FILTER}@compiled`].map(stream);
for (const each of streams) {
  console.log(`back-ends: ${each.contestant}, a stream of 10^7 and of 10^8 events`);
  console.log(
    `    ${each.nsPerEvent.map(show).join(" and ")}, ${each.peakMiB.map(Math.round).join(" and ")} MiB`,
  );
  for (const { text, times, holds } of each.told) console.log(`  ${mark(holds)} ${text}: ${digits(times)} x`);
}
const before = resultsBefore<{ readonly expectations: readonly Told[] }>("back-ends");
const agreed = agreement((before?.expectations ?? []).map(brief), expectations.map(brief));
console.log(`back-ends: ${showAgreement(agreed)}`);
writeResults("back-ends", {
  addon: native.value.build,
  ...{
    launches: LAUNCHES,
    rounds: ROUNDS,
    threadRounds: THREAD_ROUNDS,
    cacheRows: CACHE_ROWS,
    memoryRows: MEMORY_ROWS,
    steady: STEADY,
  },
  ...{ races, expectations, streams, agreement: agreed },
});

function bulk(name: CaseName, rows: number, contestants: readonly string[]): Race {
  return Object.fromEntries(
    contestants.map((contestant) => [contestant, { kind: "bulk", contestant, case: name, rows }]),
  );
}

function engines(rows: number): Race {
  return Object.fromEntries(
    [...ENGINES, "hand-written"].map((contestant) => [contestant, { kind: "engine", contestant, rows }]),
  );
}

function docker(): Race {
  const contestants = ["by hand", ...on(FILTER)];
  return Object.fromEntries(contestants.map((contestant) => [contestant, { kind: "docker", contestant }]));
}

function singles(filters: 1 | 8): Race {
  const contestants = ["objects", "columns", ...on(FILTER)];
  return Object.fromEntries(
    contestants.map((contestant) => [contestant, { kind: "single", contestant, filters }]),
  );
}

function threads(contestant: string): Race {
  return {
    "1 thread": { kind: "threads", contestant, threads: 1 },
    "2 threads": { kind: "threads", contestant, threads: 2 },
  };
}

function run(jobs: Race): Promise<Rounds> {
  const script = new URL("back-ends-contestant.js", import.meta.url);
  const areThreads = Object.values(jobs).some(({ kind }) => kind === "threads");
  return raceProcesses<Job>(script, Object.entries(jobs), areThreads ? THREAD_ROUNDS : ROUNDS);
}

function judge(expectation: Expectation, rounds: Rounds): Told {
  const { of, over } = expectation;
  const times = of.map((id) => ({ id, ns: figureOf(rounds, id) })).sort((a, b) => a.ns.least - b.ns.least);
  const [{ id: fastest, ns: nsPerEvent } = assert.fail()] = times;
  const found = ratio(rounds, fastest, over);
  const holds = "atMost" in expectation ? found <= expectation.atMost : found >= expectation.atLeast;
  return { ...expectation, fastest, nsPerEvent, overNsPerEvent: figureOf(rounds, over), ratio: found, holds };
}

/** As two runs are compared: an engine may be the fastest of one and not of the other. */
function brief({ race, of, over, ratio, holds }: Told) {
  return { text: `${race}: ${of.join(" or ")} over ${over}`, ratio, holds };
}

function figureOf(rounds: Rounds, id: string): Figure {
  return figure(rounds.get(id) ?? assert.fail(`${id} did not run`));
}

function sentence(told: Told): string {
  const limit = "atMost" in told ? `at most ${told.atMost}` : `at least ${told.atLeast}`;
  return `${mark(told.holds)} ${told.fastest} over ${told.over}: ${digits(told.ratio)} x, ${limit}`;
}

type Stream = {
  readonly contestant: string;
  /** Of 10^7 events and of 10^8. */
  readonly nsPerEvent: readonly Figure[];
  readonly peakMiB: readonly number[];
  readonly told: readonly { readonly text: string; readonly times: number; readonly holds: boolean }[];
};

function stream(contestant: string): Stream {
  const pairs = Array.from(
    { length: STREAM_PAIRS },
    () => [streamOf(contestant, 1e7), streamOf(contestant, 1e8)] as const,
  );
  const few = pairs.map(([each]) => each);
  const many = pairs.map(([, each]) => each);
  const nsPerEvent = [few, many].map((runs) => figure(runs.map((each) => each.nsPerEvent)));
  const peakMiB = [few, many].map((runs) => figure(runs.map(({ peakKiB }) => peakKiB / 1024)));
  const slower = growth(nsPerEvent.map(({ least }) => least));
  // A peak hangs on when garbage was collected, so the least one is no measure of it.
  const larger = growth(peakMiB.map(({ median }) => median));
  const isFlat = (by: number) => by <= FLAT && by >= 1 / FLAT;
  return {
    contestant,
    nsPerEvent,
    peakMiB: peakMiB.map(({ median }) => median),
    told: [
      {
        text: `ten times as many events, time for each within ${FLAT} x`,
        times: slower,
        holds: isFlat(slower),
      },
      {
        text: `ten times as many events, median peak memory within ${FLAT} x`,
        times: larger,
        holds: isFlat(larger),
      },
    ],
  };
}

/** How many times the first the second is. */
function growth([few = Number.NaN, many = Number.NaN]: readonly number[]): number {
  return many / few;
}

function streamOf(contestant: string, events: number): Streamed {
  const script = fileURLToPath(new URL("back-ends-stream.js", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, contestant, String(events)], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

function mark(holds: boolean): string {
  return holds ? "✔" : "✘";
}

function show({ least, median, spread, steady }: Figure): string {
  const places = median >= 100 ? 0 : median >= 10 ? 1 : 3;
  const [first, ...others] = [least, median, spread].map((ns) => ns.toFixed(places));
  return `${first} ns (${others.join(" ± ")}${steady ? "" : "?"})`;
}

function digits(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
