// Memory of the back-end's own for the columns of a chunk: in one piece and, where the system gives them, in huge pages.
// It is an ordinary ArrayBuffer, so JavaScript alone says how long it lives, also when it is moved to another thread. Of
// memory that an addon allocates the collector knows little, and it frees it when the event loop comes round to it:
// whoever makes chunks in a loop would run out of it before.

import {
  type Chunk,
  type Columns,
  type ColumnsShape,
  columnBytes,
  columnsIn,
  fail,
  type Result,
  succeed,
  wholeShape,
} from "@gatehouse/core";
import type { BulkCalls } from "./backend.js";

/** One chunk's columns and where they are. */
export type Place = {
  readonly columns: Columns;
  readonly capacity: number;
  readonly memory: Uint8Array;
  /** Bytes from the start of `memory`: event, entry path, known, task, then each slot. */
  readonly places: Uint32Array;
};

/** By the column that every chunk has. */
const PLACES = new WeakMap<Uint16Array, Place>();

export function newColumns(
  { room, settle }: Pick<BulkCalls, "room" | "settle">,
  shape?: ColumnsShape,
): Result<Columns, string> {
  const whole = wholeShape(shape);
  const bytes = columnBytes(whole);
  const buffer = allocate(room(bytes));
  if (buffer === null) return fail(`there is no memory for ${bytes} bytes of columns`);
  const memory = new Uint8Array(buffer);
  const columns = columnsIn(buffer, settle(memory, bytes), whole);
  const { event, abi, known, task, slots } = columns;
  const places = Uint32Array.from([event, abi, known, task, ...slots], ({ byteOffset }) => byteOffset);
  const { capacity } = whole;
  PLACES.set(event, { columns: { ...columns, slots: [...slots] }, capacity, memory, places });
  return succeed(columns);
}

function allocate(bytes: number): ArrayBuffer | null {
  try {
    return new ArrayBuffer(bytes);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Where the chunk's columns are, if all are of one `newColumns` and still here. */
export function placeOf(chunk: Chunk): Place | undefined {
  const place = PLACES.get(chunk.event);
  return place !== undefined && holds(place, chunk) ? place : undefined;
}

function holds({ columns, capacity, memory }: Place, chunk: Chunk): boolean {
  return (
    memory.length > 0 && // empty once its buffer was moved away
    chunk.capacity <= capacity &&
    chunk.abi === columns.abi &&
    chunk.known === columns.known &&
    chunk.task === columns.task &&
    chunk.narrow === columns.narrow &&
    chunk.slots.length === columns.slots.length &&
    chunk.slots.every((slot, k) => slot === columns.slots[k])
  );
}
