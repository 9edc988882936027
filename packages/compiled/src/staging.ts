// Where a block of rows lies while it is judged. Columns mostly live in JavaScript's heap, where WebAssembly cannot see
// them; so those that a program touches are copied in, a block at a time that stays in a near cache, and bits are copied
// out. Columns that live in the memory already are judged where they lie. One memory serves all filters of a back-end:
// what outlives a call is the last table of classes, and the columns that callers keep there.

import { type Chunk, isNarrow, wideSlot } from "@gatehouse/core";
import { type HeadFunctions, headFunctions } from "./heads.js";
import { AT, baseAt, columnAt, PAGES } from "./layout.js";
import { writeModule } from "./module.js";

export type Staging = HeadFunctions & {
  readonly memory: WebAssembly.Memory;
  /** The memory. */
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
  /** Where the columns lie that callers keep in it. Asked of each block: a typed array is slow to say its buffer. */
  readonly addresses: Map<Column, number>;
};

export type Column = Uint8Array | Uint16Array | Uint32Array;

/** What `scan` found, and whether the heads were staged for it. */
export type Scanned = { readonly scanned: number; readonly isStaged: boolean };

export function openStaging(simd: boolean): Staging {
  const module = new WebAssembly.Module(writeModule({ kind: "own", pages: PAGES }, headFunctions(simd)));
  // What the module exports is what was written a line above.
  const exports = new WebAssembly.Instance(module).exports as HeadFunctions & Pick<Staging, "memory">;
  const { buffer } = exports.memory;
  return {
    ...exports,
    bytes: new Uint8Array(buffer),
    halves: new Uint16Array(buffer),
    words: new Uint32Array(buffer),
    addresses: new Map(),
  };
}

/** Copies what every row has: event, entry path, what is known. The rows up to a multiple of 32 repeat the last one. */
export function stageHeads(staging: Staging, chunk: Chunk, from: number, rows: number): void {
  const { bytes, halves } = staging;
  const event = AT.event >>> 1;
  halves.set(chunk.event.subarray(from, from + rows), event);
  bytes.set(chunk.abi.subarray(from, from + rows), AT.abi);
  stageKnown(staging, chunk, from, rows);
  const padded = (rows + 31) & ~31;
  if (padded === rows) return;
  halves.fill(chunk.event[from + rows - 1] ?? 0, event + rows, event + padded);
  bytes.fill(0, AT.abi + rows, AT.abi + padded);
  bytes.fill(0xff, AT.known + rows, AT.known + padded);
}

/** Looks through the heads of the rows from `from` on, and stages them unless they can be read where they lie. */
export function scanHeads(staging: Staging, chunk: Chunk, from: number, rows: number): Scanned {
  const { addresses } = staging;
  const event = addresses.get(chunk.event);
  const abi = addresses.get(chunk.abi);
  const known = addresses.get(chunk.known);
  const isHere = event !== undefined && abi !== undefined && known !== undefined;
  // `scan` goes by 32 rows: behind the last ones of a chunk there may be anything.
  if (isHere && rows % 32 === 0)
    return { scanned: staging.scan(rows, event + 2 * from, abi + from, known + from), isStaged: false };
  stageHeads(staging, chunk, from, rows);
  return { scanned: staging.scan((rows + 31) & ~31, AT.event, AT.abi, AT.known), isStaged: true };
}

/** Copies what is known of rows. */
export function stageKnown({ bytes }: Staging, { known }: Chunk, from: number, rows: number): void {
  bytes.set(known.subarray(from, from + rows), AT.known);
}

/**
 * Has one slot of the rows from `from` on ready to be judged, in two words each. A slot that the chunk does not have reads
 * as 0.
 */
export function stageColumn(
  { words, addresses }: Staging,
  chunk: Chunk,
  slot: number,
  from: number,
  rows: number,
): void {
  const column = chunk.slots[slot];
  const address = column && !isNarrow(chunk.narrow, slot) ? addresses.get(column) : undefined;
  if (address !== undefined) {
    words[baseAt(slot) >>> 2] = address + 8 * from;
    return;
  }
  const at = stagedColumn(words, slot);
  if (column === undefined) words.fill(0, at, at + 2 * rows);
  else words.set(wideSlot(chunk, slot, from, rows), at);
}

/** Says that the staged column of a slot is the one to be judged, and gives the number of its first word. */
export function stagedColumn(words: Uint32Array, slot: number): number {
  words[baseAt(slot) >>> 2] = columnAt(slot);
  return columnAt(slot) >>> 2;
}
