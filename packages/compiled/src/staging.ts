// Where a block of rows lies while it is judged. Columns live in JavaScript's heap, where WebAssembly cannot see them;
// so the columns that a program touches are copied in, a block at a time that stays in a near cache, and bits are
// copied out. One memory serves all filters of a back-end: nothing in it outlives a call but the last table of classes.

import type { Chunk } from "@gatehouse/core";
import { type HeadFunctions, headFunctions } from "./heads.js";
import { AT, columnAt, PAGES } from "./layout.js";
import { writeModule } from "./module.js";

export type Staging = HeadFunctions & {
  readonly memory: WebAssembly.Memory;
  /** The memory. */
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
};

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
  };
}

/** Copies what every row has: event, entry path, what is known. The rows up to a multiple of 32 repeat the last one. */
export function stageHeads({ bytes, halves }: Staging, chunk: Chunk, from: number, rows: number): void {
  const event = AT.event >>> 1;
  halves.set(chunk.event.subarray(from, from + rows), event);
  bytes.set(chunk.abi.subarray(from, from + rows), AT.abi);
  bytes.set(chunk.known.subarray(from, from + rows), AT.known);
  const padded = (rows + 31) & ~31;
  if (padded === rows) return;
  halves.fill(chunk.event[from + rows - 1] ?? 0, event + rows, event + padded);
  bytes.fill(0, AT.abi + rows, AT.abi + padded);
  bytes.fill(0xff, AT.known + rows, AT.known + padded);
}

/** Copies one slot of the rows from `from` on. A slot that the chunk does not have reads as 0. */
export function stageColumn(
  { words }: Staging,
  chunk: Chunk,
  slot: number,
  from: number,
  rows: number,
): void {
  const at = columnAt(slot) >>> 2;
  const column = chunk.slots[slot];
  if (column === undefined) words.fill(0, at, at + 2 * rows);
  else words.set(column.subarray(2 * from, 2 * (from + rows)), at);
}
