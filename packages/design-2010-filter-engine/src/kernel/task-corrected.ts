// The task side of the second version with its bugs mended: the calls of v2, each path with its own set, a new text that
// is read alone as well, and a wait for exec that the first execve ends.
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
  type ByteString,
  type Change,
  done,
  entryOf,
  FIRST_OTHER_EVENT,
  type Kernel,
  numberArgument,
  type Outcome,
  PASSES,
  PR,
  type Prctl,
  type PrctlRules,
  pointee,
  refused,
  type TaskState,
  type TraceEvent,
  wordArgument,
} from "@gatehouse/core";
import { isCallNumber, isExecve, showCall } from "./call-number.js";
import { denialLog } from "./denial.js";
import { ascending, type Entries, withEntry, withoutEntry } from "./entries.js";
import { ANY, judge, readExpression, unread, type Wanted } from "./expression.js";
import { CORRECTED, MAX_FILTER_STR_VAL } from "./generation.js";
import { WILDCARD } from "./program.js";
import { putText, stripped, textAt } from "./user-memory.js";
import { withoutConfig } from "./without-config.js";

/** The value of PR_SET_SECCOMP. */
export const FILTER = 2;
const FILTER_ON_EXEC = 1n << 1n;
const MAX_ENTRIES = 511;

/** What a task carries. */
export type FilterSet = {
  readonly entries: Entries;
  /** The path of the call that made the set; null: no call has. */
  readonly abi: number | null;
  /** FILTER_ON_EXEC is set: what fails is let through. */
  readonly waits: boolean;
};

type Task = TaskState<FilterSet>;

export const correctedRules: PrctlRules<FilterSet> = {
  nothing: { entries: new Map(), abi: null, waits: false },

  prctl(task, call, kernel) {
    if (!kernel.filters) return withoutConfig(task, call);
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
  fork: (task) => task,
  check,
  proc,
};

function enforce(task: Task, call: Prctl): Change<FilterSet> {
  if (task.mode !== 0) return { task, answer: refused("EPERM") };
  if (numberArgument(call, 0) !== FILTER) return { task, answer: refused("EINVAL") };
  const waits = (wordArgument(call, 1) & FILTER_ON_EXEC) !== 0n;
  const abi = task.carries.abi ?? entryOf(call);
  return { task: { ...task, mode: FILTER, carries: { ...task.carries, abi, waits } }, answer: done() };
}

function set(task: Task, call: Prctl, kernel: Kernel): Change<FilterSet> {
  const nr = numberArgument(call, 0);
  const wanted = wantedText(task, nr, call, kernel);
  const { parses } = wanted;
  if (!wanted.ok) return { task, answer: refused(wanted.errno), parses };
  const entries = withEntry(task.carries.entries, nr, wanted.text);
  const carries = { ...task.carries, entries, abi: entryOf(call) };
  return { task: { ...task, carries }, answer: done(), parses };
}

function wantedText({ carries, mode }: Task, nr: number, call: Prctl, kernel: Kernel): Wanted {
  const abi = entryOf(call);
  if (!isCallNumber(nr, abi, kernel)) return unread("EINVAL");
  const string = textAt(call, 1, MAX_FILTER_STR_VAL);
  if (string === null) return unread("EFAULT");
  if (string.length > CORRECTED.maxBytes) return unread("E2BIG");
  const text = stripped(string);
  if (text === null) return unread("EINVAL");
  if (carries.abi !== null && carries.abi !== abi) return unread("EACCES");
  const old = carries.entries.get(nr);
  if (old === undefined && mode === FILTER) return unread("EACCES");
  if (old === undefined && carries.entries.size >= MAX_ENTRIES) return unread("EINVAL");
  // Read alone first: `fd == 0) || (fd == 1` would narrow nothing.
  const alone = text === WILDCARD ? ANY : readFor(text, nr, abi, kernel);
  if (!alone.ok || old === undefined || old === WILDCARD) return alone;
  const merged = readFor(`(${old}) && (${text})`, nr, abi, kernel);
  return { ...merged, parses: alone.parses + merged.parses };
}

/** Of calls by another path nothing is known but the number. */
function readFor(text: ByteString, nr: number, abi: number, kernel: Kernel): Wanted {
  return abi === ABI.native ? readExpression(text, nr, kernel, CORRECTED) : unread("ENOSYS");
}

function get({ carries }: Task, call: Prctl, kernel: Kernel): Answer {
  const [nr, size] = [numberArgument(call, 0), numberArgument(call, 2)];
  if (size === 0 || !isCallNumber(nr, entryOf(call), kernel)) return refused("EINVAL");
  const text = carries.entries.get(nr);
  if (text === undefined) return refused("ENOENT");
  return pointee(call, 1) === null ? refused("EFAULT") : putText(text, call, 1, size);
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
  nr: number = event.id,
): { task: Task; outcome: Outcome } {
  const verdict = verdictOf(task.carries, event, nr, kernel);
  if (task.carries.waits) {
    const ends = isExecve(nr, event.abi, kernel);
    const after = ends ? { ...task, carries: { ...task.carries, waits: false } } : task;
    return { task: after, outcome: PASSES };
  }
  const log = verdict === "deny" ? denialLog(event, nr, kernel, "0x") : null;
  return { task, outcome: { verdict, log } };
}

function verdictOf({ entries, abi }: FilterSet, event: TraceEvent, nr: number, kernel: Kernel) {
  if (event.abi === ABI.native && event.id >= FIRST_OTHER_EVENT) return "allow"; // only system calls pass by here
  if (event.abi === ABI.x32 || (abi ?? ABI.native) !== event.abi) return "deny";
  const verdict = judge(entries.get(nr), event, kernel, CORRECTED);
  return verdict === "bug" ? "deny" : verdict;
}

function proc({ mode, carries }: Task, kernel: Kernel): ByteString {
  const filters = ascending(carries.entries).flatMap(([nr, filter]) => [
    `SystemCall: ${showCall(nr, kernel)}`,
    `Filter: ${filter}`,
  ]);
  const head = [`Filtering: ${mode === FILTER ? 1 : 0}`, `FilterCount: ${carries.entries.size}`];
  return [...head, ...filters].map((line) => `${line}\n`).join("");
}
