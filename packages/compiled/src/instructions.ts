// The WebAssembly instructions that we emit, folded as in the text format: `i32.and(a, b)` is a, then b, then the
// instruction. So a function's body reads as the expression that it computes.

import type { U64 } from "@gatehouse/core";

/** Bytes of instructions. */
export type Code = readonly number[];

export const VALUE_TYPES = { i32: 0x7f, i64: 0x7e, v128: 0x7b } as const;
export type ValueType = keyof typeof VALUE_TYPES;

export const get = (local: number): Code => [0x20, ...leb(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...leb(local)];
export const tee = (local: number, value: Code): Code => [...value, 0x22, ...leb(local)];

/** `body` again as long as it ends in `again`. */
export const loop = (body: Code): Code => [0x03, 0x40, ...body, 0x0b];
/** To the start of the innermost loop, if `condition`. */
export const again = (condition: Code): Code => [...condition, 0x0d, 0];
export const give = (value: Code): Code => [...value, 0x0f];
/** Opens `depth` blocks; `leave(k)` goes behind the end of the k-th around it, the innermost being 0. */
export const openBlocks = (depth: number): Code => new Array(depth).fill([0x02, 0x40]).flat();
export const closeBlock: Code = [0x0b];
export const leave = (block: number): Code => [0x0c, ...leb(block)];
export const leaveIf = (block: number, condition: Code): Code => [...condition, 0x0d, ...leb(block)];

const unary =
  (...instruction: number[]) =>
  (a: Code): Code => [...a, ...instruction];
const binary =
  (...instruction: number[]) =>
  (a: Code, b: Code): Code => [...a, ...b, ...instruction];
/** `align` as a power of two: what the address is a multiple of. */
const load =
  (align: number, ...instruction: number[]) =>
  (address: Code, offset: number): Code => [...address, ...instruction, align, ...leb(offset)];
const store =
  (align: number, ...instruction: number[]) =>
  (address: Code, offset: number, value: Code): Code => [
    ...address,
    ...value,
    ...instruction,
    align,
    ...leb(offset),
  ];

export const i32 = {
  const: (value: number): Code => [0x41, ...signedLeb(BigInt(value | 0))],
  eqz: unary(0x45),
  eq: binary(0x46),
  ne: binary(0x47),
  lt_s: binary(0x48),
  lt_u: binary(0x49),
  add: binary(0x6a),
  and: binary(0x71),
  or: binary(0x72),
  xor: binary(0x73),
  shl: binary(0x74),
  shr_u: binary(0x76),
  wrap_i64: unary(0xa7),
  load: load(2, 0x28),
  load8_u: load(0, 0x2d),
  load16_u: load(1, 0x2f),
  store: store(2, 0x36),
  store8: store(0, 0x3a),
  store16: store(1, 0x3b),
};

export const i64 = {
  const: ({ high, low }: U64): Code => [
    0x42,
    ...signedLeb(BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low))),
  ],
  eqz: unary(0x50),
  eq: binary(0x51),
  lt_s: binary(0x53),
  lt_u: binary(0x54),
  mul: binary(0x7e),
  and: binary(0x83),
  or: binary(0x84),
  xor: binary(0x85),
  shr_u: binary(0x88),
  load: load(3, 0x29),
  load16_u: load(1, 0x33),
};

const simd = (opcode: number): number[] => [0xfd, ...leb(opcode)];

export const v128 = {
  /** Both halves `value`. */
  const: ({ high, low }: U64): Code => {
    const half = [low, high].flatMap((word) => [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff));
    return [...simd(0x0c), ...half, ...half];
  },
  load: load(4, ...simd(0x00)),
  and: binary(...simd(0x4e)),
  xor: binary(...simd(0x51)),
  i8x16_eq: binary(...simd(0x23)),
  i8x16_bitmask: unary(...simd(0x64)),
  i8x16_narrow_i16x8_s: binary(...simd(0x65)),
  i16x8_narrow_i32x4_s: binary(...simd(0x85)),
  i64x2_eq: binary(...simd(0xd6)),
  i64x2_lt_s: binary(...simd(0xd8)),
};

/** An unsigned number in groups of seven bits, the lowest first. */
export function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const more = rest > 0x7f;
    bytes.push((rest & 0x7f) | (more ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return bytes;
}

function signedLeb(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const group = Number(rest & 0x7fn);
    rest >>= 7n;
    // Done when all that is left repeats the sign, which the group's own top bit already says.
    if (rest === ((group & 0x40) === 0 ? 0n : -1n)) return [...bytes, group];
    bytes.push(group | 0x80);
  }
}
