// The task side of the form of June 2011, with an index table: one set, which a child shares until it edits a copy. The
// calls are those of the shipped form.

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
  refused,
  type TaskState,
  type TraceEvent,
} from "@gatehouse/core";
import { isExecve, isNativeNumber, showCall } from "./call-number.js";
import { denialLog, taskName } from "./denial.js";
import { callNumber } from "./engine-call.js";
import { ascending, type Entries, expressions, withEntry, withoutEntry } from "./entries.js";
import { ANY, BUG, judge, readExpression, unread, type Wanted } from "./expression.js";
import { ARRAY } from "./generation.js";
import { WILDCARD } from "./program.js";
import { FILTER } from "./task-shipped.js";
import { putText, stripped, textAt } from "./user-memory.js";
import { withoutConfig } from "./without-config.js";

/** What the index table can name. */
const MAX_SLOTS = 65_533;

export type FilterSet = {
  /** The path whose numbers the entries are. */
  readonly abi: number;
  readonly entries: Entries;
  /** Slots of the array that are taken. CLEAR gives back an expression's, and never a wildcard's. */
  readonly slots: number;
};

type Task = TaskState<FilterSet | null>;
type Changed = Change<FilterSet | null>;

export const arrayRules: PrctlRules<FilterSet | null> = {
  nothing: null,

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

  /** Of a task in no mode nothing is inherited. */
  fork: (task) => (task.mode !== 0 || task.strict ? task : { ...task, carries: null }),
  check,
  proc,
};

function enforce(task: Task, call: Prctl): Changed {
  if (task.mode !== 0) return { task, answer: refused("EPERM") };
  if (numberArgument(call, 0) !== FILTER) return { task, answer: refused("EINVAL") };
  return { task: { ...task, mode: FILTER }, answer: done() };
}

/** The call's number, which the table must have; or the errno. */
function tableNumber(call: Prctl, kernel: Kernel): number | string {
  const nr = callNumber(call, kernel);
  return typeof nr === "string" || isNativeNumber(nr, kernel) ? nr : "EINVAL";
}

function set(task: Task, call: Prctl, kernel: Kernel): Changed {
  const nr = tableNumber(call, kernel);
  if (typeof nr === "string") return { task, answer: refused(nr) };
  const string = textAt(call, 2, ARRAY.maxBytes);
  if (string === null) return { task, answer: refused("EFAULT") };
  const text = stripped(string);
  if (text === null) return { task, answer: refused("EINVAL") };
  const before = task.carries ?? { abi: entryOf(call), entries: new Map(), slots: 0 };
  if (before.abi !== entryOf(call)) return { task, answer: refused("EACCES") };
  const old = before.entries.get(nr);
  if (old === undefined) return add(task, before, nr, text, kernel);
  const wanted = narrowed(old, text, nr, before, kernel);
  const parses = expressions(before.entries) + wanted.parses;
  if (!wanted.ok) return { task, answer: refused(wanted.errno), parses };
  const entries = withEntry(before.entries, nr, wanted.text);
  return { task: { ...task, carries: { ...before, entries } }, answer: done(), parses };
}

/** In no mode alone, not even in mode 1. */
function add(task: Task, before: FilterSet, nr: number, text: ByteString, kernel: Kernel): Changed {
  if (task.mode !== 0 || task.strict) return { task, answer: refused("EACCES") };
  // There is no room for a copy with one slot more. The error goes back as a pointer, and that is put where the set was.
  if (before.slots === MAX_SLOTS) return { task, answer: { ok: false, fault: "oops" } };
  const wanted = text === WILDCARD ? ANY : readNative(text, nr, before, kernel);
  const parses = expressions(before.entries) + wanted.parses;
  if (!wanted.ok) return { task, answer: refused(wanted.errno), parses };
  const entries = withEntry(before.entries, nr, wanted.text);
  const carries = { ...before, entries, slots: before.slots + 1 };
  return { task: { ...task, carries }, answer: done(), parses };
}

/** Only the merged text is read: `fd == 0) || (fd == 1` closes the first parenthesis and opens another. */
function narrowed(old: ByteString, text: ByteString, nr: number, set: FilterSet, kernel: Kernel): Wanted {
  if (text === WILDCARD) return unread("EINVAL");
  if (old === WILDCARD) return unread(set.abi === ABI.native ? "ENOENT" : "ENOSYS");
  return readNative(`(${old}) && (${text})`, nr, set, kernel);
}

/** A call by `int 0x80` has no metadata. */
function readNative(text: ByteString, nr: number, { abi }: FilterSet, kernel: Kernel): Wanted {
  return abi === ABI.native ? readExpression(text, nr, kernel, ARRAY) : unread("ENOSYS");
}

function get({ carries }: Task, call: Prctl, kernel: Kernel): Answer {
  const size = numberArgument(call, 3);
  const nr = tableNumber(call, kernel);
  if (size === 0) return refused("EINVAL");
  if (typeof nr === "string") return refused(nr);
  if (carries === null) return refused("EINVAL");
  const text = carries.entries.get(nr);
  return text === undefined ? refused("ENOENT") : putText(text, call, 2, size);
}

function clear(task: Task, call: Prctl, kernel: Kernel): Changed {
  const nr = tableNumber(call, kernel);
  if (typeof nr === "string") return { task, answer: refused(nr) };
  const { carries } = task;
  const old = carries?.entries.get(nr);
  if (carries === null || carries.abi !== entryOf(call) || old === undefined) {
    return { task, answer: refused("EINVAL") };
  }
  const entries = withoutEntry(carries.entries, nr);
  const slots = old === WILDCARD ? carries.slots : carries.slots - 1;
  return {
    task: { ...task, carries: { ...carries, entries, slots } },
    answer: done(),
    parses: expressions(entries),
  };
}

function check(
  task: Task,
  event: TraceEvent,
  kernel: Kernel,
  nr: number = event.id,
): { task: Task; outcome: Outcome } {
  if (event.abi === ABI.native && event.id >= FIRST_OTHER_EVENT) return { task, outcome: PASSES }; // only system calls pass by here
  return { task, outcome: outcomeOf(task.carries, event, nr, kernel) };
}

function outcomeOf(carries: FilterSet | null, event: TraceEvent, nr: number, kernel: Kernel): Outcome {
  if (!isNativeNumber(nr, kernel)) return { verdict: "deny", log: null };
  const denial = denialLog(event, nr, kernel, "0x");
  if (carries === null) return { verdict: "deny", log: denial };
  if (carries.abi !== event.abi) {
    const mismatch = `${taskName(event)}: seccomp_filter compat() mismatch.`;
    return { verdict: "deny", log: `${mismatch}\n${denial}` };
  }
  if (isExecve(nr, event.abi, kernel)) return { verdict: "deny", log: denial };
  const verdict = judge(carries.entries.get(nr), event, kernel, ARRAY);
  if (verdict === "bug") return BUG;
  return { verdict, log: verdict === "deny" ? denial : null };
}

function proc({ carries }: Task, kernel: Kernel): ByteString {
  const entries = carries === null ? [] : ascending(carries.entries);
  return entries.map(([nr, filter]) => `${showCall(nr, kernel)}: ${filter}\n`).join("");
}
