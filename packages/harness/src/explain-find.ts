// The event that a report points at by its number.

import { fail, type Result, succeed, type TraceEvent } from "@gatehouse/core";
import type { Selection } from "./selection.js";
import { judgedRows, type TraceSource } from "./trace.js";

/** The event before which `number` others are judged; how many there are, where that is not enough. */
export async function findEvent(
  trace: TraceSource,
  selection: Selection | null,
  number: number,
): Promise<Result<TraceEvent, number>> {
  let before = 0;
  for await (const chunk of trace) {
    const rows = judgedRows(chunk, selection);
    const count = rows.count();
    if (number >= before + count) {
      before += count;
      continue;
    }
    for (let row = 0, judged = before; row < chunk.length; row++) {
      if (rows.get(row) && judged++ === number) return succeed(chunk.at(row));
    }
  }
  return fail(before);
}
