// What the addon looks at of a chunk, also of one row of it.

import type { Chunk, TraceEvent } from "@gatehouse/core";

export type Columns = Pick<
  Chunk,
  "length" | "event" | "abi" | "known" | "task" | "tasks" | "slots" | "ip" | "dictionary"
>;

export function rowOf({ chunk, row }: TraceEvent): Columns {
  const { tasks, dictionary, ip } = chunk;
  const words = (column: Uint32Array) => column.subarray(2 * row, 2 * row + 2);
  return {
    length: 1,
    event: chunk.event.subarray(row, row + 1),
    abi: chunk.abi.subarray(row, row + 1),
    known: chunk.known.subarray(row, row + 1),
    task: chunk.task.subarray(row, row + 1),
    slots: chunk.slots.map(words),
    ip: ip === null ? null : words(ip),
    tasks,
    dictionary,
  };
}
