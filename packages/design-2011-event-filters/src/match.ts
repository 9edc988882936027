// One perf event's filter × event: whether it matches.

import type { ByteString, TraceEvent, Truth } from "@gatehouse/core";
import { boundFilter } from "@gatehouse/ftrace";
import { type Form, NOTHING } from "./program.js";

export function matches(filter: ByteString | null, event: TraceEvent, { dialect, refuses }: Form): Truth {
  if (filter === null) return true;
  if (filter === NOTHING && refuses === "any event") return false;
  const { format } = event;
  const bound = format === undefined ? null : boundFilter(filter, format, dialect);
  if (bound === null) throw new Error(`\`${filter}\` was set and is no filter`);
  return bound.run(event);
}
