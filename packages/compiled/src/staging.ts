// Where a block of rows lies while it is judged. Columns live in JavaScript's heap, where WebAssembly cannot see them;
// so the columns that a program touches are copied in, a block at a time that stays in the nearest cache, and bits are
// copied out. One memory serves all filters of a back-end: nothing in it outlives a call.

import { type Chunk, SLOTS } from "@gatehouse/core";
import { again, type Code, get, i32, i64, loop, set } from "./instructions.js";
import { Locals } from "./locals.js";
import { type Func, writeModule } from "./module.js";

/** Rows of a block. Measured: shorter ones pay for the calls, longer ones leave the first cache. */
export const BLOCK = 2048;

/** Tests of strings and label sets that one program may have. */
export const MAX_LOOKUPS = 128;

export const EVENT_IDS = 65_536;

/** Where things lie. One column follows the other, or its neighbour's rows would compete for the same cache lines. */
const COLUMN_BYTES = 8 * BLOCK + 64;
export const AT = {
  /** 16 bits a row. */
  event: 0,
  /** 8 bits a row each. */
  abi: 2 * BLOCK,
  known: 3 * BLOCK,
  /** One bit a row each: the answers. `known` of a program, or what `sort` leaves to programs. */
  allow: 4 * BLOCK,
  second: 4 * BLOCK + BLOCK / 8,
  /** Per event id what `sort` makes of it. */
  table: 5 * BLOCK,
  columns: 5 * BLOCK + EVENT_IDS,
  answers: 5 * BLOCK + EVENT_IDS + SLOTS * COLUMN_BYTES,
} as const;

export const columnAt = (slot: number): number => AT.columns + slot * COLUMN_BYTES;
/** One byte a row, 0 or 255: what a test of a dictionary's ids says. */
export const answersAt = (lookup: number): number => AT.answers + lookup * BLOCK;

export const PAGES = Math.ceil(answersAt(MAX_LOOKUPS) / 65_536);

/** What `sort` reads of an event id: one bit for allow, one for "a program must say". */
export const SORTED = { deny: 0, allow: 1, program: 2 } as const;

/** What `scan` answers, over the bits of `known` that every row has. */
export const SCANNED = { mixed: 0x100, foreign: 0x200 } as const;

export type Staging = {
  readonly memory: WebAssembly.Memory;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  /** Over `rows` staged heads, a multiple of 8: are there several events, other entry paths; what is known of all. */
  scan(rows: number): number;
  /** Over `rows` staged heads, a multiple of 32: the bits of `AT.allow` and, in `AT.second`, of those left to programs. */
  sort(rows: number): void;
};

export function openStaging(): Staging {
  const module = new WebAssembly.Module(writeModule({ kind: "own", pages: PAGES }, [scan(), sort()]));
  // What the module exports is what was written a line above.
  const exports = new WebAssembly.Instance(module).exports as Pick<Staging, "memory" | "scan" | "sort">;
  const { memory } = exports;
  return {
    memory,
    bytes: new Uint8Array(memory.buffer),
    words: new Uint32Array(memory.buffer),
    scan: exports.scan,
    sort: exports.sort,
  };
}

/** Copies what every row has: event, entry path, what is known. The rows up to a multiple of 32 repeat the last one. */
export function stageHeads({ bytes }: Staging, chunk: Chunk, from: number, rows: number): void {
  const events = new Uint16Array(bytes.buffer, AT.event, BLOCK);
  events.set(chunk.event.subarray(from, from + rows));
  bytes.set(chunk.abi.subarray(from, from + rows), AT.abi);
  bytes.set(chunk.known.subarray(from, from + rows), AT.known);
  const padded = (rows + 31) & ~31;
  if (padded === rows) return;
  events.fill(chunk.event[from + rows - 1] ?? 0, rows, padded);
  bytes.fill(0, AT.abi + rows, AT.abi + padded);
  bytes.fill(0xff, AT.known + rows, AT.known + padded);
}

/** Copies one slot of the rows from `from` on. A slot that the chunk does not have reads as 0. */
export function stageColumn(
  { words }: Staging,
  chunk: Chunk,
  slot: number,
  from: number,
  rows: number,
): void {
  const at = columnAt(slot) >>> 2;
  const column = chunk.slots[slot];
  if (column === undefined) words.fill(0, at, at + 2 * rows);
  else words.set(column.subarray(2 * from, 2 * (from + rows)), at);
}

// Eight rows of a byte, or four of an event, at a time in one 64-bit register: this part needs no SIMD.
function scan(): Func {
  const rows = 0;
  const locals = new Locals(1);
  const row = locals.take("i32");
  const [first, mixed, foreign, known] = [
    locals.take("i64"),
    locals.take("i64"),
    locals.take("i64"),
    locals.take("i64"),
  ];
  const ones = { high: 0xffff_ffff, low: 0xffff_ffff };
  const events = i32.shl(get(row), i32.const(1));
  const unlike = (offset: number) => i64.xor(i64.load(events, AT.event + offset), get(first));
  const fold = (shift: number) =>
    set(known, i64.and(get(known), i64.shr_u(get(known), i64.const({ high: 0, low: shift }))));
  const flag = (value: number, bit: number) => i32.and(i32.eqz(i64.eqz(get(value))), i32.const(bit));
  return {
    name: "scan",
    parameters: ["i32"],
    results: ["i32"],
    locals: locals.types,
    body: [
      ...set(
        first,
        i64.mul(i64.load16_u(i32.const(0), AT.event), i64.const({ high: 0x1_0001, low: 0x1_0001 })),
      ),
      ...set(known, i64.const(ones)),
      ...loop([
        ...set(mixed, i64.or(get(mixed), i64.or(unlike(0), unlike(8)))),
        ...set(foreign, i64.or(get(foreign), i64.load(get(row), AT.abi))),
        ...set(known, i64.and(get(known), i64.load(get(row), AT.known))),
        ...set(row, i32.add(get(row), i32.const(8))),
        ...again(i32.lt_u(get(row), get(rows))),
      ]),
      ...fold(32),
      ...fold(16),
      ...fold(8),
      ...i32.or(
        i32.and(i32.wrap_i64(get(known)), i32.const(0xff)),
        i32.or(i32.shl(flag(mixed, 1), i32.const(8)), i32.shl(flag(foreign, 1), i32.const(9))),
      ),
    ],
  };
}

// Each row shifts its bit in at the top; after 32 rows the first is at the bottom, and the word that was stored 32
// times over is right.
function sort(): Func {
  const rows = 0;
  const locals = new Locals(1);
  const [row, sorted, allow, left] = [
    locals.take("i32"),
    locals.take("i32"),
    locals.take("i32"),
    locals.take("i32"),
  ];
  const top = i32.const(0x8000_0000);
  const shiftIn = (word: number, bit: Code) => set(word, i32.or(i32.shr_u(get(word), i32.const(1)), bit));
  const word: Code = i32.shl(i32.shr_u(get(row), i32.const(5)), i32.const(2));
  const event = i32.load16_u(i32.shl(get(row), i32.const(1)), AT.event);
  return {
    name: "sort",
    parameters: ["i32"],
    results: [],
    locals: locals.types,
    body: loop([
      ...set(sorted, i32.load8_u(event, AT.table)),
      ...shiftIn(allow, i32.shl(get(sorted), i32.const(31))),
      ...shiftIn(left, i32.and(i32.shl(get(sorted), i32.const(30)), top)),
      ...i32.store(word, AT.allow, get(allow)),
      ...i32.store(word, AT.second, get(left)),
      ...set(row, i32.add(get(row), i32.const(1))),
      ...again(i32.lt_u(get(row), get(rows))),
    ]),
  };
}
