// The task side that Ingo Molnar's mail of 26 May 2011 describes and nobody coded: filters that children inherit and can
// neither remove nor see. The calls are the proof of concept's; what they do is ours.
//
//   events are opened, given filters, disabled or closed as they are anywhere
//   perf_event_open(…, { require_secure })     seals the task's enabled events as one layer
//
// An event passes if every layer lets it pass: a call by an event that matches it, another event also where the layer
// has none on it. Sealing again adds a layer, so a task can only narrow. A layer outlives the files that it was made of.

import {
  ABI,
  type Answer,
  type Design,
  done,
  type Fd,
  FIRST_OTHER_EVENT,
  type Kernel,
  numberArgument,
  type OneTaskSide,
  PASSES,
  type PerfAttr,
  type PerTask,
  PR,
  type Prctl,
  refused,
  STRICT,
  strictVerdict,
  type TaskCall,
  type TraceEvent,
  type Truth,
  type Verdict,
} from "@gatehouse/core";
import { matches } from "./match.js";
import { install, isTraced, lowestFree } from "./perf.js";
import { type EventFilters, eventFormat, eventName, type PerfEvent, refusalOf, VISION } from "./program.js";
import { variant } from "./variant.js";

type OpenEvent = PerfEvent & { readonly enabled: boolean; readonly sealed: boolean };

type Layer = readonly PerfEvent[];

type Task = {
  /** Under mode 1. */
  readonly strict: boolean;
  readonly layers: readonly Layer[];
  readonly open: ReadonlyMap<number, OpenEvent>;
  readonly last: number | null;
};

type State = { readonly kernel: Kernel; readonly tasks: ReadonlyMap<number, Task> };

const visionSide: OneTaskSide<EventFilters, State> = {
  boot: (kernel, { pid }) => ({
    kernel,
    tasks: new Map([[pid, { strict: false, layers: [], open: new Map(), last: null }]]),
  }),

  call(state, pid, call) {
    const before = taskOf(state, pid);
    const { task, answer } = callOf(before, call, state.kernel);
    return { state: task === before ? state : withTask(state, pid, task), answer };
  },

  /** The files stay the parent's: what a child inherits it cannot see. */
  fork: (state, parent, child) =>
    withTask(state, child, { ...taskOf(state, parent), open: new Map(), last: null }),

  exec: (state) => state,

  exit(state, pid) {
    const tasks = new Map(state.tasks);
    tasks.delete(pid);
    return { ...state, tasks };
  },

  check(state, event) {
    const { strict, layers } = taskOf(state, event.task.pid);
    if (strict && strictVerdict(state.kernel, event) === "deny") {
      return { state, outcome: { verdict: "deny", log: null } };
    }
    if (layers.length === 0) return { state, outcome: PASSES };
    return { state, outcome: { verdict: judge(layers, event), log: null } };
  },

  proc: () => null,
  install,
};

function taskOf({ tasks }: State, pid: number): Task {
  const task = tasks.get(pid);
  if (task === undefined) throw new RangeError(`there is no task ${pid}`);
  return task;
}

function withTask(state: State, pid: number, task: Task): State {
  return { ...state, tasks: new Map(state.tasks).set(pid, task) };
}

type Change = { readonly task: Task; readonly answer: Answer };

function callOf(task: Task, call: TaskCall, kernel: Kernel): Change {
  switch (call.call) {
    case "perf_event_open":
      return open(task, call.event, call.attr, kernel);
    case "ioctl":
      return ioctl(task, call, kernel);
    case "close":
      return close(task, call.fd);
    case "prctl":
      return prctl(task, call);
    case "setuid": // nothing here asks for privilege
      return { task, answer: done() };
  }
}

function open(task: Task, event: string, attr: PerfAttr, kernel: Kernel): Change {
  const closed = { ...task, last: null };
  if (!isTraced(event, kernel)) return { task: closed, answer: refused("EINVAL") };
  const fd = lowestFree(task.open);
  if (fd >= kernel.files) return { task: closed, answer: refused("EMFILE") };
  const made: OpenEvent = { event, filter: null, enabled: attr.disabled !== true, sealed: false };
  const opened: Task = { ...task, open: new Map(task.open).set(fd, made), last: fd };
  return { task: attr.requireSecure === true ? seal(opened) : opened, answer: done(fd) };
}

function seal(task: Task): Task {
  const layer = [...task.open.values()].filter(({ enabled, sealed }) => enabled && !sealed);
  const open = [...task.open].map(([fd, event]) => [fd, { ...event, sealed: true }] as const);
  return {
    ...task,
    layers: [...task.layers, layer.map(({ event, filter }) => ({ event, filter }))],
    open: new Map(open),
  };
}

function ioctl(task: Task, call: Extract<TaskCall, { call: "ioctl" }>, kernel: Kernel): Change {
  const fd = call.fd === "last" ? task.last : call.fd;
  const event = fd === null ? undefined : task.open.get(fd);
  if (fd === null || event === undefined) return { task, answer: refused("EBADF") };
  const became = (after: OpenEvent): Change => ({
    task: { ...task, open: new Map(task.open).set(fd, after) },
    answer: done(),
  });
  if (call.request === "RESET") return { task, answer: done() };
  if (call.request !== "SET_FILTER") {
    if (event.sealed) return { task, answer: refused("EPERM") };
    return became({ ...event, enabled: call.request === "ENABLE" });
  }
  const { filter } = call;
  if (filter === null) return { task, answer: refused("EFAULT") };
  if (event.filter !== null) return { task, answer: refused("EEXIST") };
  if (event.sealed) return { task, answer: refused("EPERM") };
  const format = eventFormat(event.event, kernel.catalog);
  if (format === undefined || refusalOf(filter, format, VISION) !== null) {
    return { task, answer: refused("EINVAL") };
  }
  return became({ ...event, filter });
}

function close(task: Task, fd: Fd): Change {
  const wanted = fd === "last" ? task.last : fd;
  if (wanted === null || !task.open.has(wanted)) return { task, answer: refused("EBADF") };
  const open = new Map([...task.open].filter(([other]) => other !== wanted));
  return { task: { ...task, open }, answer: done() };
}

function prctl(task: Task, call: Prctl): Change {
  const enabled = call.option === PR.TASK_PERF_EVENTS_ENABLE;
  if (enabled || call.option === PR.TASK_PERF_EVENTS_DISABLE) {
    const open = [...task.open].map(
      ([fd, event]) => [fd, event.sealed ? event : { ...event, enabled }] as const,
    );
    return { task: { ...task, open: new Map(open) }, answer: done() };
  }
  if (call.option === PR.GET_SECCOMP) return { task, answer: done(task.strict ? STRICT : 0) };
  if (call.option !== PR.SET_SECCOMP) return { task, answer: refused("EINVAL") };
  if (task.strict) return { task, answer: refused("EPERM") };
  if (numberArgument(call, 0) !== STRICT) return { task, answer: refused("EINVAL") };
  return { task: { ...task, strict: true }, answer: done() };
}

function judge(layers: readonly Layer[], event: TraceEvent): Verdict | "unknown" {
  if (event.abi !== ABI.native) return "deny";
  const passes = layers.map((layer) => passesLayer(layer, event));
  return passes.includes(false) ? "deny" : passes.includes("unknown") ? "unknown" : "allow";
}

function passesLayer(layer: Layer, event: TraceEvent): Truth {
  const name = event.format === undefined ? null : eventName(event.format);
  const guards = layer.filter((each) => each.event === name);
  if (guards.length === 0) return event.id >= FIRST_OTHER_EVENT;
  const found = guards.map(({ filter }) => matches(filter, event, VISION));
  return found.includes(true) || (found.includes("unknown") ? "unknown" : false);
}

/** What the mail describes and nobody coded: any event, object labels, filters that children inherit and cannot remove. */
export const eventFiltersVision: Design<PerTask<EventFilters>> = variant(
  "vision",
  "filter strings on any kernel event",
  VISION,
  visionSide,
);
