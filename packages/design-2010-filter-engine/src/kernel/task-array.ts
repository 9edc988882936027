// The task side of the form of June 2011, between the second version and the shipped one: a table of indexes by number,
// and one set for a task. Its calls are those of typed-call.ts; PR_SET_SECCOMP, 13 enforces.
//
// A child in a mode has its parent's set, and edits a copy of it: so what a child's text widens, the parent had narrowed.

import {
  ABI,
  type Answer,
  type ByteString,
  type Change,
  type Checked,
  done,
  entryOf,
  judged,
  type Kernel,
  type Outcome,
  PR,
  type Prctl,
  type PrctlRules,
  pointee,
  refused,
  register,
  type TaskState,
  type TraceEvent,
} from "@gatehouse/core";
import { overruns, SHIPPED } from "./generation.js";
import {
  answerOf,
  bufferSize,
  copiedOut,
  instruction,
  isExecve,
  isFilterCall,
  isOtherEvent,
  logLine,
  MAX_FILTER_STR_VAL,
  refusalOf,
  showCall,
  tracedCall,
  unchanged,
} from "./prctl.js";
import { WILDCARD } from "./program.js";
import { FILTER } from "./task-shipped.js";
import { callNumber, type Found, wantedFilter, wantedText } from "./typed-call.js";

/** What a task carries: null until a call makes a set. */
export type FilterSet = {
  readonly side: number;
  /** A text for each number, in the order of the numbers. */
  readonly entries: ReadonlyMap<number, ByteString>;
  /** Slots that were given out. A slot of `1` is never given back. */
  readonly slots: number;
} | null;

type Task = TaskState<FilterSet>;

/** An index has 16 bits, of which some values mean something else. */
const MAX_SLOTS = 65_533;

/** Where no slot is left, the allocation gives an error pointer, and that is put as if it were a set. */
const OOPS: Answer = { ok: false, errno: null };

export const arrayRules: PrctlRules<FilterSet> = {
  nothing: null,

  prctl(task, call, kernel) {
    if (!kernel.filters) return isFilterCall(call) ? unchanged(task, "ENOSYS") : null;
    switch (call.option) {
      case PR.SET_SECCOMP:
        return enforce(task, call);
      case PR.SET_SECCOMP_FILTER:
        return set(task, call, kernel);
      case PR.GET_SECCOMP_FILTER:
        return { task, answer: get(task, call, kernel) };
      case PR.CLEAR_SECCOMP_FILTER:
        return clear(task, call, kernel);
      default:
        return null;
    }
  },

  mayBecomeStrict: false,
  fork: (task) => (isInMode(task) ? task : { ...task, carries: null }),
  check,
  proc: ({ carries }, kernel) => proc(carries, kernel),
};

/** Mode 1 is one as well. */
function isInMode({ mode, strict }: Task): boolean {
  return mode !== 0 || strict;
}

function enforce(task: Task, call: Prctl): Change<FilterSet> {
  if (task.mode !== 0) return unchanged(task, "EPERM");
  if (register(call, 0) !== BigInt(FILTER)) return unchanged(task, "EINVAL");
  return { task: { ...task, mode: FILTER }, answer: done() };
}

function set(task: Task, call: Prctl, kernel: Kernel): Change<FilterSet> {
  const nr = tableNumber(call, kernel);
  if ("errno" in nr) return unchanged(task, nr.errno);
  const text = wantedText(call);
  if ("errno" in text) return unchanged(task, text.errno);
  const wanted = wantedFilter(text.value);
  if ("errno" in wanted) return unchanged(task, wanted.errno);
  const side = entryOf(call);
  const { carries } = task;
  if (carries !== null && carries.side !== side) return unchanged(task, "EACCES");
  const before = carries ?? { side, entries: new Map(), slots: 0 };
  const old = before.entries.get(nr.value);
  if (old === undefined && isInMode(task)) return unchanged(task, "EACCES");

  if (old === undefined && before.slots === MAX_SLOTS) return { task, answer: OOPS };
  const parses = parsesToCopy(before.entries);
  if (wanted.value === WILDCARD && old !== undefined) return unchanged(task, "EINVAL", parses);
  if (wanted.value !== WILDCARD && side !== ABI.native) return unchanged(task, "ENOSYS", parses);
  if (old === WILDCARD) return unchanged(task, "ENOENT", parses);
  const filter = old === undefined ? wanted.value : `(${old}) && (${wanted.value})`;
  if (filter.length >= MAX_FILTER_STR_VAL) return unchanged(task, "E2BIG", parses);
  const { answer, parses: read } = refusalOf(filter, nr.value, kernel, SHIPPED.dialect);
  if (answer !== null) return { task, answer, parses: parses + read };
  const slots = before.slots + (old === undefined ? 1 : 0);
  const entries = new Map(before.entries).set(nr.value, filter);
  return { task: { ...task, carries: { side, entries, slots } }, answer: done(), parses: parses + read };
}

/** A copy reads every expression again. */
function parsesToCopy(entries: ReadonlyMap<number, ByteString>): number {
  return [...entries.values()].filter((filter) => filter !== WILDCARD).length;
}

/** The call that (type, id) means, of those that the table has. */
function tableNumber(call: Prctl, kernel: Kernel): Found<number> {
  const nr = callNumber(call, kernel);
  return "errno" in nr || nr.value < kernel.catalog.calls ? nr : { errno: "EINVAL" };
}

function get({ carries }: Task, call: Prctl, kernel: Kernel): Answer {
  const size = bufferSize(call, 3);
  const nr = tableNumber(call, kernel);
  if (size === null) return refused("EINVAL");
  if ("errno" in nr) return refused(nr.errno);
  const text = carries?.entries.get(nr.value);
  if (carries === null) return refused("EINVAL");
  return text === undefined ? refused("ENOENT") : copiedOut(text, pointee(call, 2), size);
}

function clear(task: Task, call: Prctl, kernel: Kernel): Change<FilterSet> {
  const nr = tableNumber(call, kernel);
  if ("errno" in nr) return unchanged(task, nr.errno);
  const { carries } = task;
  if (carries === null || carries.side !== entryOf(call) || !carries.entries.has(nr.value)) {
    return unchanged(task, "EINVAL");
  }
  const entries = new Map(carries.entries);
  entries.delete(nr.value);
  const slots = carries.slots - (carries.entries.get(nr.value) === WILDCARD ? 0 : 1);
  const after: Task = { ...task, carries: { ...carries, entries, slots } };
  return { task: after, answer: done(), parses: parsesToCopy(entries) };
}

function check(task: Task, event: TraceEvent, nr: number, kernel: Kernel): Checked<FilterSet> {
  if (isOtherEvent(event)) return { task, outcome: judged("allow") };
  if (nr < 0 || nr >= kernel.catalog.calls) return { task, outcome: judged("deny") };
  return { task, outcome: judge(task.carries, event, nr, kernel) };
}

function judge(set: FilterSet, event: TraceEvent, nr: number, kernel: Kernel): Outcome {
  if (set === null) return blocked(event, nr, kernel);
  if (set.side !== event.abi) {
    return blocked(event, nr, kernel, [logLine(event, "seccomp_filter compat() mismatch.")]);
  }
  const filter = set.entries.get(nr);
  if (isExecve(nr, event.abi, kernel)) return blocked(event, nr, kernel);
  const format = tracedCall(nr, kernel);
  if (filter !== undefined && filter !== WILDCARD && format !== null && overruns(SHIPPED, format)) {
    return { ...judged("deny"), bug: true };
  }
  const match = answerOf(filter, event, format, SHIPPED);
  if (match === "unknown") return judged(match);
  return match ? judged("allow") : blocked(event, nr, kernel);
}

function blocked(event: TraceEvent, nr: number, kernel: Kernel, before: readonly string[] = []): Outcome {
  const line = `system call ${showCall(nr, kernel)} blocked at 0x${instruction(event)}`;
  return { ...judged("deny"), log: [...before, logLine(event, line)] };
}

function proc(set: FilterSet, kernel: Kernel): string {
  const sorted = [...(set?.entries ?? [])].sort(([a], [b]) => a - b);
  return sorted.map(([nr, filter]) => `${showCall(nr, kernel)}: ${filter}\n`).join("");
}
