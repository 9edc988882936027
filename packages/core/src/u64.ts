// A 64-bit value as two halves. JavaScript's numbers hold 53 bits and its BigInt costs twenty times as much to
// compare, so constants and registers alike are pairs of unsigned 32-bit words, as they lie in the columns.

export type U64 = { readonly high: number; readonly low: number };

export const ZERO: U64 = { high: 0, low: 0 };

/** The low 64 bits of `value`, two's complement: `u64(-1n)` is 2^64-1. */
export function u64(value: bigint | number): U64 {
  const bits = BigInt.asUintN(64, BigInt(value));
  return { high: Number(bits >> 32n), low: Number(bits & 0xffff_ffffn) };
}

export function toBigInt(value: U64): bigint {
  return (BigInt(value.high) << 32n) | BigInt(value.low);
}

/** `0x` and as few digits as it takes. */
export function hex(value: U64): string {
  return `0x${toBigInt(value).toString(16)}`;
}

/** Negative, zero or positive, as `a` is below, equal to or above `b`; both unsigned. */
export function compareUnsigned(a: U64, b: U64): number {
  return a.high === b.high ? a.low - b.low : a.high - b.high;
}

/** The same with both read as two's complement. */
export function compareSigned(a: U64, b: U64): number {
  const high = (a.high | 0) - (b.high | 0);
  return high === 0 ? a.low - b.low : high;
}

export function equal(a: U64, b: U64): boolean {
  return a.high === b.high && a.low === b.low;
}

export function and(a: U64, b: U64): U64 {
  return { high: (a.high & b.high) >>> 0, low: (a.low & b.low) >>> 0 };
}

export function or(a: U64, b: U64): U64 {
  return { high: (a.high | b.high) >>> 0, low: (a.low | b.low) >>> 0 };
}

export function isZero(value: U64): boolean {
  return value.high === 0 && value.low === 0;
}
