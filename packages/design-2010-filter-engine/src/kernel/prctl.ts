// What the generations' prctl calls share: which call a number means, what a string is checked for, how a text narrows
// another, and the lines that the kernel prints.

import {
  ABI,
  type Answer,
  type Change,
  catalogOf,
  type EventFormat,
  type Kernel,
  PR,
  type Prctl,
  refused,
  type TaskState,
  type TraceEvent,
} from "@gatehouse/core";
import { boundFilter, type DialectName } from "@gatehouse/ftrace";
import { MAX_FILTER_STR_VAL } from "./generation.js";
import { WILDCARD } from "./program.js";

/** The filters of a set: a text for each number. */
export type Entries = ReadonlyMap<number, string>;

/** Of the table of that entry path. */
export function isCallNumber(nr: number, abi: number, kernel: Kernel): boolean {
  return Number.isInteger(nr) && nr >= 0 && nr < (catalogOf(kernel, abi)?.calls ?? 0);
}

export function isExecve(nr: number, abi: number, kernel: Kernel): boolean {
  return catalogOf(kernel, abi)?.byName("execve")?.id === nr;
}

/** Without the blanks around it; null where nothing is left. */
export function stripped(text: string): string | null {
  const inside = text.replace(/^[\t-\r \xa0]+|[\t-\r \xa0]+$/g, "");
  return inside === "" ? null : inside;
}

/** Why the call cannot have the filter; null where it can. Of calls by another path nothing is known but the number. */
export function refusalOf(
  filter: string,
  nr: number,
  abi: number,
  kernel: Kernel,
  dialect: DialectName,
): Answer | null {
  if (filter.length >= MAX_FILTER_STR_VAL) return refused("E2BIG");
  if (filter === WILDCARD) return null;
  const format = abi === ABI.native ? tracedCall(nr, kernel) : null;
  if (format === null) return refused("ENOSYS");
  return boundFilter(filter, format, dialect) === null ? refused("EINVAL") : null;
}

/** What GET answers of a text; null: there is none. */
export function written(text: string | undefined, hasBuffer: boolean, size: number): Answer {
  if (size < 1) return refused("EINVAL");
  if (text === undefined) return refused("ENOENT");
  if (text.length + 1 > size) return refused("ENOSPC");
  // What a success returns is not recorded; the text is what was asked for.
  return hasBuffer ? { ok: true, value: 0, text } : refused("EFAULT");
}

/** A call that filters can look at. */
export function tracedCall(nr: number, { catalog, ftrace }: Kernel): EventFormat | null {
  const format = catalog.byId(nr);
  return ftrace && format !== undefined && format.event !== null ? format : null;
}

/** `0 (sys_read)`: the name is the metadata's, of the native table whatever the path. */
export function showCall(nr: number, kernel: Kernel): string {
  const event = tracedCall(nr, kernel)?.event ?? null;
  return `${nr} (${event === null ? "unknown" : event.replace("sys_enter_", "sys_")})`;
}

/** `sh[7]: system call 1 (sys_write) blocked at 0x7f00`; where the trace has no instruction pointer, `?`. */
export function denialLog(event: TraceEvent, kernel: Kernel): string {
  const { comm, pid } = event.task;
  return `${comm}[${pid}]: system call ${showCall(event.id, kernel)} blocked at ${instruction(event)}`;
}

function instruction({ chunk: { ip }, row }: TraceEvent): string {
  if (ip === null) return "?";
  const [low = 0, high = 0] = [ip[2 * row], ip[2 * row + 1]];
  return `0x${((BigInt(high) << 32n) | BigInt(low)).toString(16)}`;
}

/** In ascending order, so that the same set is the same text: the first generation's was that of its hash. */
export function sorted(entries: Entries): [number, string][] {
  return [...entries].sort(([a], [b]) => a - b);
}

export function withEntry(entries: Entries, nr: number, filter: string): Entries {
  return new Map(entries).set(nr, filter);
}

export function withoutEntry(entries: Entries, nr: number): Entries {
  return new Map([...entries].filter(([other]) => other !== nr));
}

/** CONFIG_SECCOMP_FILTER is off: the new numbers are known, and there is nothing behind them. */
export function withoutConfig<C>(task: TaskState<C>, call: Prctl): Change<C> | null {
  const isNew =
    call.option === PR.SET_SECCOMP_FILTER ||
    call.option === PR.GET_SECCOMP_FILTER ||
    call.option === PR.CLEAR_SECCOMP_FILTER;
  return isNew ? { task, answer: refused("ENOSYS") } : null;
}
