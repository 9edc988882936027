// The task side of "[PATCH 3/5] v2" of 11 May 2011, and of the same with its bugs mended. They differ in the parts that
// `Parts` lists and in nothing else.
//
//   prctl(PR_SET_SECCOMP_FILTER, nr, "fd == 0")     adds, or narrows what is there; as a text
//   prctl(PR_GET_SECCOMP_FILTER, nr, buf, size)
//   prctl(PR_CLEAR_SECCOMP_FILTER, nr)              once enforced, for good
//   prctl(PR_SET_SECCOMP, 2, flags)                 enforces
//
// State is the task's own, also a thread's. A child begins with all of it, enforced or not; exec lets go of nothing.

import {
  ABI,
  type Answer,
  type Change,
  done,
  entryOf,
  FIRST_OTHER_EVENT,
  type Kernel,
  numberArgument,
  type Outcome,
  PR,
  type Prctl,
  type PrctlRules,
  pointee,
  refused,
  type TaskState,
  type TraceEvent,
  type Verdict,
} from "@gatehouse/core";
import { boundFilter } from "@gatehouse/ftrace";
import type { Generation } from "./generation.js";
import {
  denialLog,
  type Entries,
  isCallNumber,
  isExecve,
  refusalOf,
  showCall,
  sorted,
  stripped,
  withEntry,
  withoutConfig,
  withoutEntry,
  written,
} from "./prctl.js";
import { WILDCARD } from "./program.js";

/** The value of PR_SET_SECCOMP. */
export const FILTER = 2;
const FILTER_ON_EXEC = 1 << 1;
const MAX_ENTRIES = 511;

export type Parts = {
  readonly generation: Generation;
  /** The text that a call has after `wanted` was set where `old` was. */
  narrow(old: string, wanted: string): string;
  /** Whether a call's entry path is taken for another than the set's. */
  isForeign(set: number, entry: number, kernel: Kernel): boolean;
  /** Whether an attempt to exec ends FILTER_ON_EXEC, by whether the set lets it pass. */
  endsOnExec(passes: boolean): boolean;
};

/** What a task carries. */
export type FilterSet = {
  readonly entries: Entries;
  /** The path of the call that made the set; null: no call has. */
  readonly abi: number | null;
  /** FILTER_ON_EXEC is set: what fails is let through. */
  readonly waits: boolean;
};

type Task = TaskState<FilterSet>;

export function v2Rules(parts: Parts): PrctlRules<FilterSet> {
  return {
    nothing: { entries: new Map(), abi: null, waits: false },

    prctl(task, call, kernel) {
      if (!kernel.filters) return withoutConfig(task, call);
      switch (call.option) {
        case PR.SET_SECCOMP:
          return enforce(task, call);
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
    fork: (task) => task,
    check: (task, event, kernel) => check(task, event, kernel, parts),
    proc: (task, kernel) => proc(task, kernel),
  };
}

function enforce(task: Task, call: Prctl): Change<FilterSet> {
  if (task.mode !== 0) return { task, answer: refused("EPERM") };
  if (numberArgument(call, 0) !== FILTER) return { task, answer: refused("EINVAL") };
  const waits = (numberArgument(call, 1) & FILTER_ON_EXEC) !== 0;
  const abi = task.carries.abi ?? entryOf(call);
  return { task: { ...task, mode: FILTER, carries: { ...task.carries, abi, waits } }, answer: done() };
}

function set(task: Task, call: Prctl, kernel: Kernel, parts: Parts): Change<FilterSet> {
  const made = wantedFilter(task, call, kernel, parts);
  if (typeof made !== "string") return { task, answer: made };
  const entries = withEntry(task.carries.entries, numberArgument(call, 0), made);
  const carries = { ...task.carries, entries, abi: entryOf(call) };
  return { task: { ...task, carries }, answer: done() };
}

/** The text that the call will have, or why it will not. */
function wantedFilter(
  { carries, mode }: Task,
  call: Prctl,
  kernel: Kernel,
  { generation, narrow }: Parts,
): string | Answer {
  const nr = numberArgument(call, 0);
  const abi = entryOf(call);
  if (!isCallNumber(nr, abi, kernel)) return refused("EINVAL");
  const string = pointee(call, 1);
  if (typeof string !== "string") return refused("EFAULT");
  // One byte more than `maxBytes` is copied without its NUL in v2, and what the stack holds behind it is read along. What
  // that is nobody knows; here it is more text.
  if (string.length > generation.maxBytes) return refused("E2BIG");
  const wanted = stripped(string);
  if (wanted === null) return refused("EINVAL");
  if (carries.abi !== null && carries.abi !== abi) return refused("EACCES");
  const old = carries.entries.get(nr);
  if (old === undefined && mode === FILTER) return refused("EACCES");
  if (old === undefined && carries.entries.size >= MAX_ENTRIES) return refused("EINVAL");
  const text = old === undefined ? wanted : narrow(old, wanted);
  // Whether the patch read the new text alone as well is not recorded. Without that `fd == 0) || (fd == 1` narrows nothing.
  const alone = wanted === WILDCARD ? null : refusalOf(wanted, nr, abi, kernel, generation.dialect);
  return alone ?? refusalOf(text, nr, abi, kernel, generation.dialect) ?? text;
}

function get({ carries }: Task, call: Prctl, kernel: Kernel): Answer {
  const nr = numberArgument(call, 0);
  if (!isCallNumber(nr, entryOf(call), kernel)) return refused("EINVAL");
  return written(carries.entries.get(nr), pointee(call, 1) !== null, numberArgument(call, 2));
}

function clear(task: Task, call: Prctl, kernel: Kernel): Change<FilterSet> {
  const nr = numberArgument(call, 0);
  if (!isCallNumber(nr, entryOf(call), kernel)) return { task, answer: refused("EINVAL") };
  const entries = withoutEntry(task.carries.entries, nr);
  return { task: { ...task, carries: { ...task.carries, entries } }, answer: done() };
}

function check(
  task: Task,
  event: TraceEvent,
  kernel: Kernel,
  parts: Parts,
): { task: Task; outcome: Outcome } {
  const verdict = judge(task.carries, event, kernel, parts);
  if (task.carries.waits) {
    const ends = isExecve(event.id, event.abi, kernel) && parts.endsOnExec(verdict === "allow");
    const after = ends ? { ...task, carries: { ...task.carries, waits: false } } : task;
    return { task: after, outcome: { verdict: "allow", log: null } };
  }
  return { task, outcome: { verdict, log: verdict === "deny" ? denialLog(event, kernel) : null } };
}

function judge(
  { entries, abi }: FilterSet,
  event: TraceEvent,
  kernel: Kernel,
  { generation, isForeign }: Parts,
): Verdict | "unknown" {
  if (event.abi === ABI.native && event.id >= FIRST_OTHER_EVENT) return "allow"; // only system calls pass by here
  if (event.abi === ABI.x32 || isForeign(abi ?? ABI.native, event.abi, kernel)) return "deny";
  const filter = entries.get(event.id);
  if (filter === undefined || filter === WILDCARD) return filter === undefined ? "deny" : "allow";
  const format = kernel.catalog.byId(event.id);
  const match = format === undefined ? false : boundFilter(filter, format, generation.dialect)?.run(event);
  if (match === undefined) throw new Error(`\`${filter}\` was installed and is no filter`);
  return match === "unknown" ? match : match ? "allow" : "deny";
}

function proc({ mode, carries }: Task, kernel: Kernel): string {
  const filters = sorted(carries.entries).flatMap(([nr, filter]) => [
    `SystemCall: ${showCall(nr, kernel)}`,
    `Filter: ${filter}`,
  ]);
  const head = [`Filtering: ${mode === FILTER ? 1 : 0}`, `FilterCount: ${carries.entries.size}`];
  return [...head, ...filters].map((line) => `${line}\n`).join("");
}
