// The WebAssembly instructions that we emit, folded as in the text format: `i32.and(a, b)` is a, then b, then the
// instruction. So a function's body reads as the expression that it computes.

import type { ByteString, U64 } from "@gatehouse/core";

/** A string, since engines put long strings together by reference and lay them out once. */
export type Code = ByteString;

/** From numbers, not from literals: whoever bundles or serves this source may write those in another encoding. */
export const bytes = (...values: number[]): Code => String.fromCharCode(...values);

export const VALUE_TYPES = { i32: bytes(0x7f), i64: bytes(0x7e), v128: bytes(0x7b) } as const;
export type ValueType = keyof typeof VALUE_TYPES;

/** The first operand of an instruction, where it has been pushed already. */
export const ON_STACK: Code = "";

/** Does it. */
export const NOTHING: Code = bytes(0x01);

export const get = (local: number): Code => bytes(0x20) + leb(local);
export const set = (local: number, value: Code): Code => value + bytes(0x21) + leb(local);
/** Sets it and leaves the value. */
export const tee = (local: number, value: Code): Code => value + bytes(0x22) + leb(local);

export const end: Code = bytes(0x0b);

/** `body` again as long as `condition` holds after it. */
export const loop = (body: Code, condition: Code): Code =>
  bytes(0x03, 0x40) + body + condition + bytes(0x0d) + leb(0) + end;

type Unary = (a: Code) => Code;
type Binary = (a: Code, b: Code) => Code;
type Load = (address: Code, offset: number) => Code;
type Store = (address: Code, offset: number, value: Code) => Code;

const unary =
  (instruction: Code): Unary =>
  (a) =>
    a + instruction;
const binary =
  (instruction: Code): Binary =>
  (a, b) =>
    a + b + instruction;
/** `align`: the address is a multiple of this power of two. */
const load =
  (align: number, instruction: Code): Load =>
  (address, offset) =>
    address + instruction + leb(align) + leb(offset);
const store =
  (align: number, instruction: Code): Store =>
  (address, offset, value) =>
    address + value + instruction + leb(align) + leb(offset);

export const i32 = {
  const: (value: number): Code => bytes(0x41) + signedLeb(value | 0),
  eqz: unary(bytes(0x45)),
  eq: binary(bytes(0x46)),
  lt_u: binary(bytes(0x49)),
  add: binary(bytes(0x6a)),
  and: binary(bytes(0x71)),
  or: binary(bytes(0x72)),
  xor: binary(bytes(0x73)),
  shl: binary(bytes(0x74)),
  shr_u: binary(bytes(0x76)),
  wrap_i64: unary(bytes(0xa7)),
  load: load(2, bytes(0x28)),
  load8_u: load(0, bytes(0x2d)),
  load16_u: load(1, bytes(0x2f)),
  store: store(2, bytes(0x36)),
  store8: store(0, bytes(0x3a)),
  store16: store(1, bytes(0x3b)),
};

export const i64 = {
  const: (value: U64): Code => bytes(0x42) + signedLeb64(value),
  eqz: unary(bytes(0x50)),
  eq: binary(bytes(0x51)),
  lt_s: binary(bytes(0x53)),
  lt_u: binary(bytes(0x54)),
  extend_i32_u: unary(bytes(0xad)),
  mul: binary(bytes(0x7e)),
  and: binary(bytes(0x83)),
  or: binary(bytes(0x84)),
  xor: binary(bytes(0x85)),
  shr_u: binary(bytes(0x88)),
  load: load(3, bytes(0x29)),
};

const simd = (opcode: number): Code => bytes(0xfd) + leb(opcode);

export const v128 = {
  /** Both halves `value`. */
  const: (value: U64): Code =>
    simd(0x0c) + word(value.low) + word(value.high) + word(value.low) + word(value.high),
  load: load(4, simd(0x00)),
  /** Four bytes, and zeros above them. */
  load32_zero: load(2, simd(0x5c)),
  not: unary(simd(0x4d)),
  and: binary(simd(0x4e)),
  /** a, but not b. */
  andnot: binary(simd(0x4f)),
  or: binary(simd(0x50)),
  xor: binary(simd(0x51)),
  any_true: unary(simd(0x53)),
  i64x2_extract_lane: (a: Code, lane: 0 | 1): Code => a + simd(0x1d) + leb(lane),
  i16x8_splat: unary(simd(0x10)),
  i16x8_eq: binary(simd(0x2d)),
  i16x8_bitmask: unary(simd(0x84)),
  i8x16_eq: binary(simd(0x23)),
  i8x16_bitmask: unary(simd(0x64)),
  i16x8_narrow_i32x4_s: binary(simd(0x85)),
  i32x4_bitmask: unary(simd(0xa4)),
  i64x2_eq: binary(simd(0xd6)),
  i64x2_lt_s: binary(simd(0xd8)),
};

/** An unsigned number in groups of seven bits, the lowest first. */
export function leb(value: number): Code {
  if (value < 0x80) return bytes(value);
  return bytes((value & 0x7f) | 0x80) + leb(Math.floor(value / 0x80));
}

function signedLeb(value: number): Code {
  const group = value & 0x7f;
  const rest = value >> 7;
  // Done when all that is left repeats the sign, which the group's own top bit already says.
  if (rest === ((group & 0x40) === 0 ? 0 : -1)) return bytes(group);
  return bytes(group | 0x80) + signedLeb(rest);
}

function signedLeb64({ high, low }: U64): Code {
  if (high === (low >> 31) >>> 0) return signedLeb(low);
  const group = low & 0x7f;
  return bytes(group | 0x80) + signedLeb64({ high: (high >> 7) >>> 0, low: (low >>> 7) | (high << 25) });
}

function word(bits: number): Code {
  return bytes(bits & 0xff, (bits >>> 8) & 0xff, (bits >>> 16) & 0xff, bits >>> 24);
}
