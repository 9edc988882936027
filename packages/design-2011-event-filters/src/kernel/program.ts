// What a task opens: perf events with filter strings, as `perf record` takes them. From Will Drewry's proof of concept
// of 24 May 2011: `perf record -S -e syscalls:sys_enter_write --filter "fd == 1" cmd`.

import type { ByteString, Catalog, EventFormat } from "@gatehouse/core";
import { type DialectName, parseFilter } from "@gatehouse/ftrace";

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
  /** Calls that pass by the native path without an event. */
  readonly exempt: ReadonlySet<string>;
};

/**
 * 24 May 2011, on 2.6.39's perf. Its one recorded run needed `execve` and `set_thread_area`, which no event of 2.6.39 can
 * match, and the mail says that it passes over both, not how: that they always pass is derived.
 */
export const POC: Form = {
  dialect: "2.6.39",
  refuses: "calls",
  exempt: new Set(["execve", "set_thread_area"]),
};

/** What the mail of 26 May describes. */
export const VISION: Form = { dialect: "extended", refuses: "any event", exempt: new Set() };

export function isExempt(format: EventFormat | undefined, { exempt }: Form): boolean {
  return format?.kind === "syscall" && exempt.has(format.name);
}

/** The calls of a kernel that the proof of concept lets pass, for who holds its programs in another way. */
export function exemptCalls(catalog: Catalog): EventFormat[] {
  return catalog.formats.filter((format) => isExempt(format, POC));
}

export type EventFilters = { readonly events: readonly PerfEvent[] };

/** Why an event does not take the filter; null where it does. */
export function refusalOf(
  filter: ByteString,
  format: EventFormat,
  { dialect, refuses }: Form,
): string | null {
  if (filter === NOTHING && refuses === "any event") return null;
  const parsed = parseFilter(filter, format, dialect, undefined, "perf");
  return parsed.ok ? null : (parsed.error[0]?.message ?? "refused");
}
