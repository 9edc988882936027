// How a line of strace begins: who, and what else its options print before the event.
//
//   head   = [ task ] { stamp }
//   task   = pid name " " | "[pid " pid name "] "                        with -f into a file, and on a terminal
//   name   = [ "<" comm ">" ]                                            with -Y
//   stamp  = time " " | "(+" time ") " | "[" address "] " | "[" number "] "   with -t, -tt, -ttt, -r, -i, -n

import type { ByteString } from "@gatehouse/core";
import {
  byteString,
  CLOSE,
  CLOSE_SQUARE,
  COLON,
  DOT,
  decimal,
  digit,
  GREATER,
  LESS,
  lettersOf,
  NEWLINE,
  OPEN,
  OPEN_SQUARE,
  PLUS,
  SPACE,
  skip,
  skipDigits,
  startsWith,
} from "./scan.js";

const PID = lettersOf("[pid ");
/** A number of more digits is a time. */
const PID_DIGITS = 7;
/** No stamp, though in brackets: `[ Process PID=9 runs in 32 bit mode. ]` */
const PROCESS = lettersOf("[ Process ");

export class StraceHead {
  /** Of the line that was read last; null where it shows none. */
  pid: number | null = null;
  comm: ByteString | null = null;

  /** Answers where the event stands. */
  read(bytes: Uint8Array, start: number): number {
    this.pid = null;
    this.comm = null;
    const isBracketed = startsWith(bytes, start, PID);
    const from = isBracketed ? skip(bytes, start + PID.length, SPACE) : start;
    const to = skipDigits(bytes, from);
    const after = bytes[to];
    const isPid = after === LESS || after === (isBracketed ? CLOSE_SQUARE : SPACE);
    if (to === from || to - from > PID_DIGITS || !isPid) return skipStamps(bytes, start);
    this.pid = decimal(bytes, from, to);
    const end = after === LESS ? this.#name(bytes, to) : to;
    return skipStamps(bytes, bytes[end] === CLOSE_SQUARE ? end + 1 : end);
  }

  /** Answers where the name ends; where it does not, where it began. */
  #name(bytes: Uint8Array, start: number): number {
    for (let at = start + 1; bytes[at] !== NEWLINE; at++) {
      const next = bytes[at + 1];
      if (bytes[at] !== GREATER || (next !== SPACE && next !== CLOSE_SQUARE)) continue;
      this.comm = byteString(bytes, start + 1, at);
      return at + 1;
    }
    return start;
  }
}

/** Over time stamps, addresses and numbers in brackets. */
function skipStamps(bytes: Uint8Array, at: number): number {
  for (;;) {
    const byte = bytes[at];
    if (byte === SPACE) at++;
    else if (digit(bytes, at) < 10) {
      let to = at;
      while (digit(bytes, to) < 10 || bytes[to] === COLON || bytes[to] === DOT) to++;
      if (bytes[to] !== SPACE) return at;
      at = to;
    } else if (byte === OPEN && bytes[at + 1] === PLUS) at = skipPast(bytes, at, CLOSE);
    else if (byte === OPEN_SQUARE && !startsWith(bytes, at, PROCESS)) at = skipPast(bytes, at, CLOSE_SQUARE);
    else return at;
  }
}

/** To just after `closing`, or the end of the line. */
function skipPast(bytes: Uint8Array, at: number, closing: number): number {
  while (bytes[at] !== closing) if (bytes[at++] === NEWLINE) return at - 1;
  return at + 1;
}
