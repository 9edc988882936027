// The events there are: how tracing names them, which of them can be opened, and what a filter on one does.

import type { ByteString, Catalog, EventFormat, Kernel, TraceEvent, Truth } from "@gatehouse/core";
import { boundFilter, type DialectName, parseFilter } from "@gatehouse/ftrace";

/** How tracing names an event; null where it does not cover it. */
export function eventName({ system, event }: EventFormat): string | null {
  return event === null ? null : `${system}:${event}`;
}

/** Of those that are judged. */
export function eventFormat(name: string, catalog: Catalog): EventFormat | undefined {
  const format = tracedFormat(name, catalog);
  return format?.kind === "task" ? undefined : format;
}

/** Of any that a task can open: fork, exec and exit too. */
export function tracedFormat(name: string, catalog: Catalog): EventFormat | undefined {
  const format = catalog.byName(name.slice(name.indexOf(":") + 1));
  return format !== undefined && eventName(format) === name ? format : undefined;
}

export function isTraced(event: string, { catalog, ftrace }: Kernel): boolean {
  const format = tracedFormat(event, catalog);
  return format !== undefined && (ftrace || format.kind !== "syscall");
}

/** Whether an event takes a text as its filter. */
export type TakesFilter = (filter: ByteString, format: EventFormat) => boolean;

/** A filter is less than a page. */
const PAGE = 4096;

/** As 2.6.39 did. */
export const takesFilter: TakesFilter = (filter, format) =>
  filter.length < PAGE && parseFilter(filter, format, "2.6.39", undefined, "perf").ok;

/** One event's filter × what happened. Without a filter everything matches. */
export function matches(filter: ByteString | null, event: TraceEvent, dialect: DialectName): Truth {
  if (filter === null) return true;
  const { format } = event;
  const bound = format === undefined ? null : boundFilter(filter, format, dialect, "perf");
  if (bound === null) throw new Error(`\`${filter}\` was set and is no filter`);
  return bound.run(event);
}
