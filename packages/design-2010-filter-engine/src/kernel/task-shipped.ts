// The task side of the last form that Ubuntu and ChromeOS carried: sets that compose. A task's own set is ANDed with those
// that it inherited, by walking the chain.
//
//   prctl(PR_SET_SECCOMP_FILTER, type, id, "fd == 0")      type 0: id is a call's number; 1: its trace event's id
//   prctl(PR_GET_SECCOMP_FILTER, type, id, buf, size)
//   prctl(PR_CLEAR_SECCOMP_FILTER, type, id)
//   prctl(PR_SET_SECCOMP, 13)                              enforces the task's own set
//
// Code of this generation was read in part: its kernel/seccomp.c was not found, so how a child enforces its own set is
// what seccomp_enable_filters says of it. Every change is made on a copy, for which the engine reads all texts again.

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
import { isExecve, showCall } from "./call-number.js";
import { denialLog, taskName } from "./denial.js";
import { callNumber } from "./engine-call.js";
import { ascending, type Entries, expressions, withEntry, withoutEntry } from "./entries.js";
import { ANY, BUG, judge, readExpression, unread, type Wanted } from "./expression.js";
import { SHIPPED } from "./generation.js";
import { WILDCARD } from "./program.js";
import { putText, stripped, textAt } from "./user-memory.js";
import { withoutConfig } from "./without-config.js";

/** The value of PR_SET_SECCOMP. */
export const FILTER = 13;
const MAX_ENTRIES = 65_535;

export type FilterSet = {
  readonly creator: number;
  readonly enabled: boolean;
  /** The path whose numbers the entries are. It never changes. */
  readonly abi: number;
  readonly entries: Entries;
};

/** Inherited sets, the oldest first, then the task's own. */
export type Chain = readonly FilterSet[];

type Task = TaskState<Chain>;

export const shippedRules: PrctlRules<Chain> = {
  nothing: [],

  prctl(task, call, kernel, pid) {
    if (!kernel.filters) return withoutConfig(task, call);
    switch (call.option) {
      case PR.SET_SECCOMP:
        return enforce(task, call, pid);
      case PR.SET_SECCOMP_FILTER:
        return set(task, call, kernel, pid);
      case PR.GET_SECCOMP_FILTER:
        return { task, answer: get(task, call, kernel, pid) };
      case PR.CLEAR_SECCOMP_FILTER:
        return clear(task, call, kernel, pid);
      default:
        return null;
    }
  },

  mayBecomeStrict: false,

  /** What is not enforced is not inherited, and of a task in no mode nothing is. */
  fork(task) {
    const isEnforced = task.mode !== 0 || task.strict;
    return { ...task, carries: isEnforced ? task.carries.filter(({ enabled }) => enabled) : [] };
  },

  check,
  proc,
};

function ownSet({ carries }: Task, pid: number): FilterSet | undefined {
  const last = carries.at(-1);
  return last?.creator === pid ? last : undefined;
}

/** In front of those that it inherited. */
function withOwn(task: Task, own: FilterSet): Task {
  const inherited = ownSet(task, own.creator) === undefined ? task.carries : task.carries.slice(0, -1);
  return { ...task, carries: [...inherited, own] };
}

/** A task may enforce its own set as often as it likes; of one that it inherited it has no say. */
function enforce(task: Task, call: Prctl, pid: number): Change<Chain> {
  if (numberArgument(call, 0) !== FILTER)
    return { task, answer: refused(task.mode === 0 ? "EINVAL" : "EPERM") };
  const own = ownSet(task, pid);
  if (own === undefined && task.carries.length > 0) return { task, answer: refused("EINVAL") };
  if (own === undefined) return { task: { ...task, mode: FILTER }, answer: done() };
  const enabled = withOwn(task, { ...own, enabled: true });
  return { task: { ...enabled, mode: FILTER }, answer: done(), parses: expressions(own.entries) };
}

function set(task: Task, call: Prctl, kernel: Kernel, pid: number): Change<Chain> {
  const nr = callNumber(call, kernel);
  if (typeof nr === "string") return { task, answer: refused(nr) };
  const string = textAt(call, 2, SHIPPED.maxBytes); // what is longer is cut off, and nobody is told
  if (string === null) return { task, answer: refused("EFAULT") };
  if (isExecve(nr, entryOf(call), kernel) && !task.privileged) return { task, answer: refused("EPERM") };
  const text = stripped(string);
  if (text === null) return { task, answer: refused("EINVAL") };
  const own = ownSet(task, pid) ?? emptySet(pid, call);
  const old = own.entries.get(nr);
  if (own.abi !== entryOf(call) || (old === undefined && own.enabled))
    return { task, answer: refused("EACCES") };
  const kept = withoutExecve(task, own, kernel);
  const copied = expressions(kept);
  const wanted = old === undefined ? added(text, nr, own, kernel) : narrowed(old, text, nr, own, kernel);
  const parses = copied + wanted.parses;
  if (!wanted.ok) return { task, answer: refused(wanted.errno), parses };
  const entries = withEntry(kept, nr, wanted.text);
  return { task: withOwn(task, { ...own, entries }), answer: done(), parses };
}

function emptySet(creator: number, call: Prctl): FilterSet {
  return { creator, enabled: false, abi: entryOf(call), entries: new Map() };
}

function added(text: ByteString, nr: number, { abi, entries }: FilterSet, kernel: Kernel): Wanted {
  if (entries.size >= MAX_ENTRIES) return unread("ENOSPC");
  if (text === WILDCARD) return ANY;
  return abi === ABI.native ? readExpression(text, nr, kernel, SHIPPED) : unread("ENOSYS");
}

/** Only the merged text is read: `fd == 0) || (fd == 1` closes the first parenthesis and opens another. */
function narrowed(old: ByteString, text: ByteString, nr: number, { abi }: FilterSet, kernel: Kernel): Wanted {
  if (text === WILDCARD) return unread("EINVAL");
  if (abi !== ABI.native) return unread("ENOSYS");
  return readExpression(old === WILDCARD ? text : `(${old}) && (${text})`, nr, kernel, SHIPPED);
}

/** execve is a privileged task's to allow, and the first edit by one that is not takes it away. */
function withoutExecve({ privileged }: Task, { entries, abi }: FilterSet, kernel: Kernel): Entries {
  if (privileged) return entries;
  return new Map([...entries].filter(([nr]) => !isExecve(nr, abi, kernel)));
}

function get(task: Task, call: Prctl, kernel: Kernel, pid: number): Answer {
  const size = numberArgument(call, 3);
  const nr = callNumber(call, kernel);
  if (size === 0) return refused("EINVAL");
  if (typeof nr === "string") return refused(nr);
  const own = ownSet(task, pid);
  if (own === undefined) return refused("EINVAL"); // what is inherited is not for its eyes
  const text = own.entries.get(nr);
  return text === undefined ? refused("ENOENT") : putText(text, call, 2, size);
}

function clear(task: Task, call: Prctl, kernel: Kernel, pid: number): Change<Chain> {
  const nr = callNumber(call, kernel);
  if (typeof nr === "string") return { task, answer: refused(nr) };
  const own = ownSet(task, pid);
  if (own === undefined || own.abi !== entryOf(call) || !own.entries.has(nr)) {
    return { task, answer: refused("EINVAL") };
  }
  const kept = withoutExecve(task, own, kernel);
  const entries = withoutEntry(kept, nr);
  return { task: withOwn(task, { ...own, entries }), answer: done(), parses: expressions(kept) };
}

function check(
  task: Task,
  event: TraceEvent,
  kernel: Kernel,
  nr: number = event.id,
): { task: Task; outcome: Outcome } {
  let outcome = PASSES;
  if (event.abi === ABI.native && event.id >= FIRST_OTHER_EVENT) return { task, outcome }; // only system calls pass by here
  const enforced = task.carries.filter(({ enabled }) => enabled);
  if (enforced.length === 0) {
    return { task, outcome: { verdict: "deny", log: denialLog(event, nr, kernel, "0x") } };
  }
  for (const set of enforced.reverse()) {
    const next = outcomeOf(set, event, nr, kernel);
    if (next.verdict === "deny") return { task, outcome: next };
    if (next.verdict === "unknown") outcome = next;
  }
  return { task, outcome };
}

function outcomeOf({ abi, entries }: FilterSet, event: TraceEvent, nr: number, kernel: Kernel): Outcome {
  const denial = denialLog(event, nr, kernel, "0x");
  if (abi !== event.abi) {
    const mismatch = `${taskName(event)}: seccomp_filter compat() mismatch.`;
    return { verdict: "deny", log: `${mismatch}\n${denial}` };
  }
  const verdict = judge(entries.get(nr), event, kernel, SHIPPED);
  if (verdict === "bug") return BUG;
  return { verdict, log: verdict === "deny" ? denial : null };
}

/** `Inherited` is about who reads the file, not about the task whose file it is. */
function proc({ carries }: Task, kernel: Kernel, reader: number): ByteString {
  const lines = carries.toReversed().flatMap(({ creator, enabled, entries }) => [
    `Enabled: ${enabled ? 1 : 0}`,
    `Inherited: ${creator === reader ? 0 : 1}`,
    ...ascending(entries)
      .reverse()
      .map(([nr, filter]) => `${showCall(nr, kernel)}: ${filter}`),
    "--",
  ]);
  return lines.map((line) => `${line}\n`).join("");
}
