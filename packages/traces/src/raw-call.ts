// `NR 257 (ffffff9c, 7fbba82d20b1, 80000, 0, 0, 562ec5096713)`: a call as raw_syscalls:sys_enter shows it, with perf and
// in tracefs alike.

import type { Chunk } from "@gatehouse/core";
import { setNumber } from "./rows.js";
import { CLOSE, COMMA, decimal, hexDigit, OPEN, SPACE, skipDigits } from "./scan.js";

const REGISTERS = 6;
const ALL_KNOWN = 2 ** REGISTERS - 1;

/**
 * Reads the call whose number is at `at` into the row after the chunk's last. Answers what follows the call, or 0 where it is not of
 * this form. The row counts once the caller counts it.
 */
export function readRawCall(bytes: Uint8Array, at: number, chunk: Chunk): number {
  const to = skipDigits(bytes, at);
  if (to === at || to - at > 15 || bytes[to] !== SPACE || bytes[to + 1] !== OPEN) return 0;
  const nr = decimal(bytes, at, to);
  at = to + 2;

  const row = chunk.length;
  const { slots } = chunk;
  for (let k = 0; k < REGISTERS; k++) {
    const from = at;
    let low = 0;
    let high = 0;
    for (let d = hexDigit(bytes, at); d < 16; d = hexDigit(bytes, ++at)) {
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | d;
    }
    if (at === from || at - from > 16) return 0;
    const slot = slots[k];
    if (slot !== undefined) {
      slot[2 * row] = low;
      slot[2 * row + 1] = high;
    }
    if (k === REGISTERS - 1) break;
    if (bytes[at] !== COMMA || bytes[at + 1] !== SPACE) return 0;
    at += 2;
  }
  if (bytes[at] !== CLOSE) return 0;
  chunk.known[row] = ALL_KNOWN;
  setNumber(chunk, row, nr);
  return at + 1;
}
