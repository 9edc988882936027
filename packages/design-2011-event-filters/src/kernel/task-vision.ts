// The task side that Ingo Molnar's mail of 26 May 2011 describes and nobody coded: filters that children inherit and can
// neither remove nor see. The calls are the proof of concept's; what they do is ours.
//
//   events are opened, given filters, disabled or closed as they are anywhere (see perf-events/)
//   perf_event_open(…, { require_secure })     seals the task's enabled events as one layer
//
// An event passes if every layer lets it pass: a call by an event that matches it, another event also where the layer
// has none on it. Sealing again adds a layer, so a task can only narrow. A layer outlives the files that it was made of.

import {
  ABI,
  type Answer,
  done,
  FIRST_OTHER_EVENT,
  judged,
  type OneTaskSide,
  PASSES,
  PR,
  type Prctl,
  refused,
  register,
  STRICT,
  strictVerdict,
  type TaskCall,
  type TraceEvent,
  type Truth,
  type Verdict,
} from "@gatehouse/core";
import {
  bootPerf,
  callPerf,
  eventName,
  eventOf,
  eventsOf,
  exitPerf,
  matches,
  type Perf,
  type TakesFilter,
  withFreshTask,
} from "@gatehouse/perf-events";
import { type EventFilters, NOTHING, type PerfEvent, refusalOf, VISION } from "./program.js";

type Layer = readonly PerfEvent[];

type Task = {
  /** Under mode 1. */
  readonly strict: boolean;
  readonly layers: readonly Layer[];
  /** Of its events those with a lower number are sealed. */
  readonly sealedBelow: number;
};

/** Any length, and `0` too. */
const takes: TakesFilter = (filter, format) => refusalOf(filter, format, VISION) === null;

type State = { readonly perf: Perf; readonly tasks: ReadonlyMap<number, Task> };

export const visionSide: Omit<OneTaskSide<EventFilters, State>, "install"> = {
  boot: (kernel, { pid }) => ({
    perf: bootPerf(kernel, pid),
    tasks: new Map([[pid, { strict: false, layers: [], sealedBelow: 0 }]]),
  }),

  call(state, pid, call) {
    if (removes(state, pid, call)) return { state, answer: refused("EPERM") };
    const called = callPerf(state.perf, pid, call, takes);
    if (called !== null) {
      const after = { ...state, perf: called.perf };
      const seals = call.call === "perf_event_open" && call.attr.requireSecure === true && called.answer.ok;
      return { state: seals ? seal(after, pid) : after, answer: called.answer };
    }
    if (call.call !== "prctl") return { state, answer: done() }; // a setuid: nothing here asks for privilege
    const { task, answer } = prctl(taskOf(state, pid), call);
    return { state: withTask(state, pid, task), answer };
  },

  /** The files stay the parent's: what a child inherits it cannot see. */
  fork: (state, parent, child) =>
    withTask({ ...state, perf: withFreshTask(state.perf, child) }, child, taskOf(state, parent)),

  exec: (state) => state,

  exit: ({ perf, tasks }, pid) => ({
    perf: exitPerf(perf, pid),
    tasks: new Map([...tasks].filter(([other]) => other !== pid)),
  }),

  check(state, event) {
    const { strict, layers } = taskOf(state, event.task.pid);
    if (strict && strictVerdict(state.perf.kernel, event) === "deny") {
      return { state, outcome: judged("deny") };
    }
    if (layers.length === 0) return { state, outcome: PASSES };
    return { state, outcome: judged(judge(layers, event)) };
  },

  proc: () => null,
};

function taskOf({ tasks }: State, pid: number): Task {
  const task = tasks.get(pid);
  if (task === undefined) throw new RangeError(`there is no task ${pid}`);
  return task;
}

function withTask(state: State, pid: number, task: Task): State {
  return { ...state, tasks: new Map(state.tasks).set(pid, task) };
}

/** Whether a call would change what is sealed. Where perf refuses it anyhow, it says why itself. */
function removes(state: State, pid: number, call: TaskCall): boolean {
  if (call.call !== "ioctl" || call.request === "RESET") return false;
  const id = eventOf(state.perf, pid, call.fd);
  if (id === undefined || id >= taskOf(state, pid).sealedBelow) return false;
  if (call.request !== "SET_FILTER") return true;
  return call.filter !== null && state.perf.events.get(id)?.filter === null;
}

function seal(state: State, pid: number): State {
  const { strict, layers, sealedBelow } = taskOf(state, pid);
  const layer = eventsOf(state.perf, pid)
    .filter(([id, { enabled }]) => enabled && id >= sealedBelow)
    .map(([, { event, filter }]) => ({ event, filter }));
  return withTask(state, pid, { strict, layers: [...layers, layer], sealedBelow: state.perf.next });
}

function prctl(task: Task, call: Prctl): { readonly task: Task; readonly answer: Answer } {
  if (call.option === PR.GET_SECCOMP) return { task, answer: done(task.strict ? STRICT : 0) };
  if (call.option !== PR.SET_SECCOMP) return { task, answer: refused("EINVAL") };
  if (task.strict) return { task, answer: refused("EPERM") };
  if (register(call, 0) !== BigInt(STRICT)) return { task, answer: refused("EINVAL") };
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
  const found = guards.map(({ filter }) => filter !== NOTHING && matches(filter, event, VISION.dialect));
  return found.includes(true) || (found.includes("unknown") ? "unknown" : false);
}
