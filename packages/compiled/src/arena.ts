// Columns of chunks in the memory where they are judged.

import { type BackendInPlace, columnBytes, columnsIn, fail, succeed, wholeShape } from "@gatehouse/core";
import { AT, MAX_COLUMN_BYTES } from "./layout.js";
import type { Staging } from "./staging.js";

/** All of the memory that is set aside for columns, handed out from its start to its end. */
export function openArena({ memory, addresses }: Staging): BackendInPlace["columns"] {
  const { buffer } = memory;
  let next = AT.arena;
  return (shape) => {
    const whole = wholeShape(shape);
    const start = next;
    if (start + columnBytes(whole) > AT.arena + MAX_COLUMN_BYTES)
      return fail(`columns in the compiled back-end's memory have ${MAX_COLUMN_BYTES} bytes in all`);
    next += columnBytes(whole);
    // `run` in judge.ts may read up to 7 rows behind a column's last: `columnsIn` leaves that much room behind each.
    const columns = columnsIn(buffer, start, whole);
    const { task, event, abi, known, slots, ip } = columns;
    for (const column of [task, event, abi, known, ...slots, ...(ip === null ? [] : [ip])])
      addresses.set(column, column.byteOffset);
    return succeed(columns);
  };
}
