// How many rows a bulk function judges at a time, and how one test is asked of them: its answer is an i32 with one bit
// a row. Sixteen rows with SIMD, one without; everything else is the same for both.

import { isZero, type SlotTest, type U64, unreachable, ZERO } from "@gatehouse/core";
import { type Code, get, i32, i64, set, v128 } from "./instructions.js";
import type { Locals } from "./locals.js";
import { AT, answersAt, columnAt } from "./staging.js";

/** A test as a program has it: what is asked of a string or of labels is by now a column of answers. */
export type Test =
  | Exclude<SlotTest, { kind: "string" | "labels" }>
  | { readonly kind: "lookup"; readonly slot: number; readonly lookup: number };

/** `row` is the local that holds the number of the first row of a step. */
export type Lanes = {
  readonly rows: number;
  /** What a step starts with. */
  start(row: number): Code;
  /** Bits of rows below the first are 0 or the same as its own: only the lowest `rows` bits count. */
  holds(test: Test, row: number): Code;
  unknown(slot: number, row: number): Code;
  /** Puts a step's bits of a verdict where they belong. */
  store(address: number, bits: Code, row: number): Code;
};

const SIGN: U64 = { high: 0x8000_0000, low: 0 };
const ALL_BYTES = (byte: number): U64 => {
  const word = Math.imul(byte, 0x0101_0101) >>> 0;
  return { high: word, low: word };
};

/** Sixteen rows: eight pairs of 64-bit lanes, whose masks are narrowed to bytes and those to bits. */
export function simdLanes(locals: Locals): Lanes {
  const constant = (value: U64) => get(locals.constant("v128", v128.const(value)));
  const at = locals.take("i32");
  const known = locals.take("v128");

  const pair = (slot: number, i: number) => v128.load(get(at), columnAt(slot) + 16 * i);
  function mask(test: Exclude<Test, { kind: "lookup" }>, i: number): Code {
    const value = pair(test.slot, i);
    switch (test.kind) {
      case "equal":
        return v128.i64x2_eq(value, constant(test.value));
      case "masked":
        return v128.i64x2_eq(v128.and(value, constant(test.mask)), constant(test.value));
      case "below":
        // There is no unsigned comparison of 64-bit lanes; turning both signs round makes it a signed one.
        return test.signed
          ? v128.i64x2_lt_s(value, constant(test.value))
          : v128.i64x2_lt_s(v128.xor(value, constant(SIGN)), constant(flipped(test.value)));
      default:
        return unreachable(test);
    }
  }

  return {
    rows: 16,
    start: (row) => [
      ...set(at, i32.shl(get(row), i32.const(3))),
      ...set(known, v128.load(get(row), AT.known)),
    ],
    holds(test, row) {
      if (test.kind === "lookup") return v128.i8x16_bitmask(v128.load(get(row), answersAt(test.lookup)));
      const narrow = v128.i16x8_narrow_i32x4_s;
      // A mask is -1 or 0 at every width, so narrowing keeps it: 64 bits a row, 32, 16, then 8.
      const four = (i: number) => narrow(mask(test, i), mask(test, i + 1));
      const eight = (i: number) => narrow(four(i), four(i + 2));
      return v128.i8x16_bitmask(v128.i8x16_narrow_i16x8_s(eight(0), eight(4)));
    },
    unknown(slot) {
      const bit = v128.and(get(known), constant(ALL_BYTES(1 << slot)));
      return v128.i8x16_bitmask(v128.i8x16_eq(bit, constant(ZERO)));
    },
    store: (address, bits, row) => i32.store16(i32.shr_u(get(row), i32.const(3)), address, bits),
  };
}

/** One row. */
export function scalarLanes(locals: Locals): Lanes {
  const shifted = new Map<number, number>();
  return {
    rows: 1,
    start: () => [],
    holds(test, row) {
      if (test.kind === "lookup") return i32.load8_u(get(row), answersAt(test.lookup));
      const value = i64.load(i32.shl(get(row), i32.const(3)), columnAt(test.slot));
      switch (test.kind) {
        case "equal":
          return i64.eq(value, i64.const(test.value));
        case "masked":
          return isZero(test.value)
            ? i64.eqz(i64.and(value, i64.const(test.mask)))
            : i64.eq(i64.and(value, i64.const(test.mask)), i64.const(test.value));
        case "below":
          return (test.signed ? i64.lt_s : i64.lt_u)(value, i64.const(test.value));
        default:
          return unreachable(test);
      }
    },
    unknown(slot, row) {
      const bit = i32.shr_u(i32.load8_u(get(row), AT.known), i32.const(slot));
      return i32.xor(bit, i32.const(1));
    },
    // Each row shifts its bit in at the top of a byte, which is right after eight of them.
    store(address, bits, row) {
      const byte = shifted.get(address) ?? locals.take("i32");
      shifted.set(address, byte);
      const bit = i32.shl(i32.and(bits, i32.const(1)), i32.const(7));
      return [
        ...set(byte, i32.or(i32.shr_u(get(byte), i32.const(1)), bit)),
        ...i32.store8(i32.shr_u(get(row), i32.const(3)), address, get(byte)),
      ];
    },
  };
}

function flipped(value: U64): U64 {
  return { high: (value.high ^ SIGN.high) >>> 0, low: value.low };
}
