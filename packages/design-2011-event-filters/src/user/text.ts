// The native form: perf's command line, an event and its filter a line.

import type { Catalog, Line, Result } from "@gatehouse/core";
import { eventFormat } from "@gatehouse/perf-events";
import { type EventFilters, type Form, type PerfEvent, refusalOf } from "../kernel/program.js";

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
