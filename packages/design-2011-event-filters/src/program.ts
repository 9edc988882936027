// What a task opens: perf events with filter strings, as `perf record` takes them. From Will Drewry's proof of concept
// of 24 May 2011: `perf record -S -e syscalls:sys_enter_write --filter "fd == 1" cmd`.

import type { ByteString, Catalog, EventFormat, Line, Result } from "@gatehouse/core";
import { type DialectName, parseFilter } from "@gatehouse/ftrace";
import { eventFormat } from "@gatehouse/perf-events";

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

/** In what the variants differ as far as one event goes. */
export type Form = {
  readonly dialect: DialectName;
  /** What can be refused: system calls, at their entry, or any event. */
  readonly refuses: "calls" | "any event";
};

/** 24 May 2011, on 2.6.39's perf. */
export const POC: Form = { dialect: "2.6.39", refuses: "calls" };

/** What the mail of 26 May describes. */
export const VISION: Form = { dialect: "extended", refuses: "any event" };

export type EventFilters = { readonly events: readonly PerfEvent[] };

/** `-e syscalls:sys_enter_write --filter 'fd == 1'` */
export function print({ events }: EventFilters): string[] {
  return events.map(
    ({ event, filter }) => `-e ${event}${filter === null ? "" : ` --filter ${quote(filter)}`}`,
  );
}

export function parse(lines: readonly Line[], catalog: Catalog, form: Form): Result<EventFilters> {
  const events: PerfEvent[] = [];
  for (const line of lines) {
    const [, before = "", event = "", between = "", quoted] = FORM.exec(line.text) ?? [];
    if (event === "")
      return wrong(line, 0, line.text.length, "not of the form `-e system:event --filter '…'`");
    const format = eventFormat(event, catalog);
    if (format === undefined) {
      return wrong(line, before.length, event.length, `${catalog.title} has no event \`${event}\``);
    }
    if (form.refuses === "calls" && format.kind !== "syscall") {
      return wrong(line, before.length, event.length, `\`${event}\` is no system call and cannot be refused`);
    }
    const filter = quoted === undefined ? null : unquote(quoted);
    const message = filter === null ? null : refusalOf(filter, format, form);
    if (message !== null) {
      return wrong(line, before.length + event.length + between.length, quoted?.length ?? 0, message);
    }
    events.push({ event, filter });
  }
  return { ok: true, value: { events } };
}

/** Why an event does not take the filter; null where it does. */
export function refusalOf(
  filter: ByteString,
  format: EventFormat,
  { dialect, refuses }: Form,
): string | null {
  if (filter === NOTHING && refuses === "any event") return null;
  const parsed = parseFilter(filter, format, dialect);
  return parsed.ok ? null : (parsed.error[0]?.message ?? "refused");
}

const FORM = /^(\s*-e\s+)(\w+:\w+)(?:(\s+--filter\s+)('(?:[^']|'\\'')*'))?\s*$/;

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
