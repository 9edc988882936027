// The task side of the last form that Ubuntu and ChromeOS carried: sets that compose. A task's own set is ANDed with those
// that it inherited, by walking the chain.
//
//   prctl(PR_SET_SECCOMP_FILTER, type, id, "fd == 0")      see typed-call.ts
//   prctl(PR_GET_SECCOMP_FILTER, type, id, buf, size)
//   prctl(PR_CLEAR_SECCOMP_FILTER, type, id)
//   prctl(PR_SET_SECCOMP, 13)                              enforces the task's own set
//
// kernel/seccomp.c of this generation was not found: that mode 13 may be set again, and that numbers beyond the table
// reach the sets, is assumed.

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
import { callNumber, wantedFilter, wantedText } from "./typed-call.js";

/** The value of PR_SET_SECCOMP. */
export const FILTER = 13;
const MAX_ENTRIES = 65_535;

/** The filters of a set: a text for each number. */
type Entries = ReadonlyMap<number, ByteString>;

export type FilterSet = {
  readonly creator: number;
  readonly enabled: boolean;
  /** The entry path of the call that made the set: no other is ever let in. */
  readonly side: number;
  readonly entries: Entries;
};

/** Inherited sets, the oldest first, then the task's own. */
export type Chain = readonly FilterSet[];

type Task = TaskState<Chain>;

export const shippedRules: PrctlRules<Chain> = {
  nothing: [],

  prctl(task, call, kernel, pid) {
    if (!kernel.filters) return isFilterCall(call) ? unchanged(task, "ENOSYS") : null;
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

  /** Outside of a mode a child has nothing; else what is enabled is inherited, and a set that waits is not. */
  fork(task) {
    const isFiltered = task.mode === FILTER;
    return { ...task, carries: isFiltered ? task.carries.filter(({ enabled }) => enabled) : [] };
  },

  fill,
  check,
  proc: ({ carries }, kernel, reader) => proc(carries, kernel, reader),
};

function ownSet({ carries }: Task, pid: number): FilterSet | undefined {
  const last = carries.at(-1);
  return last?.creator === pid ? last : undefined;
}

/** The task with this set as its own: the old one is let go. */
function withOwn(task: Task, own: FilterSet): Task {
  const inherited = ownSet(task, own.creator) === undefined ? task.carries : task.carries.slice(0, -1);
  return { ...task, carries: [...inherited, own] };
}

/** Each change copies the own set, and a copy reads every expression again. */
function parsesToCopy(set: FilterSet | undefined): number {
  return set === undefined ? 0 : [...set.entries.values()].filter((filter) => filter !== WILDCARD).length;
}

/** Each time the own set is enabled, also when it was, that is done on a copy. An inherited one is not its to enable. */
function enforce(task: Task, call: Prctl, pid: number): Change<Chain> {
  const isFilter = register(call, 0) === BigInt(FILTER);
  if (!isFilter) return unchanged(task, task.mode === 0 ? "EINVAL" : "EPERM");
  const own = ownSet(task, pid);
  if (own === undefined && task.carries.length > 0) return unchanged(task, "EINVAL");
  const enabled = own === undefined ? task : withOwn(task, { ...own, enabled: true });
  return { task: { ...enabled, mode: FILTER }, answer: done(), parses: parsesToCopy(own) };
}

function fill(task: Task, creator: number, lo: number, hi: number): Task {
  const own = ownSet(task, creator) ?? { creator, enabled: false, side: ABI.native, entries: new Map() };
  const entries = new Map(own.entries);
  for (let nr = lo; nr <= hi; nr++) entries.set(nr, WILDCARD);
  return withOwn(task, { ...own, entries });
}

function set(task: Task, call: Prctl, kernel: Kernel, pid: number): Change<Chain> {
  const nr = callNumber(call, kernel);
  if ("errno" in nr) return unchanged(task, nr.errno);
  const text = wantedText(call);
  if ("errno" in text) return unchanged(task, text.errno);
  const side = entryOf(call);
  if (isExecve(nr.value, side, kernel) && !task.privileged) return unchanged(task, "EPERM");
  const wanted = wantedFilter(text.value);
  if ("errno" in wanted) return unchanged(task, wanted.errno);
  const old = ownSet(task, pid);
  if (old !== undefined && old.side !== side) return unchanged(task, "EACCES");
  const own = old ?? { creator: pid, enabled: false, side, entries: new Map() };
  if (own.enabled && !own.entries.has(nr.value)) return unchanged(task, "EACCES");

  const parses = parsesToCopy(old);
  const entries = withoutExecve(task, own, kernel);
  const filter = narrowed(entries, nr.value, wanted.value, side, kernel);
  const total = parses + filter.parses;
  if (filter.errno !== null) return unchanged(task, filter.errno, total);
  const filled = new Map(entries).set(nr.value, filter.text);
  return { task: withOwn(task, { ...own, entries: filled }), answer: done(), parses: total };
}

type Narrowed = { readonly text: ByteString; readonly errno: string | null; readonly parses: number };

/** The text that the call will have, or why it will not. Only the merged text is read, never the new one alone. */
function narrowed(entries: Entries, nr: number, wanted: ByteString, side: number, kernel: Kernel): Narrowed {
  const refuse = (errno: string): Narrowed => ({ text: wanted, errno, parses: 0 });
  const old = entries.get(nr);
  if (old === undefined && entries.size >= MAX_ENTRIES) return refuse("ENOSPC");
  if (wanted === WILDCARD)
    return old === undefined ? { text: wanted, errno: null, parses: 0 } : refuse("EINVAL");
  if (side !== ABI.native) return refuse("ENOSYS");
  const text = old === undefined || old === WILDCARD ? wanted : `(${old}) && (${wanted})`;
  if (text.length >= MAX_FILTER_STR_VAL) return refuse("E2BIG");
  const { answer, parses } = refusalOf(text, nr, kernel, SHIPPED.dialect);
  return { text, errno: answer === null || answer.ok ? null : answer.errno, parses };
}

/** execve is a privileged task's to allow, and the first edit by one that is not takes it away. */
function withoutExecve({ privileged }: Task, { entries, side }: FilterSet, kernel: Kernel): Entries {
  if (privileged) return entries;
  return new Map([...entries].filter(([nr]) => !isExecve(nr, side, kernel)));
}

/** Of the own set alone: what is inherited is not for the task's eyes. */
function get(task: Task, call: Prctl, kernel: Kernel, pid: number): Answer {
  const size = bufferSize(call, 3);
  const nr = callNumber(call, kernel);
  if (size === null) return refused("EINVAL");
  if ("errno" in nr) return refused(nr.errno);
  const own = ownSet(task, pid);
  if (own === undefined) return refused("EINVAL");
  const text = own.entries.get(nr.value);
  return text === undefined ? refused("ENOENT") : copiedOut(text, pointee(call, 2), size);
}

function clear(task: Task, call: Prctl, kernel: Kernel, pid: number): Change<Chain> {
  const nr = callNumber(call, kernel);
  if ("errno" in nr) return unchanged(task, nr.errno);
  const own = ownSet(task, pid);
  const isThere = own !== undefined && own.side === entryOf(call) && own.entries.has(nr.value);
  if (!isThere) return unchanged(task, "EINVAL");
  const entries = new Map(withoutExecve(task, own, kernel));
  entries.delete(nr.value);
  return { task: withOwn(task, { ...own, entries }), answer: done(), parses: parsesToCopy(own) };
}

/** From the newest enabled set to the oldest: one that refuses ends the walk. A task in the mode without any is refused. */
function check(task: Task, event: TraceEvent, nr: number, kernel: Kernel): Checked<Chain> {
  if (isOtherEvent(event)) return { task, outcome: judged("allow") };
  const sets = task.carries.filter(({ enabled }) => enabled).toReversed();
  if (sets.length === 0) return { task, outcome: blocked(event, nr, kernel) };
  let outcome = judged("allow");
  for (const set of sets) {
    const next = judge(set, event, nr, kernel);
    if (next.verdict === "deny") return { task, outcome: next };
    if (next.verdict === "unknown") outcome = next;
  }
  return { task, outcome };
}

function judge({ side, entries }: FilterSet, event: TraceEvent, nr: number, kernel: Kernel): Outcome {
  if (side !== event.abi) {
    return blocked(event, nr, kernel, [logLine(event, "seccomp_filter compat() mismatch.")]);
  }
  const filter = entries.get(nr);
  const format = tracedCall(nr, kernel);
  // A record of six arguments is longer than its buffer: BUG_ON, a kill without a line.
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

/** The newest set first, in each the highest number first. `Inherited` says whose a set is by who reads the file. */
function proc(chain: Chain, kernel: Kernel, reader: number): string {
  const lines = chain
    .toReversed()
    .flatMap(({ creator, enabled, entries }) => [
      `Enabled: ${enabled ? 1 : 0}`,
      `Inherited: ${creator === reader ? 0 : 1}`,
      ...[...entries].sort(([a], [b]) => b - a).map(([nr, filter]) => `${showCall(nr, kernel)}: ${filter}`),
      "--",
    ]);
  return lines.map((line) => `${line}\n`).join("");
}
