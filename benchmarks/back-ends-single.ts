// One event at a time, as JavaScript asks: `evaluate` of a back-end, beside the same filters written by hand over objects
// and over columns. With one filter V8 knows at every call which function it is, and may copy it into the loop; with
// eight, each with another mask, that take turns, it cannot. Both happen to whoever judges calls.

import assert from "node:assert/strict";
import { linux618 } from "@gatehouse/catalog";
import { CHUNK_ROWS, type Chunk, decide, type Policy, TraceEvent } from "@gatehouse/core";
import type { Work } from "@gatehouse/harness";
import { parsePolicy } from "@gatehouse/policies";
import { filterOf } from "./back-ends-bulk.js";
import { rowsOf, SLOTS } from "./back-ends-cases.js";
import { NOTHING, type Opening, openingAt } from "./engines.js";

export type SingleJob = {
  readonly kind: "single";
  /** A design on a back-end, `objects` or `columns`. */
  readonly contestant: string;
  /** How many take turns. */
  readonly filters: 1 | 8;
};

/** A whole chunk: of fewer a processor learns by heart which way each jump goes, and nobody's events come round again. */
const ROWS = CHUNK_ROWS;

const MASKS = [0x40, 0x20, 0x10, 0x8, 0x4, 0x2, 0x1, 0x80] as const;

/** Written out eight times: one function with the mask as a variable would be one piece of code. */
const OVER_OBJECTS: readonly ((event: Opening) => boolean)[] = [
  (event) => (event.fd === 1 || event.fd === 2) && (event.flags & 0x40) !== 0 && event.mode < 0o777,
  (event) => (event.fd === 1 || event.fd === 2) && (event.flags & 0x20) !== 0 && event.mode < 0o777,
  (event) => (event.fd === 1 || event.fd === 2) && (event.flags & 0x10) !== 0 && event.mode < 0o777,
  (event) => (event.fd === 1 || event.fd === 2) && (event.flags & 0x8) !== 0 && event.mode < 0o777,
  (event) => (event.fd === 1 || event.fd === 2) && (event.flags & 0x4) !== 0 && event.mode < 0o777,
  (event) => (event.fd === 1 || event.fd === 2) && (event.flags & 0x2) !== 0 && event.mode < 0o777,
  (event) => (event.fd === 1 || event.fd === 2) && (event.flags & 0x1) !== 0 && event.mode < 0o777,
  (event) => (event.fd === 1 || event.fd === 2) && (event.flags & 0x80) !== 0 && event.mode < 0o777,
];

type OverColumns = (fd: Uint32Array, flags: Uint32Array, mode: Uint32Array, row: number) => boolean;

/** Of 64 bits, as a filter has to look at them. */
const OVER_COLUMNS: readonly OverColumns[] = [
  (a, f, m, i) => isFd(a, i) && ((f[2 * i] ?? 0) & 0x40) !== 0 && isBelow(m, i),
  (a, f, m, i) => isFd(a, i) && ((f[2 * i] ?? 0) & 0x20) !== 0 && isBelow(m, i),
  (a, f, m, i) => isFd(a, i) && ((f[2 * i] ?? 0) & 0x10) !== 0 && isBelow(m, i),
  (a, f, m, i) => isFd(a, i) && ((f[2 * i] ?? 0) & 0x8) !== 0 && isBelow(m, i),
  (a, f, m, i) => isFd(a, i) && ((f[2 * i] ?? 0) & 0x4) !== 0 && isBelow(m, i),
  (a, f, m, i) => isFd(a, i) && ((f[2 * i] ?? 0) & 0x2) !== 0 && isBelow(m, i),
  (a, f, m, i) => isFd(a, i) && ((f[2 * i] ?? 0) & 0x1) !== 0 && isBelow(m, i),
  (a, f, m, i) => isFd(a, i) && ((f[2 * i] ?? 0) & 0x80) !== 0 && isBelow(m, i),
];

function isFd(fd: Uint32Array, i: number): boolean {
  return (fd[2 * i] === 1 || fd[2 * i] === 2) && fd[2 * i + 1] === 0;
}

function isBelow(mode: Uint32Array, i: number): boolean {
  return mode[2 * i + 1] === 0 && (mode[2 * i] ?? 0) < 0o777;
}

/** Asks filter `i` of 8 about a row. A loop of its own each, so that none is compiled for another's calls. */
type Ask = (filter: number, row: number) => boolean;

/** The contestant's loop over all rows, once each of its filters has answered every row as its policy does. */
export function single({ contestant, filters }: SingleJob): Work {
  const [{ chunk } = assert.fail()] = rowsOf("four predicates", ROWS).judged;
  const ask = ASKED[contestant]?.(chunk) ?? overEvents(contestant, chunk);
  let expected = 0;
  for (const [i, mask] of MASKS.slice(0, filters).entries()) {
    const policy = policyWith(mask);
    for (let row = 0; row < ROWS; row++) {
      const right = decide(policy, chunk.at(row)).verdict === "allow";
      assert.equal(ask(i, row), right, `${contestant}: row ${row}, mask ${mask}`);
      if (row % filters === i && right) expected++;
    }
  }
  const last = filters - 1;
  return {
    events: ROWS,
    run() {
      let allowed = 0;
      for (let row = 0; row < ROWS; row++) if (ask(row & last, row)) allowed++;
      // Also keeps the loop from being left out.
      if (allowed !== expected) throw new Error(`${contestant} answered in two ways`);
    },
  };
}

const ASKED: Readonly<Record<string, (chunk: Chunk) => Ask>> = {
  objects(chunk) {
    const events = Array.from({ length: ROWS }, (_, row) => openingAt(chunk, row));
    return (i, row) => OVER_OBJECTS[i]?.(events[row] ?? NOTHING) ?? false;
  },
  columns({ slots }) {
    const [fd, flags, mode] = [slots[SLOTS.fd], slots[SLOTS.flags], slots[SLOTS.mode]];
    if (fd === undefined || flags === undefined || mode === undefined) throw new RangeError("no such slot");
    return (i, row) => OVER_COLUMNS[i]?.(fd, flags, mode, row) ?? false;
  },
};

function overEvents(id: string, chunk: Chunk): Ask {
  const filters = MASKS.map((mask) => filterOf(id, policyWith(mask)));
  const event = new TraceEvent(chunk, 0);
  return (i, row) => {
    event.row = row;
    return filters[i]?.evaluate(event) === "allow";
  };
}

function policyWith(mask: number): Policy {
  const text = `default kill\nallow openat if (dfd == 1 || dfd == 2) && flags & ${mask} && mode < 0777`;
  const parsed = parsePolicy(text, linux618);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}
