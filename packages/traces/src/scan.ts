// Steps over the bytes of a line. None goes past a newline, so no reader needs to look for a line's end first.

import type { ByteString } from "@gatehouse/core";

export const NEWLINE = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const OPEN = 0x28;
export const CLOSE = 0x29;
export const STAR = 0x2a;
export const PLUS = 0x2b;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const ZERO = 0x30;
export const COLON = 0x3a;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const GREATER = 0x3e;
export const QUESTION = 0x3f;
export const OPEN_SQUARE = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_SQUARE = 0x5d;
export const SMALL_X = 0x78;
export const OPEN_CURLY = 0x7b;
export const BAR = 0x7c;
export const CLOSE_CURLY = 0x7d;
export const TILDE = 0x7e;
export const DELETE = 0x7f;

/** What a byte counts as a hexadecimal digit; 16: it is none. */
const HEX = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = "0123456789abcdef".indexOf(String.fromCharCode(byte));
  return digit < 0 ? 16 : digit;
});

export function hexDigit(bytes: Uint8Array, at: number): number {
  return HEX[bytes[at] ?? 0] ?? 16;
}

/** The value of a decimal digit; 10 and above: it is none. */
export function digit(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) - ZERO) >>> 0;
}

export function decimal(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + digit(bytes, at);
  return value;
}

export function skip(bytes: Uint8Array, at: number, byte: number): number {
  while (bytes[at] === byte) at++;
  return at;
}

export function skipDigits(bytes: Uint8Array, at: number): number {
  while (digit(bytes, at) < 10) at++;
  return at;
}

/** Printable bytes other than the colon. */
export function skipWord(bytes: Uint8Array, at: number): number {
  for (let byte = bytes[at] ?? 0; byte > SPACE && byte < DELETE && byte !== COLON; byte = bytes[++at] ?? 0);
  return at;
}

export function lettersOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

export function startsWith(bytes: Uint8Array, at: number, letters: Uint8Array): boolean {
  for (let i = 0; i < letters.length; i++) if (bytes[at + i] !== letters[i]) return false;
  return true;
}

export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Whether the `length` bytes at `a` and at `b` are the same, four at a time; the last four may overlap. */
export function same(x: DataView, a: number, y: DataView, b: number, length: number): boolean {
  for (let i = 0; i < length - 4; i += 4) if (x.getInt32(a + i) !== y.getInt32(b + i)) return false;
  return x.getInt32(a + length - 4) === y.getInt32(b + length - 4);
}

export function byteString(bytes: Uint8Array, from: number, to: number): ByteString {
  const length = Math.min(to, bytes.length) - from;
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString("latin1");
}
