// What a task opens: perf events with filter strings, as `perf record` takes them. From Will Drewry's proof of concept
// of 24 May 2011: `perf record -S -e syscalls:sys_enter_write --filter "fd == 1" cmd`.

import type { ByteString, Catalog, EventFormat, Line, Result } from "@gatehouse/core";
import { parseFilter } from "@gatehouse/ftrace";

export type PerfEvent = {
  /** `syscalls:sys_enter_write` */
  readonly event: string;
  /** Null: every event matches. `NOTHING`: none does. */
  readonly filter: ByteString | null;
};

/**
 * The filter that no event matches. The analysis of 19 May 2011 speaks of a `0` filter for what must never pass, and adds
 * that the parser of its day refuses it; what the mail describes needs it for events that are no calls.
 */
export const NOTHING = "0";

export type EventFilters = { readonly events: readonly PerfEvent[] };

/** `-e syscalls:sys_enter_write --filter 'fd == 1'` */
export function print({ events }: EventFilters): string[] {
  return events.map(
    ({ event, filter }) => `-e ${event}${filter === null ? "" : ` --filter ${quote(filter)}`}`,
  );
}

export function parse(lines: readonly Line[], catalog: Catalog): Result<EventFilters> {
  const events: PerfEvent[] = [];
  for (const line of lines) {
    const [, before = "", event = "", between = "", quoted] = FORM.exec(line.text) ?? [];
    if (event === "")
      return wrong(line, 0, line.text.length, "not of the form `-e system:event --filter '…'`");
    const format = eventFormat(event, catalog);
    if (format === undefined) {
      return wrong(line, before.length, event.length, `${catalog.title} has no event \`${event}\``);
    }
    const filter = quoted === undefined ? null : unquote(quoted);
    const parsed = filter === null || filter === NOTHING ? null : parseFilter(filter, format, "extended");
    if (parsed?.ok === false) {
      const message = parsed.error[0]?.message ?? "refused";
      return wrong(line, before.length + event.length + between.length, quoted?.length ?? 0, message);
    }
    events.push({ event, filter });
  }
  return { ok: true, value: { events } };
}

const FORM = /^(\s*-e\s+)(\w+:\w+)(?:(\s+--filter\s+)('(?:[^']|'\\'')*'))?\s*$/;

/** How tracing names an event; null where it does not cover it. */
export function eventName({ system, event }: EventFormat): string | null {
  return event === null ? null : `${system}:${event}`;
}

export function eventFormat(name: string, catalog: Catalog): EventFormat | undefined {
  const format = catalog.byName(name.slice(name.indexOf(":") + 1));
  return format !== undefined && eventName(format) === name && format.kind !== "task" ? format : undefined;
}

/** As a shell wants it: a `'` inside ends the quotes, stands escaped, and opens them again. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replaceAll("'\\''", "'");
}

function wrong(line: Line, at: number, length: number, message: string): Result<never> {
  const start = line.start + at;
  return { ok: false, error: [{ message, start, end: start + length }] };
}
