// What every block of rows goes through before any program: is it all one event, what is constant, which rows are
// whose. Over the heads of rows alone: event, entry path, what is known.

import type { U64 } from "@gatehouse/core";
import { type Code, get, i32, i64, loop, ON_STACK, set, v128 } from "./instructions.js";
import { AT, CLASS } from "./layout.js";
import { Locals } from "./locals.js";
import type { Func } from "./module.js";

/** Each takes how many rows there are, a multiple of 32; all but the first want them staged. */
export type HeadFunctions = {
  /** Flags of `SCANNED`, over the bits of `known` that every row has. The heads lie at these addresses. */
  scan(rows: number, event: number, abi: number, known: number): number;
  /** Which rows have a constant allow, and which no constant answer. */
  sort(rows: number): void;
  /** Writes down the class of each row, and counts them. */
  count(rows: number): void;
  /** Which counted rows have a class. */
  pick(of: number, rows: number): void;
};

export function headFunctions(simd: boolean): Func[] {
  return [scan(simd ? REGISTER_128 : REGISTER_64), sort(), count(), simd ? pickSimd() : pickScalar()];
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
  const [rows, eventAt, abiAt, knownAt] = [0, 1, 2, 3];
  const locals = new Locals(4);
  const row = locals.take("i32");
  const first = locals.take(type);
  const mixed = locals.take(type);
  const foreign = locals.take(type);
  const known = locals.take(type);
  const fold = locals.take("i64");
  const unlikeFirst = (offset: number) => xor(load(get(eventAt), offset), get(first));
  const advance = (local: number, by: number) => set(local, i32.add(get(local), i32.const(by)));
  const foldBy = (bits: number) =>
    set(fold, i64.and(get(fold), i64.shr_u(get(fold), i64.const({ high: 0, low: bits }))));
  const step = [
    set(mixed, or(get(mixed), or(unlikeFirst(0), unlikeFirst(bytes)))),
    set(foreign, or(get(foreign), load(get(abiAt), 0))),
    set(known, and(get(known), load(get(knownAt), 0))),
    advance(eventAt, 2 * bytes),
    advance(abiAt, bytes),
    advance(knownAt, bytes),
    advance(row, bytes),
  ];
  const flags = [
    i32.and(i32.wrap_i64(get(fold)), i32.const(0xff)),
    i32.or(ON_STACK, i32.shl(register.any(get(mixed)), i32.const(8))),
    i32.or(ON_STACK, i32.shl(register.any(get(foreign)), i32.const(9))),
  ];
  const body = [
    set(first, register.splat16(i32.load16_u(get(eventAt), 0))),
    set(known, register.ones),
    loop(step.join(""), i32.lt_u(get(row), get(rows))),
    set(fold, register.allOf(get(known))),
    foldBy(32),
    foldBy(16),
    foldBy(8),
    ...flags,
  ];
  const parameters = ["i32", "i32", "i32", "i32"] as const;
  return { name: "scan", parameters, results: ["i32"], locals: locals.types, body: body.join("") };
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
  const body = loop(step.join(""), i32.lt_u(get(row), get(rows)));
  return { name: "sort", parameters: ["i32"], results: [], locals: locals.types, body };
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
  const body = loop(step.join(""), i32.lt_u(get(row), get(rows)));
  return { name: "count", parameters: ["i32"], results: [], locals: locals.types, body };
}

function pickSimd(): Func {
  const [of, rows] = [0, 1];
  const locals = new Locals(2);
  const row = locals.take("i32");
  const wanted = locals.take("v128");
  const classes = v128.load(i32.shl(get(row), i32.const(1)), AT.classes);
  const eight = v128.i16x8_bitmask(v128.i16x8_eq(classes, get(wanted)));
  const step =
    i32.store8(i32.shr_u(get(row), i32.const(3)), AT.picked, eight) +
    set(row, i32.add(get(row), i32.const(8)));
  const body = set(wanted, v128.i16x8_splat(get(of))) + loop(step, i32.lt_u(get(row), get(rows)));
  return { name: "pick", parameters: ["i32", "i32"], results: [], locals: locals.types, body };
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
  const body = loop(step.join(""), i32.lt_u(get(row), get(rows)));
  return { name: "pick", parameters: ["i32", "i32"], results: [], locals: locals.types, body };
}
