// How fast back-ends judge, beside what the plainest code written by hand for the same job takes, and what expression
// engines from npm do. Every contestant is a process of its own, several times anew, and answers rightly before it is
// timed; those of one race take turns, and a ratio is of the least times of a launch. What the project asks for is a table
// below.
//
//   in cache      16,384 rows, which fit into a core's second cache with room to spare
//   from memory   8 million rows (engines: as many objects), many times the last cache

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type ByLaunch,
  figure,
  type Limit,
  median,
  type Recorded,
  type Relation,
  relation,
  samplesOf,
  showLimit,
  showWithSpread,
} from "@gatehouse/harness";
import { openFloors } from "@gatehouse/native";
import { IN_PLACE, NARROW, NGINX, PROFILE } from "./back-ends-bulk.js";
import type { CaseName } from "./back-ends-cases.js";
import type { Job } from "./back-ends-contestant.js";
import type { Streamed } from "./back-ends-stream.js";
import { finish, LAUNCHES, type Race, record, roundsOf, runRaces } from "./measure.js";

/** Of each launch. */
const ROUNDS = 8;
/** Two threads need two processors that nobody else uses at the time. */
const THREAD_ROUNDS = 30;
const CACHE_ROWS = 16_384;
const MEMORY_ROWS = 8_388_608;

const STREAM_PAIRS = LAUNCHES;
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
type Jobs = Readonly<Record<string, Job>>;

const RACES: Readonly<Record<string, Jobs>> = {
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
} & Limit;

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

/** What a page shows of an expectation: the figures that its relation is of, by name. */
type Shown = {
  readonly relation: string;
  readonly race: string;
  readonly fastest: string;
  readonly over: string;
};

const found = await runRaces(Object.entries(RACES).map(([name, jobs]) => raceOf(name, jobs)));
const figures: Record<string, Recorded> = {};
const relations: Relation[] = [];
const shown: Shown[] = [];
for (const [name, rounds] of found) {
  console.log(`back-ends: ${name}`);
  for (const [id, samples] of rounds) {
    const recorded = record(samples);
    figures[`${name}: ${id}`] = recorded;
    console.log(
      `    ${id.padEnd(54)} ${showWithSpread(recorded)} ns${recorded.shape === "steady" ? "" : "?"}`,
    );
  }
  for (const expectation of EXPECTATIONS.filter(({ race }) => race === name)) judge(expectation, rounds);
}
if (!("Docker's profile, nginx" in RACES))
  console.log(`back-ends: Docker's profile is skipped, there is no ${PROFILE} or no ${NGINX}`);
for (const contestant of [`${FILTER}@native`, `${FILTER}@compiled`]) stream(contestant);
finish("back-ends", {
  figures,
  relations,
  details: {
    addon: native.value.build,
    ...{ rounds: roundsOf(ROUNDS), threadRounds: roundsOf(THREAD_ROUNDS) },
    ...{ cacheRows: CACHE_ROWS, memoryRows: MEMORY_ROWS, expectations: shown },
  },
});

function bulk(name: CaseName, rows: number, contestants: readonly string[]): Jobs {
  return Object.fromEntries(
    contestants.map((contestant) => [contestant, { kind: "bulk", contestant, case: name, rows }]),
  );
}

function engines(rows: number): Jobs {
  return Object.fromEntries(
    [...ENGINES, "hand-written"].map((contestant) => [contestant, { kind: "engine", contestant, rows }]),
  );
}

function docker(): Jobs {
  const contestants = ["by hand", ...on(FILTER)];
  return Object.fromEntries(contestants.map((contestant) => [contestant, { kind: "docker", contestant }]));
}

function singles(filters: 1 | 8): Jobs {
  const contestants = ["objects", "columns", ...on(FILTER)];
  return Object.fromEntries(
    contestants.map((contestant) => [contestant, { kind: "single", contestant, filters }]),
  );
}

function threads(contestant: string): Jobs {
  return {
    "1 thread": { kind: "threads", contestant, threads: 1 },
    "2 threads": { kind: "threads", contestant, threads: 2 },
  };
}

function raceOf(name: string, jobs: Jobs): Race<Job> {
  const script = new URL("back-ends-contestant.js", import.meta.url);
  const areThreads = Object.values(jobs).some(({ kind }) => kind === "threads");
  return { name, script, jobs: Object.entries(jobs), rounds: areThreads ? THREAD_ROUNDS : ROUNDS };
}

/** The relation has the same name whichever of several is the fastest: an engine may be that in one run and not in another. */
function judge(expectation: Expectation, rounds: ByLaunch): void {
  const { race, of, over } = expectation;
  const times = of.map((id) => ({ id, ns: figure(samplesOf(rounds, id)).value })).sort((a, b) => a.ns - b.ns);
  const [{ id: fastest } = assert.fail()] = times;
  const text = `${race}: ${of.join(" or ")} over ${over}`;
  const told = relation(text, limitOf(expectation), samplesOf(rounds, fastest), samplesOf(rounds, over));
  tell(told, `${fastest} over ${over}`);
  shown.push({ relation: text, race, fastest, over });
}

function limitOf(expectation: Expectation): Limit {
  return "atMost" in expectation ? { atMost: expectation.atMost } : { atLeast: expectation.atLeast };
}

function tell(told: Relation, what: string): void {
  relations.push(told);
  const { ratio, spread, limit } = told;
  console.log(`  ${told.told}: ${what}: ${showWithSpread({ value: ratio, spread })} x, ${showLimit(limit)}`);
}

/** Ten times as many events: what each of them takes, and the memory of the process, must stay what they were. */
function stream(contestant: string): void {
  console.log(`back-ends: ${contestant}, a stream of 10^7 and of 10^8 events`);
  const runs = [1e7, 1e8].map((events) =>
    Array.from({ length: STREAM_PAIRS }, () => streamOf(contestant, events)),
  );
  const [few = [], many = []] = runs;
  const measures = [
    ["ns an event", (one: Streamed) => one.nsPerEvent],
    // A peak hangs on when garbage was collected: a launch is shown by what it was.
    ["MiB at most", (one: Streamed) => one.peakKiB / 1024],
  ] as const;
  for (const [measure, of] of measures) {
    const [before, after] = [few, many].map((each) => each.map((one) => [of(one)]));
    if (before === undefined || after === undefined) throw new Error(`${contestant} was not streamed`);
    figures[`stream of 10^7 events: ${contestant}, ${measure}`] = record(before, median);
    figures[`stream of 10^8 events: ${contestant}, ${measure}`] = record(after, median);
    const text = `${contestant}: ${measure} of ten times as many events`;
    tell(relation(text, { atMost: FLAT }, after, before), text);
    tell(relation(`${text}, no less`, { atLeast: 1 / FLAT }, after, before), `${text}, no less`);
  }
}

function streamOf(contestant: string, events: number): Streamed {
  const script = fileURLToPath(new URL("back-ends-stream.js", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, contestant, String(events)], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}
