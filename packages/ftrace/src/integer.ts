// How all dialects since 2.6.39 write a number: `0x` and hex digits, `0` and octal digits, or decimal.

import { isDigit } from "./ctype.js";

const INTEGER = /^-?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/;

/** A number, with its sign, has at most so many bytes. */
export const MAX_NUMBER_BYTES = 23;

/** The integer that `text` writes, of any size; null where it writes none. */
export function parseInteger(text: string): bigint | null {
  const small = smallInteger(text);
  if (small !== null) return BigInt(small);
  if (text.length > MAX_NUMBER_BYTES || !INTEGER.test(text)) return null;
  const digits = text.startsWith("-") ? text.slice(1) : text;
  const value = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return text.startsWith("-") ? -value : value;
}

/** What nearly all texts write: a decimal number that a double holds. Null for any other text. */
export function smallInteger(text: string): number | null {
  const { length } = text;
  if (length === 0 || length > MAX_SMALL_DIGITS || (length > 1 && text[0] === "0")) return null;
  let value = 0;
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at);
    if (!isDigit(unit)) return null;
    value = 10 * value + (unit - 0x30);
  }
  return value;
}

const MAX_SMALL_DIGITS = 15;

/** Whether a field of `size` bytes can hold it. */
export function fits(value: bigint, size: number, signed: boolean): boolean {
  if (value >= 0n && value <= 0x7fn) return true; // most are small, and cutting a BigInt makes another
  return value === cut(value, size, signed);
}

/** What is left of it in a field of `size` bytes. */
export function cut(value: bigint, size: number, signed: boolean): bigint {
  return signed ? BigInt.asIntN(8 * size, value) : BigInt.asUintN(8 * size, value);
}
