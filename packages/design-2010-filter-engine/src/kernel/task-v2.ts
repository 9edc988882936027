// The task side of "[PATCH 3/5] v2" of 11 May 2011, and of the same with its bugs mended. They differ in the parts that
// `Parts` lists and in nothing else.
//
//   prctl(PR_SET_SECCOMP_FILTER, nr, "fd == 0")     adds, or narrows what is there; as a text
//   prctl(PR_GET_SECCOMP_FILTER, nr, buf, size)
//   prctl(PR_CLEAR_SECCOMP_FILTER, nr)              once enforced, for good
//   prctl(PR_SET_SECCOMP, 2, flags)                 enforces
//
// A change makes a copy of the task's state and publishes the copy, so what a child shares with its parent is never
// changed under it. A child begins with all of it, enforced or not; exec lets go of nothing.

import {
  ABI,
  type Abi,
  type Answer,
  type ByteString,
  type Change,
  type Checked,
  type Cost,
  done,
  entryOf,
  judged,
  type Kernel,
  PR,
  type Prctl,
  type PrctlRules,
  pointee,
  refused,
  register,
  type TaskState,
  type TraceEvent,
} from "@gatehouse/core";
import { type Generation, overruns } from "./generation.js";
import { copied, EMPTY, entriesOf, find, type HashTable, parsesToCopy, put, without } from "./hash-table.js";
import {
  answerOf,
  bufferSize,
  copiedOut,
  instruction,
  isOtherEvent,
  logLine,
  MAX_FILTER_STR_VAL,
  refusalOf,
  showCall,
  stripped,
  tracedCall,
  unchanged,
  userText,
} from "./prctl.js";
import { WILDCARD } from "./program.js";

/** The value of PR_SET_SECCOMP. */
export const FILTER = 2;
const FILTER_ON_EXEC = 1n << 1n;

export type Parts = {
  readonly generation: Generation;
  /** The text that a call has after `wanted` was set where `old` was. */
  narrow(old: ByteString, wanted: ByteString): ByteString;
  /** Whether the new text must be a filter by itself, before it is joined with the old one. */
  readonly parsesAlone: boolean;
  /** Whether a text beyond 255 bytes is refused, and not cut off. */
  readonly refusesLong: boolean;
  /** What the table counts after an entry took the place of another. */
  countNarrowed(count: number): number;
  /** Whether a text by that entry path is held against metadata, which is the native table's; else only `1` works there. */
  takesTexts(entry: number): boolean;
  /** Whether a SET by `entry` is one of the set's own side, by the side that the set has. */
  isOwnSide(set: Abi, entry: number): boolean;
  /** Whether a call's entry path is taken for another than the set's. */
  isForeign(set: Abi, entry: number, kernel: Kernel): boolean;
  /** Whether an attempt to exec, of that number and path, ends FILTER_ON_EXEC where its filter lets it pass, or not. */
  endsOnExec(nr: number, abi: number, passes: boolean, kernel: Kernel): boolean;
  /** Whether mode 2 can be set in a kernel that was built without filters. */
  readonly isAlwaysBuilt: boolean;
};

/** What a task carries: null until a call makes a state. */
export type FilterSet = {
  readonly table: HashTable;
  /** The side that the set is for. */
  readonly side: Abi;
  /** FILTER_ON_EXEC is set: what fails is let through. */
  readonly waits: boolean;
} | null;

type Task = TaskState<FilterSet>;

export function v2Rules(parts: Parts): PrctlRules<FilterSet> {
  return {
    nothing: null,

    prctl(task, call, kernel) {
      switch (call.option) {
        case PR.SET_SECCOMP:
          return enforce(task, call, kernel, parts);
        case PR.SET_SECCOMP_FILTER:
          return set(task, call, kernel, parts);
        case PR.GET_SECCOMP_FILTER:
          return { task, answer: get(task, call, kernel) };
        case PR.CLEAR_SECCOMP_FILTER:
          return clear(task, call, kernel);
        default:
          return null;
      }
    },

    mayBecomeStrict: false,
    strict: (carries, call) => copyOf(carries, call),
    fork: (task) => task,
    check: (task, event, nr, kernel) => check(task, event, nr, kernel, parts),
    proc: (task, kernel) => proc(task, kernel),
  };
}

/** The copy that a change begins with, and what its parser reads for that. */
function copyOf(carries: FilterSet, call: Prctl): { readonly carries: NonNullable<FilterSet> } & Cost {
  if (carries === null) return { carries: { table: EMPTY, side: sideOf(call), waits: false } };
  return { carries: { ...carries, table: copied(carries.table) }, parses: parsesToCopy(carries.table) };
}

function sideOf(call: Prctl): Abi {
  return entryOf(call) === ABI.int80 ? ABI.int80 : ABI.native;
}

function enforce(task: Task, call: Prctl, kernel: Kernel, parts: Parts): Change<FilterSet> {
  if (task.mode !== 0) return unchanged(task, "EPERM");
  const isBuilt = kernel.filters || parts.isAlwaysBuilt;
  if (register(call, 0) !== BigInt(FILTER) || !isBuilt) return unchanged(task, "EINVAL");
  const { carries, parses = 0 } = copyOf(task.carries, call);
  const waits = (register(call, 1) & FILTER_ON_EXEC) !== 0n;
  return { task: { ...task, mode: FILTER, carries: { ...carries, waits } }, answer: done(), parses };
}

function set(task: Task, call: Prctl, kernel: Kernel, parts: Parts): Change<FilterSet> {
  const nr = callNumber(call, kernel);
  if (nr === null) return unchanged(task, "EINVAL");
  const pointer = pointee(call, 1);
  const text = userText(pointer);
  if (text === null) return unchanged(task, "EFAULT");
  if (!kernel.filters) return unchanged(task, "ENOSYS");
  const isCut = typeof pointer === "string" && pointer.length >= MAX_FILTER_STR_VAL;
  if (parts.refusesLong && isCut) return unchanged(task, "E2BIG");

  const { carries, parses = 0 } = copyOf(task.carries, call);
  const { table } = carries;
  const isOwn = kernel.compat === null || parts.isOwnSide(carries.side, entryOf(call));
  if (!isOwn && table.count > 0) return unchanged(task, "EACCES", parses);
  const wanted = stripped(text);
  if (wanted === null) return unchanged(task, "EINVAL", parses);
  const old = find(table, nr);
  const merged = old === undefined ? wanted : parts.narrow(old, wanted);
  if (merged.length >= MAX_FILTER_STR_VAL) return unchanged(task, "E2BIG", parses);
  if (old === undefined && task.mode === FILTER) return unchanged(task, "EACCES", parses);
  if (merged !== WILDCARD && !parts.takesTexts(entryOf(call))) return unchanged(task, "ENOSYS", parses);
  const { dialect } = parts.generation;
  const alone = parts.parsesAlone ? refusalOf(wanted, nr, kernel, dialect).answer : null;
  const whole = refusalOf(merged, nr, kernel, dialect);
  const answer = alone ?? whole.answer;
  if (answer !== null) return { task, answer, parses: parses + whole.parses };

  const count = table.count + 1;
  const filled = put(table, { nr, filter: merged }, old === undefined ? count : parts.countNarrowed(count));
  const side = isOwn ? carries.side : sideOf(call);
  const after: Task = { ...task, carries: { ...carries, table: filled, side } };
  return { task: after, answer: done(), parses: parses + whole.parses };
}

function get({ carries }: Task, call: Prctl, kernel: Kernel): Answer {
  const size = bufferSize(call, 2);
  const nr = callNumber(call, kernel);
  if (size === null || nr === null) return refused("EINVAL");
  if (!kernel.filters) return refused("ENOSYS");
  const text = carries === null ? undefined : find(carries.table, nr);
  return text === undefined ? refused("ENOENT") : copiedOut(text, pointee(call, 1), size);
}

function clear(task: Task, call: Prctl, kernel: Kernel): Change<FilterSet> {
  const nr = callNumber(call, kernel);
  if (nr === null) return unchanged(task, "EINVAL");
  if (!kernel.filters) return unchanged(task, "ENOSYS");
  const { carries, parses = 0 } = copyOf(task.carries, call);
  return {
    task: { ...task, carries: { ...carries, table: without(carries.table, nr) } },
    answer: done(),
    parses,
  };
}

/** Of the native table, whatever the path; null where the table has no such number. */
function callNumber(call: Prctl, { catalog }: Kernel): number | null {
  const nr = register(call, 0);
  return nr < BigInt(catalog.calls) ? Number(nr) : null;
}

function check(task: Task, event: TraceEvent, nr: number, kernel: Kernel, parts: Parts): Checked<FilterSet> {
  const { carries } = task;
  if (isOtherEvent(event)) return { task, outcome: judged("allow") };
  const isCall = event.abi !== ABI.x32 && nr >= 0 && nr < kernel.catalog.calls;
  if (carries === null || !kernel.filters || !isCall) return { task, outcome: judged("deny") };
  if (parts.isForeign(carries.side, event.abi, kernel)) {
    const line = logLine(event, "seccomp filter compat() mismatch.");
    return { task, outcome: { ...judged("deny"), log: [line] } };
  }
  const filter = find(carries.table, nr);
  const format = tracedCall(nr, kernel);
  if (filter !== undefined && filter !== WILDCARD && format !== null && overruns(parts.generation, format)) {
    return { task, outcome: { ...judged("deny"), bug: true } };
  }
  const match = answerOf(filter, event, format, parts.generation);
  if (carries.waits) return waiting(task, event, nr, match === true, kernel, parts);
  if (match !== false) return { task, outcome: judged(match === true ? "allow" : match) };
  const line = `system call ${showCall(nr, kernel)} blocked at ip:${instruction(event)}`;
  return { task, outcome: { ...judged("deny"), log: [logLine(event, line)] } };
}

/** FILTER_ON_EXEC: whatever the filters say passes, and the attempt to exec that ends the wait is made on a copy. */
function waiting(
  task: Task,
  event: TraceEvent,
  nr: number,
  match: boolean,
  kernel: Kernel,
  parts: Parts,
): Checked<FilterSet> {
  const { carries } = task;
  const outcome = judged("allow");
  if (carries === null || !parts.endsOnExec(nr, event.abi, match, kernel)) return { task, outcome };
  const after: Task = { ...task, carries: { ...carries, table: copied(carries.table), waits: false } };
  return { task: after, outcome, parses: parsesToCopy(carries.table) };
}

/** Nothing without a state. What the kernel calls filtering begins when the wait for an exec ends. */
function proc({ mode, carries }: Task, kernel: Kernel): string {
  if (carries === null || !kernel.filters) return "";
  const filters = entriesOf(carries.table).flatMap(({ nr, filter }) => [
    `SystemCall: ${showCall(nr, kernel)}`,
    `Filter: ${filter}`,
  ]);
  const isFiltering = mode === FILTER && !carries.waits;
  const head = [`Filtering: ${isFiltering ? 1 : 0}`, `FilterCount: ${carries.table.count}`];
  return [...head, ...filters].map((line) => `${line}\n`).join("");
}
