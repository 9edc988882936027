// The task side of the last form that Ubuntu and ChromeOS carried: sets that compose. A task's own set is ANDed with those
// that it inherited, by walking the chain.
//
//   prctl(PR_SET_SECCOMP_FILTER, type, id, "fd == 0")      type 0: id is a call's number; 1: its trace event's id
//   prctl(PR_GET_SECCOMP_FILTER, type, id, buf, size)
//   prctl(PR_CLEAR_SECCOMP_FILTER, type, id)
//   prctl(PR_SET_SECCOMP, 13)                              enforces the task's own set
//
// Code of this generation was read in part: its kernel/seccomp.c was not found, so how a child enforces its own set is
// what seccomp_enable_filters says of it. A set that two tasks have is one in the kernel; whether the creator's later
// edits reached its children is not recorded, and here they do not.

import {
  ABI,
  type Answer,
  type Catalog,
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
} from "@gatehouse/core";
import { boundFilter } from "@gatehouse/ftrace";
import { overruns, SHIPPED } from "./generation.js";
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
export const FILTER = 13;
/** PR_SECCOMP_FILTER_SYSCALL and PR_SECCOMP_FILTER_EVENT. */
export const BY_NUMBER = 0;
const BY_EVENT = 1;

export type FilterSet = {
  readonly creator: number;
  readonly enabled: boolean;
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

  /** What is not enforced is not inherited. */
  fork(task) {
    const carries = task.carries.filter(({ enabled }) => enabled);
    return { ...task, carries };
  },

  check,
  proc,
};

function ownSet({ carries }: Task, pid: number): FilterSet | undefined {
  const last = carries.at(-1);
  return last?.creator === pid ? last : undefined;
}

function withOwn(task: Task, own: FilterSet): Task {
  const inherited = task.carries.filter(({ creator }) => creator !== own.creator);
  return { ...task, carries: [...inherited, own] };
}

/** A task enforces its own set once; one that it inherited is enforced already. */
function enforce(task: Task, call: Prctl, pid: number): Change<Chain> {
  const own = ownSet(task, pid);
  if (task.mode !== 0 && own?.enabled !== false) return { task, answer: refused("EPERM") };
  if (numberArgument(call, 0) !== FILTER) return { task, answer: refused("EINVAL") };
  const enabled = { ...(own ?? emptySet(pid, call)), enabled: true };
  return { task: { ...withOwn(task, enabled), mode: FILTER }, answer: done() };
}

function emptySet(creator: number, call: Prctl): FilterSet {
  return { creator, enabled: false, abi: entryOf(call), entries: new Map() };
}

function set(task: Task, call: Prctl, kernel: Kernel, pid: number): Change<Chain> {
  const own = ownSet(task, pid) ?? emptySet(pid, call);
  const nr = callNumber(call, kernel);
  if (typeof nr !== "number") return { task, answer: nr };
  const text = wantedFilter(task, own, nr, call, kernel);
  if (typeof text !== "string") return { task, answer: text };
  const entries = withEntry(dropExecve(task, own, kernel), nr, text);
  return { task: withOwn(task, { ...own, entries }), answer: done() };
}

/** The text that the call will have, or why it will not. */
function wantedFilter(
  { privileged }: Task,
  { abi, entries, enabled }: FilterSet,
  nr: number,
  call: Prctl,
  kernel: Kernel,
): string | Answer {
  const string = pointee(call, 2);
  if (typeof string !== "string") return refused("EFAULT");
  const wanted = stripped(string.slice(0, SHIPPED.maxBytes)); // what is longer is cut off, and nobody is told
  if (wanted === null) return refused("EINVAL");
  if (abi !== entryOf(call)) return refused("EACCES");
  if (isExecve(nr, abi, kernel) && !privileged) return refused("EPERM");
  const refusal = refusalOf(wanted, nr, abi, kernel, SHIPPED.dialect);
  if (refusal !== null) return refusal;
  const old = entries.get(nr);
  if (old === undefined) return enabled ? refused("EACCES") : wanted;
  if (wanted === WILDCARD) return refused("EINVAL");
  if (old === WILDCARD) return wanted;
  const text = `(${old}) && (${wanted})`;
  return refusalOf(text, nr, abi, kernel, SHIPPED.dialect) ?? text;
}

/** execve is a privileged task's to allow, and the first edit by one that is not takes it away. */
function dropExecve({ privileged }: Task, { entries, abi }: FilterSet, kernel: Kernel): Entries {
  if (privileged) return entries;
  return new Map([...entries].filter(([nr]) => !isExecve(nr, abi, kernel)));
}

function get(task: Task, call: Prctl, kernel: Kernel, pid: number): Answer {
  const nr = callNumber(call, kernel);
  if (typeof nr !== "number") return nr;
  const own = ownSet(task, pid);
  if (own === undefined && task.carries.length > 0) return refused("EINVAL"); // what is inherited is not for its eyes
  return written(own?.entries.get(nr), pointee(call, 2) !== null, numberArgument(call, 3));
}

function clear(task: Task, call: Prctl, kernel: Kernel, pid: number): Change<Chain> {
  const nr = callNumber(call, kernel);
  if (typeof nr !== "number") return { task, answer: nr };
  const own = ownSet(task, pid);
  if (own === undefined || !own.entries.has(nr)) return { task, answer: refused("EINVAL") };
  const entries = withoutEntry(dropExecve(task, own, kernel), nr);
  return { task: withOwn(task, { ...own, entries }), answer: done() };
}

/** The call that (type, id) means. */
function callNumber(call: Prctl, kernel: Kernel): number | Answer {
  const [type, id] = [numberArgument(call, 0), numberArgument(call, 1)];
  if (type === BY_NUMBER) return isCallNumber(id, entryOf(call), kernel) ? id : refused("EINVAL");
  if (type !== BY_EVENT) return refused("EINVAL");
  if (!kernel.ftrace || entryOf(call) !== ABI.native) return refused("ENOSYS");
  return callOfEventId(kernel.catalog, id) ?? refused("EINVAL");
}

/**
 * The id of `sys_enter_read`, as its file in tracefs would say. Kernels give them out at boot, so they are no facts of a
 * catalog; here they are counted from 1 in the order of the numbers.
 */
export function eventIdOf(catalog: Catalog, event: string): number | null {
  const at = tracedCalls(catalog).findIndex((format) => format.event === event);
  return at < 0 ? null : at + 1;
}

function callOfEventId(catalog: Catalog, id: number): number | null {
  return tracedCalls(catalog)[id - 1]?.id ?? null;
}

function tracedCalls({ formats }: Catalog) {
  return formats.filter(({ kind, event }) => kind === "syscall" && event !== null);
}

function check(task: Task, event: TraceEvent, kernel: Kernel): { task: Task; outcome: Outcome } {
  let outcome = PASSES;
  if (event.abi === ABI.native && event.id >= FIRST_OTHER_EVENT) return { task, outcome }; // only system calls pass by here
  for (const set of task.carries.toReversed()) {
    if (!set.enabled) continue;
    const next = judge(set, event, kernel);
    if (next.verdict === "deny") return { task, outcome: next };
    if (next.verdict === "unknown") outcome = next;
  }
  return { task, outcome };
}

function judge({ abi, entries }: FilterSet, event: TraceEvent, kernel: Kernel): Outcome {
  const blocked: Outcome = { verdict: "deny", log: denialLog(event, kernel) };
  const filter = abi === event.abi ? entries.get(event.id) : undefined;
  if (filter === undefined || filter === WILDCARD) return filter === undefined ? blocked : PASSES;
  const format = kernel.catalog.byId(event.id);
  if (format === undefined) return blocked;
  // A record of six arguments is longer than its buffer: BUG_ON, a kill without this line.
  if (overruns(SHIPPED, format)) return { verdict: "deny", log: null };
  const match = boundFilter(filter, format, SHIPPED.dialect)?.run(event);
  if (match === undefined) throw new Error(`\`${filter}\` was installed and is no filter`);
  if (match === "unknown") return { verdict: match, log: null };
  return match ? PASSES : blocked;
}

function proc({ carries }: Task, kernel: Kernel, pid: number): string {
  const lines = carries.flatMap(({ creator, enabled, entries }) => [
    `Enabled: ${enabled ? 1 : 0}`,
    `Inherited: ${creator === pid ? 0 : 1}`,
    ...sorted(entries).map(([nr, filter]) => `${showCall(nr, kernel)}: ${filter}`),
    "--",
  ]);
  return lines.map((line) => `${line}\n`).join("");
}
