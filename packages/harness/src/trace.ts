// What the harness asks of a trace, and which of its rows are judged.

import { Bitset, type Chunk, FIRST_OTHER_EVENT, type Task, TraceEvent } from "@gatehouse/core";
import type { Selection } from "./selection.js";

/** A trace that is read once, from its beginning. Its `stats` are complete when its last chunk has been read. */
export type TraceSource = AsyncIterable<Chunk> & {
  readonly stats: {
    readonly tasks: number;
    /** Events that the trace itself says are missing. */
    readonly lostEvents: number;
    readonly unreadable: { readonly count: number };
  };
};

/** What was not judged of a trace that was read to its end. */
export type TraceSummary = {
  readonly tasks: number;
  /** Lines. */
  readonly unreadable: number;
  readonly lostEvents: number;
};

export function summary({ stats: { tasks, unreadable, lostEvents } }: TraceSource): TraceSummary {
  return { tasks, unreadable: unreadable.count, lostEvents };
}

/** Every row of a chunk but those that build the task tree, and of these the selected tasks' alone. */
export function judgedRows(chunk: Chunk, selection: Selection | null): Bitset {
  const rows = Bitset.ones(chunk.length);
  for (let row = 0; row < chunk.length; row++) {
    if ((chunk.event[row] ?? 0) < FIRST_OTHER_EVENT) continue;
    if (chunk.at(row).format?.kind === "task") remove(rows, row);
  }
  selection?.(chunk, rows);
  return rows;
}

export function remove(rows: Bitset, row: number): void {
  const word = row >>> 5;
  rows.words[word] = (rows.words[word] ?? 0) & ~(1 << (row & 31));
}

/** An event of a trace that a report points at. */
export type Witness = {
  /** How many events were judged before it. */
  readonly event: number;
  readonly task: Pick<Task, "pid" | "comm">;
  /** `openat(dfd=0xffffff9c, flags=0x80000)`. */
  readonly call: string;
};

/** `before`: how many events were judged before this chunk. */
export function witness(chunk: Chunk, rows: Bitset, row: number, before: number): Witness {
  const event = new TraceEvent(chunk, row);
  const { pid, comm } = event.task;
  return { event: before + countBelow(rows, row), task: { pid, comm }, call: event.toString() };
}

function countBelow(rows: Bitset, row: number): number {
  let count = 0;
  for (let i = 0; i < row; i++) if (rows.get(i)) count++;
  return count;
}
