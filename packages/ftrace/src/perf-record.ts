// What a filter on a perf event looks at. Perf fills the common fields of its records in, where the filter engine leaves
// them 0. `common_pid` is the pid of the task; the others no trace shows, so what a filter asks of them is not known.

import { type EventFormat, type Field, PID_SLOT, UNSEEN_SLOT } from "@gatehouse/core";
import type { DialectName } from "./dialect.js";
import { recordFormatOf } from "./field-class.js";

/** The event, with the common fields that its perf records have. */
export function perfRecord(format: EventFormat, dialect: DialectName): EventFormat {
  // The extended language has no word for them.
  if (dialect === "extended") return format;
  const known = records[dialect].get(format);
  if (known !== undefined) return known;
  const common = recordFormatOf(format, dialect).fields.filter(({ common }) => common === true);
  const made = { ...format, fields: [...common.map(seen), ...format.fields] };
  records[dialect].set(format, made);
  return made;
}

function seen({ name, type, offset, size, signed }: Omit<Field, "slot" | "kind">): Field {
  const slot = name === "common_pid" ? PID_SLOT : UNSEEN_SLOT;
  return { name, type, kind: "number", slot, offset, size, signed };
}

const records: Readonly<Record<Exclude<DialectName, "extended">, WeakMap<EventFormat, EventFormat>>> = {
  "2.6.38": new WeakMap(),
  "2.6.39": new WeakMap(),
  "6.18": new WeakMap(),
};
