// What the cost of a decision is drawn against: for each sweep its points, and for each point a policy and the events
// that are put to it. Policies allow calls that every variant can see, and conditions use what every dialect says.

import assert from "node:assert/strict";
import { linux618 } from "@gatehouse/catalog";
import { Bitset, Chunk, Dictionary, type Policy, type Task, type U64, u64 } from "@gatehouse/core";
import type { Judged } from "@gatehouse/harness";
import { parsePolicy } from "@gatehouse/policies";
import { type Around, type ContestantName, contestantNames } from "./contestants.js";

/** In cache, so that what is timed is the decision and not the memory that events lie in. */
export const ROWS = 16_384;

export type At = Around & {
  readonly policy: string;
  /** One event for each call of it: a call and its first argument. */
  event(random: () => number): readonly [id: number, value: number];
};

export type SweepName = keyof typeof SWEEPS;

type SweepOf = {
  readonly unit: string;
  readonly xs: readonly number[];
  readonly who: readonly ContestantName[];
  at(x: number): At;
};

const ALL: readonly ContestantName[] = contestantNames;

/** One task, and nobody else who traces. */
const ALONE: Around = { depth: 1, foreign: 0 };

/** Those that look at arguments. */
const FILTERS = ALL.filter((name) => name !== "mode 1's list" && name !== "2009: bitmap");

/** Those that keep what each task in descent set, and for one that keeps only what comes of it. */
const NESTED: readonly ContestantName[] = ["2010: chain", "2012: BPF, linear", "2012: BPF, tree"];

/** Calls that all variants see, by number: traced, and with room for arguments in every one of them. */
const CALLS = linux618.formats
  .filter(({ kind, event, fields }) => kind === "syscall" && event !== null && fields.length < 6)
  .filter(({ name }) => name !== "execve")
  .sort((a, b) => a.id - b.id);

const CLOSE = linux618.byName("close")?.id ?? assert.fail("there is no close");

export const SWEEPS = {
  /** Each of them as often as the others, without arguments. */
  "calls allowed": {
    unit: "calls",
    xs: [1, 3, 10, 30, 100, 300],
    who: ALL,
    at(calls) {
      const ids = spread(calls);
      return { ...whole(ids), event: (random) => [pick(ids, random), 0] };
    },
  },
  /** Alternatives of one filter, of which only the last holds. */
  predicates: {
    unit: "predicates",
    xs: [1, 2, 4, 8, 16, 32, 64],
    who: FILTERS,
    at: (count) => ({ policy: alternatives(count), ...ALONE, event: () => [CLOSE, count] }),
  },
  /** The same, and the first of them holds. */
  "predicates, the first decides": {
    unit: "predicates",
    xs: [1, 2, 4, 8, 16, 32, 64],
    who: FILTERS,
    at: (count) => ({ policy: alternatives(count), ...ALONE, event: () => [CLOSE, 1] }),
  },
  /** Filters of a task and its ancestors, each with four predicates. */
  nesting: {
    unit: "filters",
    xs: [1, 2, 4, 8, 16, 32],
    who: NESTED,
    at: (depth) => ({ policy: alternatives(4), ...ALONE, depth, event: () => [CLOSE, 4] }),
  },
  /** The same, of a policy that looks at no argument. */
  "nesting, by number": {
    unit: "filters",
    xs: [1, 2, 4, 8, 16, 32],
    who: ["floor", "bit test", "2009: bitmap", ...NESTED],
    at(depth) {
      const ids = spread(30);
      return { ...whole(ids), depth, event: (random) => [pick(ids, random), 0] };
    },
  },
  /** Events that profilers of a whole CPU hang on the tracepoint of the call. */
  "foreign events": {
    unit: "foreign events",
    xs: [0, 1, 10, 100, 1000],
    who: ["floor", "2010: hash, 2.6.39", "2011: events, 2.6.39", "2011: events, extended", "2012: BPF, tree"],
    at: (foreign) => ({ policy: alternatives(1), ...ALONE, foreign, event: () => [CLOSE, 1] }),
  },
  /** Of a policy of 30 calls. */
  "share denied": {
    unit: "percent",
    xs: [0, 25, 50, 75, 100],
    who: ALL,
    at(percent) {
      const allowed = spread(30);
      const denied = CALLS.map(({ id }) => id).filter((id) => !allowed.includes(id));
      return {
        ...whole(allowed),
        event: (random) => [pick(random() % 100 < percent ? denied : allowed, random), 0],
      };
    },
  },
  /** Of 300 calls by number one alone is made: the first of them, one in the middle, the last. */
  "place among 300 calls": {
    unit: "th call",
    xs: [1, 150, 300],
    who: ALL,
    at(place) {
      const ids = spread(300);
      return { ...whole(ids), event: () => [ids[place - 1] ?? assert.fail(), 0] };
    },
  },
} as const satisfies Readonly<Record<string, SweepOf>>;

/** So many calls, from all over the table. */
function spread(count: number): number[] {
  assert.ok(count <= CALLS.length, "there are calls enough");
  return Array.from(
    { length: count },
    (_, i) => CALLS[Math.floor((i * CALLS.length) / count)]?.id ?? assert.fail(),
  );
}

function pick(ids: readonly number[], random: () => number): number {
  return ids[random() % ids.length] ?? assert.fail();
}

function whole(ids: readonly number[]): Around & { readonly policy: string } {
  return { policy: ids.map((id) => `allow ${linux618.nameOf(id)}`).join("\n"), ...ALONE };
}

function alternatives(count: number): string {
  return `allow close if ${Array.from({ length: count }, (_, i) => `fd == ${i + 1}`).join(" || ")}`;
}

export function policyAt({ policy }: At): Policy {
  const parsed = parsePolicy(`default kill\n${policy}`, linux618);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

export const sweepNames: readonly SweepName[] = Object.keys(SWEEPS).filter(isSweep);

function isSweep(name: string): name is SweepName {
  return Object.hasOwn(SWEEPS, name);
}

/** As a command line has it: `calls-allowed`. */
export function sweepWord(name: SweepName): string {
  return name.replaceAll(/\W+/g, "-");
}

const TASK: Task = { pid: 1, parent: null, comm: "sh", lineage: new Set(["sh"]) };

/** xorshift32. */
function generator(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** The same rows in every process. */
export function rowsAt({ event }: At): Judged {
  const chunk = new Chunk(linux618, new Dictionary(), { capacity: ROWS, tasks: [TASK] });
  const random = generator(ROWS);
  const rest = Array.from({ length: 5 }, (): U64 => u64(0));
  for (let row = 0; row < ROWS; row++) {
    const [id, value] = event(random);
    chunk.push(0, id, 0, [u64(value), ...rest]);
  }
  return { chunk, rows: Bitset.ones(ROWS) };
}
