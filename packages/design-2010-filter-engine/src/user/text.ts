// The native form: `name: filter` lines, as minijail0 kept them in files (2011), and the prctl calls of programs.

import type { ByteString, Catalog, EventFormat, Line, Result } from "@gatehouse/core";
import { type DialectName, parseFilter } from "@gatehouse/ftrace";
import type { Generation } from "../kernel/generation.js";
import { type FilterEngine, WILDCARD } from "../kernel/program.js";

/** `read: fd == 0` */
export function print({ filters }: FilterEngine, catalog: Catalog): string[] {
  return filters.map(({ nr, filter }) => `${catalog.nameOf(nr)}: ${filter}`);
}

/** Reads `name: filter`, `number: filter` and `prctl(PR_SET_SECCOMP_FILTER, __NR_read, "fd == 0")`, mixed as they come. */
export function parse(
  lines: readonly Line[],
  catalog: Catalog,
  { dialect, maxBytes }: Generation,
): Result<FilterEngine> {
  const filters = new Map<number, ByteString>();
  for (const line of lines) {
    const form = COLON.exec(line.text) ?? PRCTL.exec(line.text);
    const [, before = "", call = "", between = "", filter = ""] = form ?? [];
    if (form === null) return wrong(line, 0, line.text.length, "neither `name: filter` nor a prctl call");
    const format = callFormat(call, catalog);
    const at = before.length;
    if (format === undefined)
      return wrong(line, at, call.length, `\`${call}\` is no call of ${catalog.title}`);
    if (filters.has(format.id)) return wrong(line, at, call.length, `a second filter for \`${call}\``);
    const start = at + call.length + between.length;
    if (filter.length > maxBytes) {
      return wrong(line, start, filter.length, `a filter has at most ${maxBytes} bytes`);
    }
    const refused = filter === WILDCARD ? null : check(filter, format, dialect);
    if (refused !== null) return wrong(line, start, filter.length, refused);
    filters.set(format.id, filter);
  }
  const sorted = [...filters].map(([nr, filter]) => ({ nr, filter })).sort((a, b) => a.nr - b.nr);
  return { ok: true, value: { filters: sorted } };
}

const COLON = /^(\s*)(\w+)(\s*:\s*)(.*?)\s*$/;
const PRCTL = /^(\s*prctl\(\s*PR_SET_SECCOMP_FILTER\s*,\s*)(\w+)(\s*,\s*")(.*)"\s*\)\s*;?\s*$/;

function callFormat(call: string, catalog: Catalog): EventFormat | undefined {
  const format = /^\d+$/.test(call) ? catalog.byId(Number(call)) : catalog.byName(call.replace(/^__NR_/, ""));
  return format?.kind === "syscall" ? format : undefined;
}

function check(filter: ByteString, format: EventFormat, dialect: DialectName): string | null {
  if (format.event === null)
    return `tracing does not cover \`${format.name}\`: only \`1\` works on it (ENOSYS)`;
  const parsed = parseFilter(filter, format, dialect, undefined, "zeroed");
  return parsed.ok ? null : (parsed.error[0]?.message ?? "refused");
}

function wrong(line: Line, at: number, length: number, message: string): Result<never> {
  const start = line.start + at;
  return { ok: false, error: [{ message, start, end: start + length }] };
}
