// Numbers as the kernels of 2011 read them: the bases of 6.18, one newline behind them is let pass, and what overflows
// depends on the release.

import { smallInteger } from "./integer.js";

const MAGNITUDE = /^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)\n?$/;

/** Null: it writes no number that such a field takes. */
export type ReadInteger = (word: string, signed: boolean) => bigint | null;

/** 2.6.38 does not look for overflow: what is left is the number mod 2^64. */
export function integer2638(word: string, signed: boolean): bigint | null {
  const isNegative = signed && word.startsWith("-");
  const value = magnitude(isNegative ? word.slice(1) : word);
  if (value === null) return null;
  return (signed ? BigInt.asIntN : BigInt.asUintN)(64, isNegative ? -value : value);
}

/** 2.6.39 does, lets a `+` pass, and takes -0 for an overflow. */
export function integer2639(word: string, signed: boolean): bigint | null {
  const isNegative = signed && word.startsWith("-");
  const value = magnitude(isNegative || word.startsWith("+") ? word.slice(1) : word);
  if (value === null) return null;
  if (isNegative) return value > 0n && value <= 1n << 63n ? -value : null;
  return value < 1n << (signed ? 63n : 64n) ? value : null;
}

function magnitude(digits: string): bigint | null {
  const small = smallInteger(digits);
  if (small !== null) return BigInt(small);
  if (!MAGNITUDE.test(digits)) return null;
  const plain = digits.trimEnd();
  return BigInt(/^0[0-7]/.test(plain) ? `0o${plain.slice(1)}` : plain);
}
