// Where a block of rows lies while it is judged. Columns live in JavaScript's heap, where WebAssembly cannot see them;
// so the columns that a program touches are copied in, a block at a time that stays in the nearest cache, and bits are
// copied out. One memory serves all filters of a back-end: nothing in it outlives a call.

import { type Chunk, SLOTS, type U64 } from "@gatehouse/core";
import { type Code, get, i32, i64, loop, ON_STACK, set, v128 } from "./instructions.js";
import { Locals } from "./locals.js";
import { type Func, writeModule } from "./module.js";

/** Rows of a block. Measured: shorter ones pay for the calls, longer ones leave the first cache. */
export const BLOCK = 4096;

/** Tests of strings and label sets that one program may have. */
export const MAX_LOOKUPS = 128;

export const EVENT_IDS = 65_536;

/** What an event's rows need: a constant answer, the plain reading, or the program whose number comes on top. */
export const CLASS = { deny: 0, allow: 1, plain: 2, program: 3 } as const;
export const MAX_CLASSES = 1024;

/** Where things lie. Columns are a cache line apart, or the same row of all would compete for one place in the cache. */
const COLUMN_BYTES = 8 * BLOCK + 64;
const ROW_BITS = BLOCK / 8;
export const AT = (() => {
  let end = 0;
  const place = (bytes: number) => {
    end += bytes;
    return end - bytes;
  };
  return {
    /** 16 bits a row. */
    event: place(2 * BLOCK),
    /** 8 bits a row. */
    abi: place(BLOCK),
    known: place(BLOCK),
    /** One bit a row: the answers of a program; and in `second` whether they are known. */
    allow: place(ROW_BITS),
    second: place(ROW_BITS),
    /** What `sort` writes: one bit a row for a constant allow, and for those that no constant answers. */
    constant: place(ROW_BITS),
    left: place(ROW_BITS),
    /** One bit a row: those that are asked about, and of them those that `pick` picked. */
    asked: place(ROW_BITS),
    picked: place(ROW_BITS),
    /** 16 bits a row and 32 a class: each row's class, and how many rows each has. */
    classes: place(2 * BLOCK),
    counts: place(4 * MAX_CLASSES),
    /** 16 bits an event id: its class. */
    table: place(2 * EVENT_IDS),
    columns: place(SLOTS * COLUMN_BYTES),
    answers: place(MAX_LOOKUPS * BLOCK),
  };
})();
export const columnAt = (slot: number): number => AT.columns + slot * COLUMN_BYTES;
/** One byte a row, 0 or 255: what a test of a dictionary's ids says. */
export const answersAt = (lookup: number): number => AT.answers + lookup * BLOCK;

export const PAGES = Math.ceil(answersAt(MAX_LOOKUPS) / 65_536);

/** What `scan` answers, over the bits of `known` that every row has. */
export const SCANNED = { mixed: 0x100, foreign: 0x200 } as const;

export type Staging = {
  readonly memory: WebAssembly.Memory;
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
  /** Over `rows` staged heads, a multiple of 16: are there several events, other entry paths; what is known of all. */
  scan(rows: number): number;
  /** Over `rows` staged heads, a multiple of 32: what is constant, and what is left. */
  sort(rows: number): void;
  /** Writes down the class of each of `rows` staged heads, and counts them. */
  count(rows: number): void;
  /** Over `rows` counted heads, a multiple of 8: which of them have a class. */
  pick(of: number, rows: number): void;
};

export function openStaging(simd: boolean): Staging {
  const functions = [
    scan(simd ? REGISTER_128 : REGISTER_64),
    sort(),
    count(),
    simd ? pickSimd() : pickScalar(),
  ];
  const module = new WebAssembly.Module(writeModule({ kind: "own", pages: PAGES }, functions));
  // What the module exports is what was written a line above.
  const exports = new WebAssembly.Instance(module).exports as Omit<Staging, "bytes" | "halves" | "words">;
  const { buffer } = exports.memory;
  return {
    ...exports,
    bytes: new Uint8Array(buffer),
    halves: new Uint16Array(buffer),
    words: new Uint32Array(buffer),
  };
}

/** Copies what every row has: event, entry path, what is known. The rows up to a multiple of 32 repeat the last one. */
export function stageHeads({ bytes, halves }: Staging, chunk: Chunk, from: number, rows: number): void {
  const event = AT.event >>> 1;
  halves.set(chunk.event.subarray(from, from + rows), event);
  bytes.set(chunk.abi.subarray(from, from + rows), AT.abi);
  bytes.set(chunk.known.subarray(from, from + rows), AT.known);
  const padded = (rows + 31) & ~31;
  if (padded === rows) return;
  halves.fill(chunk.event[from + rows - 1] ?? 0, event + rows, event + padded);
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

/** What `scan` keeps many rows in: an eighth as many rows of bytes as it has bits, half as many of event ids. */
type Register = {
  readonly type: "i64" | "v128";
  readonly bytes: number;
  load(address: Code, offset: number): Code;
  and(a: Code, b: Code): Code;
  or(a: Code, b: Code): Code;
  xor(a: Code, b: Code): Code;
  splat16(value: Code): Code;
  readonly ones: Code;
  /** An i32: 1 if any bit is set. */
  any(value: Code): Code;
  /** An i64: the halves put together, if there are two. */
  allOf(value: Code): Code;
};

const ONES: U64 = { high: 0xffff_ffff, low: 0xffff_ffff };
const FOUR_TIMES_16_BITS = i64.const({ high: 0x1_0001, low: 0x1_0001 });

const REGISTER_64: Register = {
  ...i64,
  type: "i64",
  bytes: 8,
  splat16: (value) => i64.mul(i64.extend_i32_u(value), FOUR_TIMES_16_BITS),
  ones: i64.const(ONES),
  any: (value) => i32.eqz(i64.eqz(value)),
  allOf: (value) => value,
};

const REGISTER_128: Register = {
  ...v128,
  type: "v128",
  bytes: 16,
  splat16: v128.i16x8_splat,
  ones: v128.const(ONES),
  any: v128.any_true,
  allOf: (value) => i64.and(v128.i64x2_extract_lane(value, 0), v128.i64x2_extract_lane(value, 1)),
};

function scan(register: Register): Func {
  const { type, bytes, load, and, or, xor } = register;
  const rows = 0;
  const locals = new Locals(1);
  const row = locals.take("i32");
  const first = locals.take(type);
  const mixed = locals.take(type);
  const foreign = locals.take(type);
  const known = locals.take(type);
  const fold = locals.take("i64");
  const unlikeFirst = (offset: number) =>
    xor(load(i32.shl(get(row), i32.const(1)), AT.event + offset), get(first));
  const foldBy = (bits: number) =>
    set(fold, i64.and(get(fold), i64.shr_u(get(fold), i64.const({ high: 0, low: bits }))));
  const step = [
    set(mixed, or(get(mixed), or(unlikeFirst(0), unlikeFirst(bytes)))),
    set(foreign, or(get(foreign), load(get(row), AT.abi))),
    set(known, and(get(known), load(get(row), AT.known))),
    set(row, i32.add(get(row), i32.const(bytes))),
  ];
  const flags = [
    i32.and(i32.wrap_i64(get(fold)), i32.const(0xff)),
    i32.or(ON_STACK, i32.shl(register.any(get(mixed)), i32.const(8))),
    i32.or(ON_STACK, i32.shl(register.any(get(foreign)), i32.const(9))),
  ];
  const body = [
    set(first, register.splat16(i32.load16_u(i32.const(0), AT.event))),
    set(known, register.ones),
    loop(step.join(""), i32.lt_u(get(row), get(rows))),
    set(fold, register.allOf(get(known))),
    foldBy(32),
    foldBy(16),
    foldBy(8),
    ...flags,
  ];
  return { name: "scan", parameters: ["i32"], results: ["i32"], locals: locals.types, body: body.join("") };
}

/** The class of the event in a row. */
function classOfRow(row: number): Code {
  const event = i32.load16_u(i32.shl(get(row), i32.const(1)), AT.event);
  return i32.load16_u(i32.shl(event, i32.const(1)), AT.table);
}

// Each row shifts its bit in at the top; after 32 rows the first is at the bottom, and the word that was stored 32
// times over is right.
function sort(): Func {
  const rows = 0;
  const locals = new Locals(1);
  const row = locals.take("i32");
  const of = locals.take("i32");
  const constant = locals.take("i32");
  const left = locals.take("i32");
  const shiftIn = (word: number, bit: Code) =>
    set(word, i32.or(i32.shr_u(get(word), i32.const(1)), i32.shl(bit, i32.const(31))));
  const word = i32.shl(i32.shr_u(get(row), i32.const(5)), i32.const(2));
  const step = [
    set(of, classOfRow(row)),
    shiftIn(constant, i32.eq(get(of), i32.const(CLASS.allow))),
    shiftIn(left, i32.lt_u(i32.const(CLASS.allow), get(of))),
    i32.store(word, AT.constant, get(constant)),
    i32.store(word, AT.left, get(left)),
    set(row, i32.add(get(row), i32.const(1))),
  ];
  return {
    name: "sort",
    parameters: ["i32"],
    results: [],
    locals: locals.types,
    body: loop(step.join(""), i32.lt_u(get(row), get(rows))),
  };
}

function count(): Func {
  const rows = 0;
  const locals = new Locals(1);
  const row = locals.take("i32");
  const of = locals.take("i32");
  const at = i32.shl(get(of), i32.const(2));
  const step = [
    set(of, classOfRow(row)),
    i32.store16(i32.shl(get(row), i32.const(1)), AT.classes, get(of)),
    i32.store(at, AT.counts, i32.add(i32.load(at, AT.counts), i32.const(1))),
    set(row, i32.add(get(row), i32.const(1))),
  ];
  return {
    name: "count",
    parameters: ["i32"],
    results: [],
    locals: locals.types,
    body: loop(step.join(""), i32.lt_u(get(row), get(rows))),
  };
}

function pickSimd(): Func {
  const [of, rows] = [0, 1];
  const locals = new Locals(2);
  const row = locals.take("i32");
  const wanted = locals.take("v128");
  const classes = v128.load(i32.shl(get(row), i32.const(1)), AT.classes);
  const step =
    i32.store8(
      i32.shr_u(get(row), i32.const(3)),
      AT.picked,
      v128.i16x8_bitmask(v128.i16x8_eq(classes, get(wanted))),
    ) + set(row, i32.add(get(row), i32.const(8)));
  return {
    name: "pick",
    parameters: ["i32", "i32"],
    results: [],
    locals: locals.types,
    body: set(wanted, v128.i16x8_splat(get(of))) + loop(step, i32.lt_u(get(row), get(rows))),
  };
}

function pickScalar(): Func {
  const [of, rows] = [0, 1];
  const locals = new Locals(2);
  const row = locals.take("i32");
  const byte = locals.take("i32");
  const has = i32.eq(i32.load16_u(i32.shl(get(row), i32.const(1)), AT.classes), get(of));
  const step = [
    set(byte, i32.or(i32.shr_u(get(byte), i32.const(1)), i32.shl(has, i32.const(7)))),
    i32.store8(i32.shr_u(get(row), i32.const(3)), AT.picked, get(byte)),
    set(row, i32.add(get(row), i32.const(1))),
  ];
  return {
    name: "pick",
    parameters: ["i32", "i32"],
    results: [],
    locals: locals.types,
    body: loop(step.join(""), i32.lt_u(get(row), get(rows))),
  };
}
