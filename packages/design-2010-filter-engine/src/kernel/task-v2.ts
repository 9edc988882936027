// The task side of "[PATCH 3/5] v2" of 11 May 2011.
//
//   prctl(PR_SET_SECCOMP_FILTER, nr, "fd == 0")     adds, or narrows what is there; as a text
//   prctl(PR_GET_SECCOMP_FILTER, nr, buf, size)
//   prctl(PR_CLEAR_SECCOMP_FILTER, nr)              once enforced, for good
//   prctl(PR_SET_SECCOMP, 2, flags)                 enforces
//
// State is the task's own, also a thread's. A child begins with all of it, enforced or not; exec lets go of nothing. Every
// change is made on a copy, for which the engine reads all texts again.

import {
  ABI,
  type Answer,
  type ByteString,
  type Change,
  type Cost,
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
  wordArgument,
} from "@gatehouse/core";
import { isNativeNumber, showCall } from "./call-number.js";
import { denialLog, taskName } from "./denial.js";
import { expressions } from "./entries.js";
import { ANY, BUG, judge, readExpression, unread, type Wanted } from "./expression.js";
import { MAX_FILTER_STR_VAL, V2 } from "./generation.js";
import { WILDCARD } from "./program.js";
import { byBucket, copyOf, EMPTY, type Table, withFront, without } from "./table-v2.js";
import { putText, stripped, textAt } from "./user-memory.js";

/** The value of PR_SET_SECCOMP. */
export const FILTER = 2;
const FILTER_ON_EXEC = 1n << 1n;
const MAX_ENTRIES = 511;
/** execve of the native table, by whichever path it comes in. */
const EXECVE = 59;

/** What a task carries that has made one of the calls above. */
export type FilterSet = {
  readonly table: Table;
  /** The compat tag: the path whose numbers the table's are. */
  readonly abi: number;
  /** FILTER_ON_EXEC is set: what a filter refuses is let through. */
  readonly waits: boolean;
};

const FRESH: FilterSet = { table: EMPTY, abi: ABI.native, waits: false };

type Task = TaskState<FilterSet | null>;
type Changed = Change<FilterSet | null>;

export const v2Rules: PrctlRules<FilterSet | null> = {
  nothing: null,

  prctl(task, call, kernel) {
    switch (call.option) {
      case PR.SET_SECCOMP:
        return enforce(task, call, kernel);
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
  enterStrict: (task, call, kernel) => enter(task, call, kernel, false),
  fork: (task) => task,
  check,
  proc,
};

function costOfCopy(carries: FilterSet | null): Cost {
  return { parses: carries === null ? 0 : expressions(carries.table.entries) };
}

function enforce(task: Task, call: Prctl, kernel: Kernel): Changed {
  if (task.mode !== 0) return { task, answer: refused("EPERM") };
  if (numberArgument(call, 0) !== FILTER) return { task, answer: refused("EINVAL") };
  const waits = (wordArgument(call, 1) & FILTER_ON_EXEC) !== 0n;
  const entered = enter(task, call, kernel, waits);
  return { ...entered, task: { ...entered.task, mode: FILTER } };
}

/**
 * What both modes do: a task that had no set has an empty one of the caller's path. Without CONFIG_SECCOMP_FILTER the mode
 * is taken all the same, and nothing is there to say which calls may pass.
 */
function enter(task: Task, call: Prctl, kernel: Kernel, waits: boolean): Changed {
  if (!kernel.filters) return { task, answer: done() };
  const { table, abi } = task.carries ?? { ...FRESH, abi: entryOf(call) };
  const carries = { table: copyOf(table), abi, waits };
  return { task: { ...task, carries }, answer: done(), ...costOfCopy(task.carries) };
}

function set(task: Task, call: Prctl, kernel: Kernel): Changed {
  const nr = numberArgument(call, 0);
  if (!isNativeNumber(nr, kernel)) return { task, answer: refused("EINVAL") };
  const string = textAt(call, 1, MAX_FILTER_STR_VAL - 1);
  if (string === null) return { task, answer: refused("EFAULT") };
  if (!kernel.filters) return { task, answer: refused("ENOSYS") };
  const before = task.carries ?? FRESH;
  const copied = expressions(before.table.entries);
  const abi = retagged(before, entryOf(call), kernel);
  if (abi === null) return { task, answer: refused("EACCES"), parses: copied };
  const wanted = wantedText(task, before.table, nr, string, kernel);
  const parses = copied + wanted.parses;
  if (!wanted.ok) return { task, answer: refused(wanted.errno), parses };
  const table = withFront(copyOf(before.table), nr, wanted.text);
  return { task: { ...task, carries: { ...before, abi, table } }, answer: done(), parses };
}

/**
 * The compat tag that a set has after a SET by that path; null where the set is the other path's. `is_compat_task()` is 2
 * for a call by `int 0x80` and the tag is 0 or 1, so such a call is never taken for one of the set's own path.
 */
function retagged({ table, abi }: FilterSet, entry: number, { compat }: Kernel): number | null {
  if (compat === null || (entry === ABI.native && abi === ABI.native)) return abi;
  return table.entries.size > 0 ? null : entry;
}

function wantedText(
  { mode }: Task,
  { entries }: Table,
  nr: number,
  string: ByteString,
  kernel: Kernel,
): Wanted {
  if (entries.size >= MAX_ENTRIES) return unread("EINVAL");
  const text = stripped(string);
  if (text === null) return unread("EINVAL");
  const old = entries.get(nr);
  // No parentheses around the new text: `(fd == 0) && fd == 1 || fd == 2` lets 2 pass. And `(1) && …` does not parse.
  if (old !== undefined) return readExpression(`(${old}) && ${text}`, nr, kernel, V2);
  if (mode === FILTER) return unread("EACCES");
  return text === WILDCARD ? ANY : readExpression(text, nr, kernel, V2);
}

function get({ carries }: Task, call: Prctl, kernel: Kernel): Answer {
  const [nr, size] = [numberArgument(call, 0), numberArgument(call, 2)];
  if (size === 0 || !isNativeNumber(nr, kernel)) return refused("EINVAL");
  if (!kernel.filters) return refused("ENOSYS");
  const text = carries?.table.entries.get(nr);
  return text === undefined ? refused("ENOENT") : putText(text, call, 1, size);
}

function clear(task: Task, call: Prctl, kernel: Kernel): Changed {
  const nr = numberArgument(call, 0);
  if (!isNativeNumber(nr, kernel)) return { task, answer: refused("EINVAL") };
  if (!kernel.filters) return { task, answer: refused("ENOSYS") };
  const before = task.carries ?? FRESH;
  const carries = { ...before, table: without(copyOf(before.table), nr) };
  return { task: { ...task, carries }, answer: done(), ...costOfCopy(task.carries) };
}

function check(
  task: Task,
  event: TraceEvent,
  kernel: Kernel,
  nr: number = event.id,
): Cost & { task: Task; outcome: Outcome } {
  const { carries } = task;
  if (event.abi === ABI.native && event.id >= FIRST_OTHER_EVENT) return { task, outcome: PASSES }; // only system calls pass by here
  if (carries === null || event.abi === ABI.x32 || !isNativeNumber(nr, kernel)) {
    return { task, outcome: { verdict: "deny", log: null } };
  }
  if (isMismatch(carries, event, kernel)) {
    const log = `${taskName(event)}: seccomp filter compat() mismatch.`;
    return { task, outcome: { verdict: "deny", log } };
  }
  const verdict = judge(carries.table.entries.get(nr), event, kernel, V2);
  if (verdict === "bug") return { task, outcome: BUG };
  if (verdict !== "deny") return { task, outcome: { verdict, log: null } };
  if (!carries.waits) return { task, outcome: { verdict, log: denialLog(event, nr, kernel, "ip:") } };
  // The flag is only looked at once a filter has failed: an execve that passes leaves it set, and nothing is enforced.
  if (nr !== EXECVE) return { task, outcome: PASSES };
  const ended = { ...carries, table: copyOf(carries.table), waits: false };
  return { task: { ...task, carries: ended }, outcome: PASSES, ...costOfCopy(carries) };
}

/** `is_compat_task() == !!flag` is true where they agree, and 2 is neither 0 nor 1. */
function isMismatch({ abi }: FilterSet, event: TraceEvent, { compat }: Kernel): boolean {
  if (compat === null) return event.abi !== ABI.native;
  return event.abi === ABI.native && abi === ABI.native;
}

/** A task without a set has no text to show. */
function proc({ mode, carries }: Task, kernel: Kernel): ByteString {
  if (carries === null) return "";
  const { table, waits } = carries;
  const filters = byBucket(table).flatMap(([nr, filter]) => [
    `SystemCall: ${showCall(nr, kernel)}`,
    `Filter: ${filter}`,
  ]);
  const head = [`Filtering: ${mode === FILTER && !waits ? 1 : 0}`, `FilterCount: ${table.count}`];
  return [...head, ...filters]
    .map(
      (line) => `${line}
`,
    )
    .join("");
}
