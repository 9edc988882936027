// Columns of one chunk side by side in one piece of memory, for back-ends that have memory of their own.

import type { Backend } from "./backend.js";
import { SLOTS } from "./catalog.js";
import { CHUNK_ROWS, type Columns, type ColumnsShape, wordsIn } from "./chunk.js";
import type { Result } from "./diagnostic.js";

/** A back-end that judges rows where they lie, if they lie in memory that it gave. */
export type BackendInPlace = Backend & {
  /**
   * Columns of zeroes in the back-end's own memory, to make a `Chunk` of the same shape with. An error, in words, where
   * there is no more of it: a chunk with columns of its own serves then, and gets the same answers. Throws a RangeError for
   * a shape that no chunk has.
   */
  readonly columns: (shape?: ColumnsShape) => Result<Columns, string>;
};

/** A shape that a chunk can have, nothing of it left open. Throws a RangeError for any other. */
export function wholeShape(shape: ColumnsShape = {}): Required<ColumnsShape> {
  const { capacity = CHUNK_ROWS, slots = 6, narrow = 0, ip = false } = shape;
  if (!isCount(capacity, CHUNK_ROWS)) throw new RangeError(`a chunk of ${capacity} rows`);
  if (!isCount(slots, SLOTS)) throw new RangeError(`a chunk of ${slots} slots`);
  if (!isCount(narrow, 2 ** slots - 1)) throw new RangeError(`a chunk of ${slots} slots, narrow ${narrow}`);
  return { capacity, slots, narrow, ip };
}

function isCount(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}

/** How many bytes `columnsIn` takes. */
export function columnBytes({ capacity, slots, narrow, ip }: Required<ColumnsShape>): number {
  let bytes = room(4 * capacity) + room(2 * capacity) + 2 * room(capacity) + (ip ? room(8 * capacity) : 0);
  for (let k = 0; k < slots; k++) bytes += room(4 * wordsIn(narrow, k) * capacity);
  return bytes;
}

/**
 * The columns from byte `at` on, of memory that nothing else uses: each at the start of a cache line if `at` is. Throws a
 * RangeError where there are fewer than `columnBytes` bytes from there on.
 */
export function columnsIn(
  buffer: ArrayBuffer,
  at: number,
  { capacity, slots, narrow, ip }: Required<ColumnsShape>,
): Columns {
  let next = at;
  const place = (bytes: number) => {
    const start = next;
    next += room(bytes);
    return start;
  };
  const words = (each: number) => new Uint32Array(buffer, place(4 * each * capacity), each * capacity);
  return {
    task: new Uint32Array(buffer, place(4 * capacity), capacity),
    event: new Uint16Array(buffer, place(2 * capacity), capacity),
    abi: new Uint8Array(buffer, place(capacity), capacity),
    known: new Uint8Array(buffer, place(capacity), capacity),
    slots: Array.from({ length: slots }, (_, k) => words(wordsIn(narrow, k))),
    narrow,
    ip: ip ? words(2) : null,
  };
}

const CACHE_LINE = 64;

/**
 * With a line to spare, or the same row of all columns would compete for one place in the cache; a back-end may read it,
 * behind the last row.
 */
function room(bytes: number): number {
  return (Math.ceil(bytes / CACHE_LINE) + 1) * CACHE_LINE;
}
