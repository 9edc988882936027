// Columns of chunks in the memory where they are judged.

import { CHUNK_ROWS, type Columns, fail, type Result, SLOTS, succeed } from "@gatehouse/core";
import { AT, CACHE_LINE, MAX_COLUMN_BYTES } from "./layout.js";
import type { Column, Staging } from "./staging.js";

/** As a chunk's own columns would be asked for. */
export type ColumnsShape = {
  readonly capacity?: number;
  readonly slots?: number;
  readonly ip?: boolean;
};

export type Arena = (shape?: ColumnsShape) => Result<Columns, string>;

type Maker<T> = {
  new (buffer: ArrayBufferLike, at: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
};

/** All of the memory that is set aside for columns, handed out from its start to its end. */
export function openArena({ memory, addresses }: Staging): Arena {
  const { buffer } = memory;
  let next = AT.arena;

  /** Of memory that nothing else is handed out of, and so all zeros. */
  function take<T extends Column>(Kind: Maker<T>, length: number): T {
    const column = new Kind(buffer, next, length);
    addresses.set(column, next);
    next += room(length * Kind.BYTES_PER_ELEMENT);
    return column;
  }

  return ({ capacity = CHUNK_ROWS, slots = 6, ip = false } = {}) => {
    if (!isCount(capacity, CHUNK_ROWS)) throw new RangeError(`a chunk of ${capacity} rows`);
    if (!isCount(slots, SLOTS)) throw new RangeError(`a chunk of ${slots} slots`);
    const needed = (slots + (ip ? 1 : 0)) * room(8 * capacity) + room(4 * capacity) + room(2 * capacity);
    if (next + needed + 2 * room(capacity) > AT.arena + MAX_COLUMN_BYTES)
      return fail(`columns in the compiled back-end's memory have ${MAX_COLUMN_BYTES} bytes in all`);
    const slot = () => take(Uint32Array, 2 * capacity);
    return succeed({
      task: take(Uint32Array, capacity),
      event: take(Uint16Array, capacity),
      abi: take(Uint8Array, capacity),
      known: take(Uint8Array, capacity),
      slots: Array.from({ length: slots }, slot),
      ip: ip ? slot() : null,
    });
  };
}

function isCount(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}

/** With a cache line to spare, which is also what may be read behind the last row: see `run`. */
function room(bytes: number): number {
  return (Math.ceil(bytes / CACHE_LINE) + 1) * CACHE_LINE;
}
