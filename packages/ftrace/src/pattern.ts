// Patterns of `~`: sorted once, when the filter is made, into five kinds, so that most need no general matcher. The
// rule differs: 6.18 has all of glob(7); in 2011 only a `*` at either end is one.
//
//   whole  abc       front  abc*       middle  *abc*       end  *abc       glob  a*c  a?  [ab]
//
// A pattern is given the bytes of a record, a place and a length `n` that counts the NUL. `n` is the length of a fixed
// array and not of the text in it: so `*abc` looks at the array's own tail, and `*abc*` also behind the NUL.

import { type ByteString, matchesGlob } from "@gatehouse/core";
import { isDigit } from "./ctype.js";

type PatternKind = "whole" | "front" | "middle" | "end" | "glob";

export type Pattern = {
  readonly kind: PatternKind;
  readonly text: ByteString;
  /** Begun by `!`. */
  readonly inverted: boolean;
};

/** Whether the `n` bytes at `start` fit; also behind them bytes can be read, and behind the record zeros. */
type Match = (text: ByteString, bytes: Uint8Array, start: number, n: number) => boolean;

/** One kernel's patterns. */
export type Patterns = {
  classify(text: ByteString): Pattern;
  readonly match: Readonly<Record<PatternKind, Match>>;
};

export const patterns618: Patterns = {
  classify: classify618,
  match: {
    whole: (text, bytes, start, n) => isWhole(text, bytes, start, n === 0 ? bytes.length : n),
    front: (text, bytes, start, n) => n >= text.length && isFront(text, bytes, start),
    middle: isIn,
    end: isEnd,
    glob: isLike,
  },
};

export const patterns2011: Patterns = {
  classify: classify2011,
  match: { whole: isWhole, front: isFront, middle: isIn, end: isEnd, glob: isLike },
};

function classify618(pattern: ByteString): Pattern {
  const inverted = pattern.startsWith("!");
  const text = inverted ? pattern.slice(1) : pattern;
  return { ...kindOf(text), inverted };
}

function kindOf(text: ByteString): { kind: PatternKind; text: ByteString } {
  // A number was the index of a function once, and has no wildcards since.
  if (isDigit(text.charCodeAt(0))) return { kind: "whole", text };
  const last = text.length - 1;
  const first = text.startsWith("*") ? 1 : 0;
  const end = last > 0 && text.endsWith("*") ? last : text.length;
  const inside = text.slice(first, end);
  if (/[*?[\\]/.test(inside)) return { kind: "glob", text };
  if (first === 1) return { kind: end === last ? "middle" : "end", text: inside };
  return { kind: end === last ? "front" : "whole", text: inside };
}

/** The pattern ends at its first `*` that is not at the start. */
function classify2011(pattern: ByteString): Pattern {
  const inverted = pattern.startsWith("!");
  const text = inverted ? pattern.slice(1) : pattern;
  const first = text.startsWith("*") ? 1 : 0;
  const star = text.indexOf("*", 1);
  const inside = text.slice(first, star < 0 ? text.length : star);
  if (first === 1) return { kind: star < 0 ? "end" : "middle", text: inside, inverted };
  return { kind: star < 0 ? "whole" : "front", text: inside, inverted };
}

/** Equal up to a NUL, or in all `n` bytes. */
function isWhole(text: ByteString, bytes: Uint8Array, start: number, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const byte = bytes[start + i] ?? 0;
    if (byte !== (i < text.length ? text.charCodeAt(i) : 0)) return false;
    if (byte === 0) return true;
  }
  return true;
}

function isFront(text: ByteString, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

function isIn(text: ByteString, bytes: Uint8Array, start: number, n: number): boolean {
  if (text === "") return true;
  for (let at = start; at <= start + n - text.length; at++) if (isFront(text, bytes, at)) return true;
  return false;
}

/** The last of the `n` bytes should be the NUL. */
function isEnd(text: ByteString, bytes: Uint8Array, start: number, n: number): boolean {
  return n > text.length && isFront(text, bytes, start + n - 1 - text.length);
}

/** Up to the NUL, wherever that is. */
function isLike(text: ByteString, bytes: Uint8Array, start: number): boolean {
  const units: number[] = [];
  for (let at = start; ; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0) break;
    units.push(byte);
  }
  const string = String.fromCharCode(...units);
  // The one `!` that inverts is gone already; what begins with another means that byte.
  return matchesGlob(text.startsWith("!") ? `\\${text}` : text, string);
}
