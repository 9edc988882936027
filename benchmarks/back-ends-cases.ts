// What back-ends are timed on: a policy, rows of events, and the same policy once more as a line of JavaScript, which is
// what every contestant's answers are compared with. The line itself is first held to `decide()`.

import assert from "node:assert/strict";
import { linux618 } from "@gatehouse/catalog";
import {
  Bitset,
  CHUNK_ROWS,
  Chunk,
  type Columns,
  type ColumnsShape,
  Dictionary,
  decide,
  newVerdicts,
  type Policy,
  type Task,
  type Verdicts,
  wordsIn,
} from "@gatehouse/core";
import type { Judged } from "@gatehouse/harness";
import { parsePolicy } from "@gatehouse/policies";

/** Where openat has what the predicates look at. */
export const SLOTS = { fd: 0, flags: 2, mode: 3 } as const;

type Case = {
  readonly policy: string;
  readonly slots: number;
  /** Gives a row an event and values. Everything is known, and every call came in by the native path. */
  fill(chunk: Chunk, row: number, random: () => number): void;
  /** The policy as a line of JavaScript. */
  allows(chunk: Chunk, row: number): boolean;
};

const OPENAT = linux618.byName("openat")?.id ?? assert.fail("there is no openat");

/** 21 times three predicates, and one more. */
const ALTERNATIVES = Array.from({ length: 21 }, (_, i) => ({
  fd: 3 * i,
  bit: 1 << (i % 8),
  below: 40 * (i + 1),
}));

const PREDICATES_64 = ALTERNATIVES.map(
  ({ fd, bit, below }) => `dfd == ${fd} && flags & ${bit} && mode < ${below}`,
).join(" || ");

export const CASES = {
  /** Calls of all kinds, allowed or not by their number alone. */
  bitmask: {
    policy: `default kill\n${linux618.formats
      .filter(({ kind, id }) => kind === "syscall" && allowsCall(id))
      .map(({ name }) => `allow ${name}`)
      .join("\n")}`,
    slots: 1,
    fill(chunk, row, random) {
      chunk.event[row] = random() % linux618.calls;
    },
    allows: ({ event }, row) => allowsCall(event[row] ?? 0),
  },
  /** On one kind of call: one event in eight is allowed. */
  "four predicates": {
    policy: "default kill\nallow openat if (dfd == 1 || dfd == 2) && flags & 0x40 && mode < 0777",
    slots: 4,
    fill(chunk, row, random) {
      chunk.event[row] = OPENAT;
      put(chunk, SLOTS.fd, row, random() % 4);
      put(chunk, SLOTS.flags, row, random() % 256);
      put(chunk, SLOTS.mode, row, random() % 1024);
    },
    allows(chunk, row) {
      const { fd, flags, mode } = openingOf(chunk, row);
      return (fd === 1 || fd === 2) && (flags & 0x40) !== 0 && mode < 0o777;
    },
  },
  /** So much to compute that memory is not what it waits for. */
  "64 predicates": {
    policy: `default kill\nallow openat if ${PREDICATES_64} || mode == 1023`,
    slots: 4,
    fill(chunk, row, random) {
      chunk.event[row] = OPENAT;
      put(chunk, SLOTS.fd, row, random() % 64);
      put(chunk, SLOTS.flags, row, random() % 256);
      put(chunk, SLOTS.mode, row, random() % 1024);
    },
    allows(chunk, row) {
      const { fd, flags, mode } = openingOf(chunk, row);
      return (
        mode === 1023 ||
        ALTERNATIVES.some((each) => fd === each.fd && (flags & each.bit) !== 0 && mode < each.below)
      );
    },
  },
} as const satisfies Readonly<Record<string, Case>>;

export type CaseName = keyof typeof CASES;

/** About two calls in three, without a pattern that a predictor could learn from the number. */
export function allowsCall(id: number): boolean {
  return linux618.byId(id)?.kind === "syscall" && (id * 0x9e37) % 0x10000 < 0xa000;
}

function put({ slots, narrow }: Chunk, slot: number, row: number, value: number): void {
  const column = slots[slot];
  if (column !== undefined) column[wordsIn(narrow, slot) * row] = value;
}

function openingOf(chunk: Chunk, row: number) {
  return {
    fd: get(chunk, SLOTS.fd, row),
    flags: get(chunk, SLOTS.flags, row),
    mode: get(chunk, SLOTS.mode, row),
  };
}

export function get({ slots, narrow }: Chunk, slot: number, row: number): number {
  return slots[slot]?.[wordsIn(narrow, slot) * row] ?? 0;
}

export function policyOf(name: CaseName): Policy {
  const parsed = parsePolicy(CASES[name].policy, linux618);
  if (!parsed.ok) throw new Error(`${name}: ${JSON.stringify(parsed.error)}`);
  return parsed.value;
}

export const TASK: Task = { pid: 1, parent: null, comm: "sh", lineage: new Set(["sh"]) };

/** So many rows of a case, the same in every process, and the right answers. */
export function rowsOf(
  name: CaseName,
  rows: number,
  memory: Memory = {},
): { judged: Judged[]; expected: Verdicts[] } {
  const { fill, allows } = CASES[name];
  const random = generator(rows);
  const judged: Judged[] = [];
  const expected: Verdicts[] = [];
  for (let left = rows; left > 0; left -= CHUNK_ROWS) {
    const capacity = Math.min(left, CHUNK_ROWS);
    const chunk = emptyChunk(name, capacity, memory);
    const verdicts = { ...newVerdicts(capacity), known: Bitset.ones(capacity) };
    for (let row = 0; row < capacity; row++) {
      fill(chunk, row, random);
      if (allows(chunk, row)) verdicts.allow.add(row);
    }
    judged.push({ chunk, rows: Bitset.ones(capacity) });
    expected.push(verdicts);
  }
  return { judged, expected };
}

/** Where columns lie, if not in memory of their own, and whether all slots are narrow. */
export type Memory = { readonly columns?: (shape: ColumnsShape) => Columns; readonly isNarrow?: boolean };

/** Its rows are there, and have no values yet. */
export function emptyChunk(name: CaseName, capacity: number, { columns, isNarrow }: Memory = {}): Chunk {
  const { slots } = CASES[name];
  const shape = { capacity, slots, narrow: isNarrow ? 2 ** slots - 1 : 0, tasks: [TASK] };
  const chunk = new Chunk(
    linux618,
    new Dictionary(),
    columns ? { ...shape, columns: columns(shape) } : shape,
  );
  chunk.length = capacity;
  chunk.known.fill(2 ** slots - 1);
  return chunk;
}

/** That the line of JavaScript says what the policy says. */
export function proveCase(name: CaseName): void {
  const policy = policyOf(name);
  const { judged } = rowsOf(name, PROOF_ROWS);
  for (const { chunk } of judged)
    for (let row = 0; row < chunk.length; row++) {
      const { verdict } = decide(policy, chunk.at(row));
      assert.equal(verdict, CASES[name].allows(chunk, row) ? "allow" : "deny", `${name}: ${chunk.at(row)}`);
    }
}

const PROOF_ROWS = 16_384;

/** xorshift32. */
export function generator(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
