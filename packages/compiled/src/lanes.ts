// How many rows a bulk function judges at a time, and how one test is asked of them: its answer is an i32 with one bit
// a row. Four rows with SIMD, one without; everything else is the same for both.

import { type SlotTest, type U64, unreachable, ZERO } from "@gatehouse/core";
import { type Code, get, i32, i64, ON_STACK, set, tee, v128 } from "./instructions.js";
import { AT, answersAt, baseAt } from "./layout.js";
import type { Locals } from "./locals.js";
import type { Compound } from "./reduce.js";

/** A test as a program has it: what is asked of a string or of labels is by now a column of answers. */
export type Test =
  | Exclude<SlotTest, { kind: "string" | "labels" }>
  | { readonly kind: "lookup"; readonly slot: number; readonly lookup: number };

/** `row` is the local that holds the number of the first row of a step. */
export type Lanes = {
  readonly rows: number;
  /** What a step ends with. */
  next(): Code;
  /** Only the lowest `rows` bits of an answer count. */
  holds(test: Compound, row: number): Code;
  unknown(slot: number, row: number): Code;
  /** Puts a step's bits of a verdict where they belong. */
  store(address: number, bits: Code, row: number): Code;
};

/**
 * Four rows: two pairs of 64-bit lanes, whose masks are narrowed to one. Not more, though that would save narrowing:
 * compilers load all values of a step before they use the first, and those of four rows still fit their registers.
 */
export function simdLanes(locals: Locals): Lanes {
  const values = new Map<number, number>();
  const columns = columnsOf(locals, 4);
  const constant = (value: U64) =>
    locals.constant("v128", `${value.high},${value.low}`, () => v128.const(value));

  /** A test's masks for rows 2i and 2i + 1. */
  function pair(test: Compound, i: number): Code {
    const loaded = new Set<number>();
    return mask(test);

    function mask(part: Compound): Code {
      switch (part.kind) {
        case "any":
          return part.of.map((each, k) => (k === 0 ? mask(each) : v128.or(ON_STACK, mask(each)))).join("");
        case "all":
          return conjunction(part.of);
        case "not":
          return v128.not(mask(part.of));
        case "equal":
          return v128.i64x2_eq(value(part.slot), constant(part.value));
        case "masked":
          return v128.i64x2_eq(v128.and(value(part.slot), constant(part.mask)), constant(part.value));
        case "below":
          // There is no unsigned comparison of 64-bit lanes; with both signs turned the signed one is it.
          return part.signed
            ? v128.i64x2_lt_s(value(part.slot), constant(part.value))
            : v128.i64x2_lt_s(v128.xor(value(part.slot), constant(SIGN)), constant(flipped(part.value)));
        case "lookup":
          throw new RangeError("a look-up stands alone");
        default:
          return unreachable(part);
      }
    }

    /** What is negated comes last: `andnot` takes it as it is. */
    function conjunction(parts: readonly Compound[]): Code {
      // Codes are made in the order in which they run: the first that asks for a value loads it.
      const sorted = parts.toSorted((a, b) => Number(a.kind === "not") - Number(b.kind === "not"));
      return sorted
        .map((each, k) => {
          if (k === 0) return mask(each);
          return each.kind === "not" ? v128.andnot(ON_STACK, mask(each.of)) : v128.and(ON_STACK, mask(each));
        })
        .join("");
    }

    /** Loaded once, however many tests of the pair ask for it. */
    function value(slot: number): Code {
      const local = values.get(slot) ?? locals.keep("v128");
      values.set(slot, local);
      if (loaded.has(slot)) return get(local);
      loaded.add(slot);
      return tee(local, v128.load(columns.at(slot), 16 * i));
    }
  }

  return {
    rows: 4,
    next: columns.next,
    holds(test, row) {
      if (test.kind === "lookup")
        return v128.i8x16_bitmask(v128.load32_zero(get(row), answersAt(test.lookup)));
      // A mask is -1 or 0 at every width, so narrowing keeps it: two masks of 64 bits are four of 32 then.
      return v128.i32x4_bitmask(v128.i16x8_narrow_i32x4_s(pair(test, 0), pair(test, 1)));
    },
    unknown(slot, row) {
      const bit = v128.and(v128.load32_zero(get(row), AT.known), constant(everyByte(1 << slot)));
      return v128.i8x16_bitmask(v128.i8x16_eq(bit, constant(ZERO)));
    },
    store: shiftingStore(locals, 4),
  };
}

/** One row. */
export function scalarLanes(locals: Locals): Lanes {
  const columns = columnsOf(locals, 1);
  const value = (slot: number) => i64.load(columns.at(slot), 0);

  function holds(test: Compound, row: number): Code {
    switch (test.kind) {
      case "any":
        return test.of
          .map((each, k) => (k === 0 ? holds(each, row) : i32.or(ON_STACK, holds(each, row))))
          .join("");
      case "all":
        return test.of
          .map((each, k) => (k === 0 ? holds(each, row) : i32.and(ON_STACK, holds(each, row))))
          .join("");
      case "not":
        return i32.eqz(holds(test.of, row));
      case "equal":
        return i64.eq(value(test.slot), i64.const(test.value));
      case "masked":
        return i64.eq(i64.and(value(test.slot), i64.const(test.mask)), i64.const(test.value));
      case "below":
        return (test.signed ? i64.lt_s : i64.lt_u)(value(test.slot), i64.const(test.value));
      case "lookup":
        return i32.load8_u(get(row), answersAt(test.lookup));
      default:
        return unreachable(test);
    }
  }

  return {
    rows: 1,
    next: columns.next,
    holds,
    unknown: (slot, row) => i32.eqz(i32.and(i32.load8_u(get(row), AT.known), i32.const(1 << slot))),
    store: shiftingStore(locals, 1),
  };
}

/** Where in its column each slot's rows of a step lie: an address that moves on, since columns lie anywhere. */
function columnsOf(locals: Locals, rows: number): { at(slot: number): Code; next(): Code } {
  const addresses = new Map<number, number>();
  return {
    at(slot) {
      const local = addresses.get(slot) ?? locals.variable("i32", i32.load(i32.const(0), baseAt(slot)));
      addresses.set(slot, local);
      return get(local);
    },
    next: () =>
      [...addresses.values()].map((local) => set(local, i32.add(get(local), i32.const(8 * rows)))).join(""),
  };
}

/** The rows of each step come in at the top of a byte, which is right after eight of them. */
function shiftingStore(locals: Locals, rows: number): Lanes["store"] {
  const bytes = new Map<number, number>();
  return (address, bits, row) => {
    const byte = bytes.get(address) ?? locals.keep("i32");
    bytes.set(address, byte);
    const fresh = i32.shl(i32.and(bits, i32.const(2 ** rows - 1)), i32.const(8 - rows));
    return (
      set(byte, i32.or(i32.shr_u(get(byte), i32.const(rows)), fresh)) +
      i32.store8(i32.shr_u(get(row), i32.const(3)), address, get(byte))
    );
  };
}

const SIGN: U64 = { high: 0x8000_0000, low: 0 };

function flipped(value: U64): U64 {
  return { high: (value.high ^ SIGN.high) >>> 0, low: value.low };
}

function everyByte(byte: number): U64 {
  const word = Math.imul(byte, 0x0101_0101) >>> 0;
  return { high: word, low: word };
}
