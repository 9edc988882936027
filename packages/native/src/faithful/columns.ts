// What the addon looks at of a chunk, also of one row of it.

import { type Chunk, type TraceEvent, wideSlot } from "@gatehouse/core";

export type Columns = Pick<
  Chunk,
  "length" | "event" | "abi" | "known" | "task" | "tasks" | "slots" | "ip" | "dictionary"
>;

/** Each slot wide. */
export function allOf(chunk: Chunk): Columns {
  if (chunk.narrow === 0) return chunk;
  const { length, event, abi, known, task, tasks, ip, dictionary } = chunk;
  const slots = chunk.slots.map((_, k) => wideSlot(chunk, k, 0, length));
  return { length, event, abi, known, task, tasks, slots, ip, dictionary };
}

export function rowOf({ chunk, row }: TraceEvent): Columns {
  const { tasks, dictionary, ip } = chunk;
  return {
    length: 1,
    event: chunk.event.subarray(row, row + 1),
    abi: chunk.abi.subarray(row, row + 1),
    known: chunk.known.subarray(row, row + 1),
    task: chunk.task.subarray(row, row + 1),
    slots: chunk.slots.map((_, k) => wideSlot(chunk, k, row, 1)),
    ip: ip === null ? null : ip.subarray(2 * row, 2 * row + 2),
    tasks,
    dictionary,
  };
}
