// How a task of each variant asks for things, so that one experiment can be put to all of them. The kernel is that of
// May 2011, and `read` is always what a task asks for first.

import { linux2639 } from "@gatehouse/catalog";
import { type Answer, type Design, done, type PerfAttr, PR, refused, type TaskCall } from "@gatehouse/core";
import type { RunningKernel } from "@gatehouse/scenarios";
import { findDesign } from "../../src/known-designs.js";

/** A filter for each call; `1` is every argument. */
export type Filters = Readonly<Record<string, string>>;

export type Calls = {
  /** Whether a filter looks at arguments. */
  readonly looks: boolean;
  /** Whether there is a time between handing filters over and being held to them. */
  readonly prepares: boolean;
  prepare(running: RunningKernel, pid: number, filters: Filters): Answer;
  enforce(running: RunningKernel, pid: number, filters: Filters): Answer;
  /** Once enforced: a call more. */
  add(running: RunningKernel, pid: number, call: string): Answer;
  /** … less of what a call may do; of a mask, nothing of it. */
  narrow(running: RunningKernel, pid: number, call: string, filter: string): Answer;
  /** … takes back what `narrow` did. */
  widen(running: RunningKernel, pid: number): Answer;
  /** … takes the filter of `read` away. */
  remove(running: RunningKernel, pid: number): Answer;
  get(running: RunningKernel, pid: number): Answer;
};

export type Variant = { readonly design: Design; readonly calls: Calls };

const NO_FILTERS: Filters = { read: "1" };

const masks: Calls = {
  looks: false,
  prepares: false,
  prepare: () => done(),
  enforce: (running, pid, filters) => upload(running, pid, filters),
  add: (running, pid, call) => upload(running, pid, { ...NO_FILTERS, [call]: "1" }),
  narrow: (running, pid) => upload(running, pid, {}),
  widen: (running, pid) => upload(running, pid, NO_FILTERS),
  remove: (running, pid) => running.prctl(pid, PR.CLEAR_SECCOMP_FILTER, numberOf("read")),
  get: (running, pid) =>
    running.prctl(pid, PR.GET_SECCOMP_FILTER, numberOf("read"), new Uint8Array(256), 256),
};

function upload(running: RunningKernel, pid: number, filters: Filters): Answer {
  const bytes = new Uint8Array(Math.ceil(linux2639.calls / 8));
  for (const nr of Object.keys(filters).map(numberOf))
    bytes[nr >>> 3] = (bytes[nr >>> 3] ?? 0) | (1 << (nr & 7));
  return running.prctl(pid, PR.SET_SECCOMP, 2, linux2639.calls, bytes);
}

/** `before`: what stands before a call's number. */
function texts(mode: number, ...before: readonly number[]): Calls {
  const set = (running: RunningKernel, pid: number, call: string, filter: string) =>
    running.prctl(pid, PR.SET_SECCOMP_FILTER, ...before, numberOf(call), filter);
  const remove = (running: RunningKernel, pid: number) =>
    running.prctl(pid, PR.CLEAR_SECCOMP_FILTER, ...before, numberOf("read"));
  return {
    looks: true,
    prepares: true,
    prepare: (running, pid, filters) =>
      lastOf(Object.entries(filters).map(([call, filter]) => set(running, pid, call, filter))),
    enforce: (running, pid) => running.prctl(pid, PR.SET_SECCOMP, mode),
    add: (running, pid, call) => set(running, pid, call, "1"),
    narrow: set,
    widen(running, pid) {
      remove(running, pid);
      return set(running, pid, "read", "1");
    },
    remove,
    get: (running, pid) =>
      running.prctl(pid, PR.GET_SECCOMP_FILTER, ...before, numberOf("read"), new Uint8Array(256), 256),
  };
}

/** What a task has open when it opens its first event, its door behind one event, and an event that narrows. */
const [FIRST, NARROWING] = [3, 5];

const events: Calls = {
  looks: true,
  prepares: true,
  prepare: (running, pid, filters) =>
    lastOf(
      Object.entries(filters).map(([call, filter]) => open(running, pid, call, filter, { inherit: true })),
    ),
  enforce: (running, pid) => running.call(pid, DOOR),
  add: (running, pid, call) => open(running, pid, call, "1", {}),
  narrow(running, pid, call, filter) {
    const answer = open(running, pid, call, filter, { errOnDiscard: true });
    return answer.ok ? running.call(pid, DOOR) : answer;
  },
  widen: (running, pid) => running.call(pid, { call: "close", fd: NARROWING }),
  remove: (running, pid) => running.call(pid, { call: "close", fd: FIRST }),
  get: () => refused("EINVAL"), // there is no call for it
};

const DOOR: TaskCall = {
  call: "perf_event_open",
  event: "syscalls:sys_enter_read",
  attr: { disabled: true, requireSecure: true },
};

function open(running: RunningKernel, pid: number, call: string, filter: string, attr: PerfAttr): Answer {
  const event = `syscalls:${linux2639.byName(call)?.event ?? `sys_enter_${call}`}`;
  const opened = running.call(pid, { call: "perf_event_open", event, attr });
  if (!opened.ok || filter === "1") return opened;
  return running.call(pid, { call: "ioctl", fd: "last", request: "SET_FILTER", filter });
}

function lastOf(answers: readonly Answer[]): Answer {
  return answers.at(-1) ?? done();
}

function numberOf(call: string): number {
  const format = linux2639.byName(call);
  if (format === undefined) throw new RangeError(`2.6.39 has no \`${call}\``);
  return format.id;
}

const CALLS: Readonly<Record<string, Calls>> = {
  "bitmask-2009@and": masks,
  "bitmask-2009@subset": masks,
  "filter-engine-2010@v2": texts(2),
  "filter-engine-2010@array": texts(13, 0),
  "filter-engine-2010@shipped": texts(13, 0),
  "filter-engine-2010@corrected": texts(2),
  "event-filters-2011@poc": events,
  "event-filters-2011@vision": events,
};

export const taskSideVariants: readonly Variant[] = Object.entries(CALLS).map(([id, calls]) => ({
  design: findDesign(id),
  calls,
}));
