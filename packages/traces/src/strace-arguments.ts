// The arguments of one call as strace prints them, read into the slots of a row.
//
//   arguments  = [ argument { ", " argument } ] ")"
//   argument   = [ name "=" ] value [ what the call made of it ]
//   value      = number [ note ] | word …        a register's value: strace-values.ts says what words mean
//              | string | "{" … "}" | "[" … "]" | "~[" … "]"          what a pointer points to: unknown
//   number     = [ "-" ] decimal | "0x" hex | "0" octal
//   string     = '"' … '"' [ "..." ]             with C's escapes
//   note       = "<" path … ">" | " /* " … " */"
//
// Anywhere a call can break off: " <unfinished ...>".
//
// A register is known where its text leaves no doubt: a pointer, a size or an offset that is printed as a number is the
// register; an `int` is where bit 31 is clear, since its upper half is nothing then in all but contrived programs. Else
// the upper half may be ones or zeros: the slot stays unknown.

import type { Chunk, U64 } from "@gatehouse/core";
import {
  BACKSLASH,
  BAR,
  byteString,
  CLOSE,
  CLOSE_CURLY,
  CLOSE_SQUARE,
  COMMA,
  DOT,
  digit,
  EQUALS,
  GREATER,
  hexDigit,
  LESS,
  lettersOf,
  MINUS,
  NEWLINE,
  OPEN,
  OPEN_CURLY,
  OPEN_SQUARE,
  QUOTE,
  SLASH,
  SMALL_X,
  SPACE,
  STAR,
  startsWith,
  TILDE,
  ZERO,
} from "./scan.js";
import { SpanTable } from "./span-table.js";
import { NO_SLOT, type StraceCall } from "./strace-calls.js";
import { stringAt } from "./strace-results.js";
import { straceValue } from "./strace-values.js";

const UNFINISHED = lettersOf("<unfinished ...>");
const DETACHED = lettersOf("<detached ...>");

/** Digits of which a number can tell itself apart from its neighbours in a double. */
const SAFE_DIGITS = 15;

/** What is known of a value: nothing, its number, or that it is a negative one, sign-extended. */
const UNKNOWN = 0;
const NUMBER = 1;
const NEGATIVE = 2;

type Meaning = U64 | "unknown";

export class StraceArguments {
  /** Only registers in hexadecimal stand here, as `-e raw=all` prints them. */
  readonly #raw: boolean;
  readonly #words = new SpanTable<Meaning>((text) => straceValue(text) ?? "unknown");
  // Of the value that was read last.
  #state = UNKNOWN;
  #low = 0;
  #high = 0;
  /** Where the latest string begins, its quote included; 0: none. */
  #string = 0;

  constructor(raw: boolean) {
    this.#raw = raw;
  }

  /**
   * Reads arguments from `at` on into a row in which nothing is known. Answers what follows the closing parenthesis; where the call breaks off,
   * minus the place of the `<unfinished ...>`; 0 where it is neither.
   */
  read(bytes: Uint8Array, at: number, call: StraceCall, chunk: Chunk, row: number): number {
    if (bytes[at] === CLOSE) return at + 1;
    if (bytes[at] === SPACE) at++;
    for (let k = 0; ; k++) {
      if (breaksOff(bytes, at)) return -at;
      let slot = call.slots[k] ?? NO_SLOT;
      if (call.named !== null) {
        const to = skipWords(bytes, at);
        slot = bytes[to] === EQUALS ? (call.named.get(byteString(bytes, at, to)) ?? NO_SLOT) : NO_SLOT;
        if (bytes[to] === EQUALS) at = to + 1;
      }
      const from = at;
      at = this.#value(bytes, at);
      if (slot === call.sized && this.#string > 0 && at > 0) this.#size(bytes, from, at);
      this.#string = bytes[from] === QUOTE ? from : 0;
      if (at > 0 && bytes[at] !== COMMA && bytes[at] !== CLOSE) at = this.#rest(bytes, at);
      if (at === 0) return 0;
      if (slot >= 0 && this.#state !== UNKNOWN) this.#store(call, chunk, row, slot);
      if (at < 0) return at;
      if (bytes[at] === CLOSE) return at + 1;
      if (bytes[at + 1] !== SPACE) return 0;
      at += 2;
      if (bytes[at] === SPACE) at++; // the next argument is only known when the call ends
    }
  }

  /**
   * The size of an uncut string is its length. Where the text has more digits, what the program printed stands behind them:
   * `write(1, "1", 11) = 1`.
   */
  #size(bytes: Uint8Array, from: number, to: number): void {
    const string = stringAt(bytes, this.#string);
    if (string === null || (this.#state === NUMBER && this.#high === 0 && this.#low === string.length))
      return;
    const size = String(string.length);
    const text = byteString(bytes, from, to);
    if (text.startsWith(size) && string.startsWith(text.slice(size.length))) this.#set(string.length);
    else this.#state = UNKNOWN;
  }

  #store(call: StraceCall, chunk: Chunk, row: number, slot: number): void {
    if (call.bits === 32) {
      // What enters by `int 0x80` has nothing above.
      if (this.#high !== 0 && this.#state !== NEGATIVE) return;
      this.#high = 0;
      this.#state = NUMBER;
    }
    const wide = ((call.wide >>> slot) & 1) === 1;
    if (!wide && (this.#high !== 0 || this.#low >>> 31 === 1)) return;
    if (this.#state === NEGATIVE && ((call.signed >>> slot) & 1) === 0) return;
    const words = chunk.slots[slot];
    if (words === undefined) return;
    words[2 * row] = this.#low;
    words[2 * row + 1] = this.#high;
    chunk.known[row] = (chunk.known[row] ?? 0) | (1 << slot);
  }

  /** Answers where the value ends; minus where the call breaks off; 0 where it is none. */
  #value(bytes: Uint8Array, at: number): number {
    this.#state = UNKNOWN;
    const byte = bytes[at];
    if (this.#raw) return byte === ZERO ? this.#hex(bytes, at) : 0;
    if (digit(bytes, at) < 10) return this.#number(bytes, at, at);
    if (byte === MINUS) return this.#negative(bytes, at);
    if (byte === QUOTE) return skipString(bytes, at);
    if (byte === OPEN_CURLY || byte === OPEN_SQUARE || byte === TILDE || byte === LESS)
      return skipToEnd(bytes, at);
    return this.#word(bytes, at, at);
  }

  #number(bytes: Uint8Array, from: number, start: number): number {
    if (bytes[start] === ZERO && bytes[start + 1] === SMALL_X)
      return this.#after(bytes, from, this.#hex(bytes, start));
    if (bytes[start] === ZERO && digit(bytes, start + 1) < 10) return this.#word(bytes, from, start); // octal
    let at = start;
    let value = 0;
    for (let d = digit(bytes, at); d < 10; d = digit(bytes, ++at)) value = value * 10 + d;
    if (at - start > SAFE_DIGITS) return this.#word(bytes, from, start);
    this.#set(value);
    return this.#after(bytes, from, at);
  }

  #hex(bytes: Uint8Array, start: number): number {
    let low = 0;
    let high = 0;
    let at = bytes[start + 1] === SMALL_X ? start + 2 : start;
    const first = at;
    for (let d = hexDigit(bytes, at); d < 16; d = hexDigit(bytes, ++at)) {
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | d;
    }
    if (at === first || at - first > 16) return 0;
    if (first === start && at - first > 1) return 0;
    this.#state = NUMBER;
    this.#low = low >>> 0;
    this.#high = high >>> 0;
    return at;
  }

  /** What a number is followed by: nothing, a note in angle brackets, or more of a word. */
  #after(bytes: Uint8Array, from: number, at: number): number {
    const byte = bytes[at];
    if (at === 0 || byte === COMMA || byte === CLOSE || byte === SPACE) return at;
    if (byte === LESS && bytes[at + 1] !== LESS) return skipNote(bytes, at);
    return this.#word(bytes, from, at);
  }

  #negative(bytes: Uint8Array, from: number): number {
    let at = from + 1;
    let value = 0;
    for (let d = digit(bytes, at); d < 10; d = digit(bytes, ++at)) value = value * 10 + d;
    if (at === from + 1 || at - from > SAFE_DIGITS || value === 0) return this.#word(bytes, from, at);
    this.#set(-value);
    this.#state = NEGATIVE;
    return this.#after(bytes, from, at);
  }

  #set(value: number): void {
    this.#state = NUMBER;
    this.#low = value >>> 0;
    this.#high = Math.floor(value / 2 ** 32) >>> 0;
  }

  #word(bytes: Uint8Array, from: number, start: number): number {
    const plain = skipWords(bytes, start);
    if (isNote(bytes, plain)) {
      this.#mean(bytes, from, plain);
      return skipNote(bytes, plain);
    }
    const byte = bytes[plain];
    const at = byte === COMMA || byte === CLOSE ? plain : skipToEnd(bytes, plain);
    const to = Math.abs(at);
    if (to <= from) return 0;
    this.#mean(bytes, from, to);
    return at;
  }

  #mean(bytes: Uint8Array, from: number, to: number): void {
    const meaning = this.#words.get(bytes, from, to);
    if (meaning === "unknown") return;
    this.#state = NUMBER;
    this.#low = meaning.low;
    this.#high = meaning.high;
  }

  /** What stands between a value and the next: a comment, or something that says what the call made of it. */
  #rest(bytes: Uint8Array, at: number): number {
    if (bytes[at] === SPACE && bytes[at + 1] === SLASH && bytes[at + 2] === STAR) {
      at = skipComment(bytes, at + 1);
      if (at === 0 || bytes[at] === COMMA || bytes[at] === CLOSE) return at;
    }
    if (bytes[at] === SPACE && breaksOff(bytes, at + 1)) return -(at + 1);
    this.#state = UNKNOWN;
    return skipToEnd(bytes, at);
  }
}

/** Nothing of the row is known any more. */
export function forget(chunk: Chunk, row: number): void {
  for (const words of chunk.slots) {
    words[2 * row] = 0;
    words[2 * row + 1] = 0;
  }
  chunk.known[row] = 0;
}

function breaksOff(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === LESS && (startsWith(bytes, at, UNFINISHED) || startsWith(bytes, at, DETACHED));
}

/** Letters, digits and `_`, or a `|` too: all there is to most values. */
function skipWords(bytes: Uint8Array, at: number): number {
  for (let byte = bytes[at] ?? 0; isInWord(byte) || byte === BAR; byte = bytes[++at] ?? 0);
  return at;
}

const IN_WORD = Uint8Array.from({ length: 256 }, (_, byte) => (/\w/.test(String.fromCharCode(byte)) ? 1 : 0));

export function isInWord(byte: number): boolean {
  return IN_WORD[byte] === 1;
}

/** From the quote on; also the dots of a string that was cut. */
function skipString(bytes: Uint8Array, at: number): number {
  for (let byte = bytes[++at]; byte !== QUOTE; byte = bytes[++at]) {
    if (byte === NEWLINE || byte === undefined) return 0;
    if (byte === BACKSLASH && bytes[++at] === NEWLINE) return 0;
  }
  at++;
  return bytes[at] === DOT && bytes[at + 1] === DOT && bytes[at + 2] === DOT ? at + 3 : at;
}

/** From the angle bracket on. A path may hold anything, an arrow (`->`) is no bracket. */
function skipNote(bytes: Uint8Array, at: number): number {
  let depth = 1;
  for (let byte = bytes[++at]; ; byte = bytes[++at]) {
    if (byte === NEWLINE || byte === undefined) return 0;
    if (byte === LESS) depth++;
    else if (byte === GREATER && bytes[at - 1] !== MINUS && --depth === 0) break;
  }
  return startsWith(bytes, at + 1, DELETED) ? at + 1 + DELETED.length : at + 1;
}

const DELETED = lettersOf("(deleted)");

function skipComment(bytes: Uint8Array, at: number): number {
  for (at += 2; bytes[at] !== STAR || bytes[at + 1] !== SLASH; at++)
    if (bytes[at] === NEWLINE || bytes[at] === undefined) return 0;
  return at + 2;
}

const MATTERS = Uint8Array.from({ length: 256 }, (_, byte) =>
  '\0\n"</(){}[],'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

/** To the comma or parenthesis that ends an argument, over all that is in brackets. Minus: the call breaks off there. */
function skipToEnd(bytes: Uint8Array, at: number): number {
  let depth = 0;
  for (;;) {
    while (MATTERS[bytes[at] ?? 0] === 0) at++;
    switch (bytes[at]) {
      case undefined:
      case NEWLINE:
        return 0;
      case QUOTE:
        at = skipString(bytes, at);
        break;
      case LESS:
        if (breaksOff(bytes, at)) return -at;
        at = isNote(bytes, at) ? skipNote(bytes, at) : at + 2;
        break;
      case SLASH:
        at = bytes[at + 1] === STAR ? skipComment(bytes, at) : at + 1;
        break;
      case OPEN:
      case OPEN_CURLY:
      case OPEN_SQUARE:
        depth++;
        at++;
        break;
      case CLOSE_CURLY:
      case CLOSE_SQUARE:
        depth--;
        at++;
        break;
      case CLOSE:
        if (depth <= 0) return at;
        depth--;
        at++;
        break;
      case COMMA:
        if (depth <= 0) return at;
        at++;
        break;
      default:
        at++;
    }
    if (at === 0) return 0;
  }
}

/** Whether the bracket begins what a descriptor (`3</etc/passwd>`, `AT_FDCWD</srv>`) stands for, or a task's name. */
function isNote(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === LESS && bytes[at + 1] !== LESS && isInWord(bytes[at - 1] ?? 0);
}
