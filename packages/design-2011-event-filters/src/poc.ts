// The task side of the proof of concept of 24 May 2011, on 2.6.39's perf. There is no new call: a task opens perf events on
// the calls that it wants to keep, each with a filter that is written once.
//
//   fd = perf_event_open(syscalls:sys_enter_write, { inherit })
//   ioctl(fd, PERF_EVENT_IOC_SET_FILTER, "fd == 1")
//   perf_event_open(…, { require_secure })          from here on a call that no event matches is a kill
//
// The code was not found; mails tell of two new bits in the attributes, perf itself was read. So events are perf's: whoever
// holds the file may disable them, a child's are copies of the parent's without their filters, and one more can always be
// opened. Mode 2 is not prctl's to set or to see.

import {
  ABI,
  type Answer,
  type Design,
  done,
  FIRST_OTHER_EVENT,
  type Kernel,
  numberArgument,
  type OneTaskSide,
  type Outcome,
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
  type Verdict,
} from "@gatehouse/core";
import { matches } from "./match.js";
import { install, isTraced, lowestFree } from "./perf.js";
import { type EventFilters, eventFormat, eventName, POC, refusalOf } from "./program.js";
import { variant } from "./variant.js";

/** A perf event on one task. */
type Event = {
  readonly task: number;
  /** Who opened it; null for one that came by inheritance. */
  readonly owner: number | null;
  /** The event that it was copied from. */
  readonly parent: number | null;
  readonly event: string;
  readonly filter: string | null;
  readonly enabled: boolean;
  readonly attr: PerfAttr;
};

type Task = {
  /** 0, 1, or the hidden 2. */
  readonly mode: number;
  /** Its table of files, which threads share. */
  readonly files: number;
  readonly last: number | null;
};

type Files = ReadonlyMap<number, number>;

type State = {
  readonly kernel: Kernel;
  readonly tasks: ReadonlyMap<number, Task>;
  readonly files: ReadonlyMap<number, Files>;
  readonly events: ReadonlyMap<number, Event>;
  /** The next number for an event or a table. */
  readonly next: number;
};

const SECURE = 2;
/** A filter is at most a page. */
const PAGE = 4096;

const pocSide: OneTaskSide<EventFilters, State> = {
  boot: (kernel, { pid }) => ({
    kernel,
    tasks: new Map([[pid, { mode: 0, files: 0, last: null }]]),
    files: new Map([[0, new Map()]]),
    events: new Map(),
    next: 1,
  }),

  call(state, pid, call) {
    switch (call.call) {
      case "perf_event_open":
        return open(state, pid, call.event, call.attr);
      case "ioctl":
        return ioctl(state, pid, call);
      case "close":
        return close(state, pid, call.fd);
      case "prctl":
        return prctl(state, pid, call);
      case "setuid": // nothing here asks for privilege
        return { state, answer: done() };
    }
  },

  fork(state, parent, child, thread = false) {
    const task = taskOf(state, parent);
    const files = thread ? task.files : state.next;
    const table = tableOf(state, task);
    const forked: State = {
      ...state,
      tasks: new Map(state.tasks).set(child, { ...task, files }),
      files: new Map(state.files).set(files, table),
      next: state.next + 1,
    };
    return inherit(forked, parent, child);
  },

  exec: (state, pid) =>
    change(
      state,
      ({ task, attr }) => task === pid && attr.enableOnExec === true,
      (event) => ({
        ...event,
        enabled: true,
        attr: { ...event.attr, enableOnExec: false },
      }),
    ),

  exit(state, pid) {
    const tasks = new Map(state.tasks);
    tasks.delete(pid);
    const inUse = new Set([...tasks.values()].map(({ files }) => files));
    return {
      ...state,
      tasks,
      files: new Map([...state.files].filter(([table]) => inUse.has(table))),
      events: new Map([...state.events].filter(([, { task }]) => task !== pid)),
    };
  },

  check(state, event) {
    const { mode } = taskOf(state, event.task.pid);
    if (mode === 0) return { state, outcome: PASSES };
    const verdict = mode === STRICT ? strictVerdict(state.kernel, event) : judge(state, event);
    return { state, outcome: { verdict, log: null } satisfies Outcome };
  },

  proc: () => null,

  install,
};

function taskOf({ tasks }: State, pid: number): Task {
  const task = tasks.get(pid);
  if (task === undefined) throw new RangeError(`there is no task ${pid}`);
  return task;
}

function tableOf({ files }: State, task: Task): Files {
  const table = files.get(task.files);
  if (table === undefined) throw new Error("a task has a table of files");
  return table;
}

type Changed = { readonly state: State; readonly answer: Answer };

function open(state: State, pid: number, event: string, attr: PerfAttr): Changed {
  const task = taskOf(state, pid);
  const closed = { ...state, tasks: new Map(state.tasks).set(pid, { ...task, last: null }) };
  if (!isTraced(event, state.kernel)) return { state: closed, answer: refused("EINVAL") };
  const table = tableOf(state, task);
  const fd = lowestFree(table);
  if (fd >= state.kernel.files) return { state: closed, answer: refused("EMFILE") };
  const made: Event = {
    task: pid,
    owner: pid,
    parent: null,
    event,
    filter: null,
    enabled: attr.disabled !== true,
    attr,
  };
  const mode = attr.requireSecure === true && task.mode === 0 ? SECURE : task.mode;
  return {
    state: {
      ...state,
      tasks: new Map(state.tasks).set(pid, { ...task, mode, last: fd }),
      files: new Map(state.files).set(task.files, new Map(table).set(fd, state.next)),
      events: new Map(state.events).set(state.next, made),
      next: state.next + 1,
    },
    answer: done(fd),
  };
}

function ioctl(state: State, pid: number, call: Extract<TaskCall, { call: "ioctl" }>): Changed {
  const task = taskOf(state, pid);
  const fd = call.fd === "last" ? task.last : call.fd;
  const id = fd === null ? undefined : tableOf(state, task).get(fd);
  if (id === undefined) return { state, answer: refused("EBADF") };
  switch (call.request) {
    case "SET_FILTER":
      return setFilter(state, id, call.filter);
    case "ENABLE":
    case "DISABLE":
      return { state: switched(state, new Set([id]), call.request === "ENABLE"), answer: done() };
    case "RESET":
      return { state, answer: done() };
  }
}

/** Once, and not on the children's copies, which have none. */
function setFilter(state: State, id: number, filter: string | null): Changed {
  const event = state.events.get(id);
  if (event === undefined) return { state, answer: done() }; // its task is gone
  if (filter === null) return { state, answer: refused("EFAULT") };
  if (event.filter !== null) return { state, answer: refused("EEXIST") };
  const format = eventFormat(event.event, state.kernel.catalog);
  if (format === undefined || filter.length >= PAGE || refusalOf(filter, format, POC) !== null) {
    return { state, answer: refused("EINVAL") };
  }
  return { state: { ...state, events: new Map(state.events).set(id, { ...event, filter }) }, answer: done() };
}

/** The events and the copies that children have of them. */
function switched(state: State, ids: ReadonlySet<number>, enabled: boolean): State {
  const isMeant = ({ parent }: Event, id: number) => ids.has(parent ?? id);
  return change(state, isMeant, (event) => ({ ...event, enabled }));
}

function change(
  state: State,
  isMeant: (event: Event, id: number) => boolean,
  after: (event: Event) => Event,
): State {
  const events = [...state.events].map(
    ([id, event]) => [id, isMeant(event, id) ? after(event) : event] as const,
  );
  return { ...state, events: new Map(events) };
}

function close(state: State, pid: number, fd: number | "last"): Changed {
  const task = taskOf(state, pid);
  const table = tableOf(state, task);
  const wanted = fd === "last" ? task.last : fd;
  const id = wanted === null ? undefined : table.get(wanted);
  if (id === undefined) return { state, answer: refused("EBADF") };
  const left = new Map([...table].filter(([other]) => other !== wanted));
  const files = new Map(state.files).set(task.files, left);
  const isHeld =
    [...files.values()].some((each) => [...each.values()].includes(id)) ||
    [...state.events.values()].some(({ parent }) => parent === id); // from memory: a copy holds the file it came from
  const events = isHeld ? state.events : new Map([...state.events].filter(([other]) => other !== id));
  return { state: { ...state, files, events }, answer: done() };
}

function prctl(state: State, pid: number, call: Prctl): Changed {
  const task = taskOf(state, pid);
  const enables = call.option === PR.TASK_PERF_EVENTS_ENABLE;
  if (enables || call.option === PR.TASK_PERF_EVENTS_DISABLE) {
    const own = [...state.events].flatMap(([id, { owner }]) => (owner === pid ? [id] : []));
    return { state: switched(state, new Set(own), enables), answer: done() };
  }
  if (call.option === PR.GET_SECCOMP) {
    return { state, answer: done(task.mode === SECURE ? 0 : task.mode) };
  }
  if (call.option !== PR.SET_SECCOMP) return { state, answer: refused("EINVAL") };
  if (task.mode !== 0) return { state, answer: refused("EPERM") };
  if (numberArgument(call, 0) !== STRICT) return { state, answer: refused("EINVAL") };
  const tasks = new Map(state.tasks).set(pid, { ...task, mode: STRICT });
  return { state: { ...state, tasks }, answer: done() };
}

/** A child's copy has no filter, and an event without one matches everything. */
function inherit(state: State, parent: number, child: number): State {
  const events = new Map(state.events);
  let { next } = state;
  for (const [id, event] of state.events) {
    if (event.task !== parent || event.attr.inherit !== true) continue;
    events.set(next++, { ...event, task: child, owner: null, parent: event.parent ?? id, filter: null });
  }
  return { ...state, events, next };
}

/** Refused by one event that insists (err_on_discard), else allowed by one that matches. */
function judge(state: State, event: TraceEvent): Verdict | "unknown" {
  if (event.abi !== ABI.native) return "deny"; // perf's system-call events had no compat support
  if (event.id >= FIRST_OTHER_EVENT) return "allow"; // no other call site looks at the answer
  const found = eventsOn(state, event).map(({ filter, attr }) => ({
    match: matches(filter, event, POC),
    insists: attr.errOnDiscard === true,
  }));
  const insisting = found.filter(({ insists }) => insists).map(({ match }) => match);
  if (insisting.includes(false)) return "deny";
  if (insisting.includes("unknown")) return "unknown";
  const any = found.map(({ match }) => match);
  return any.includes(true) ? "allow" : any.includes("unknown") ? "unknown" : "deny";
}

function eventsOn({ events, kernel }: State, { task, format }: TraceEvent): Event[] {
  const name = format === undefined ? null : eventName(format);
  if (!kernel.ftrace) return [];
  return [...events.values()].filter(
    (event) => event.task === task.pid && event.enabled && event.event === name,
  );
}

/** The proof of concept, on 2.6.39's perf: system calls, filters lost on fork, events that their owner removes. */
export const eventFiltersPoc: Design<PerTask<EventFilters>> = variant(
  "poc",
  "filter strings on the entries of system calls",
  POC,
  pocSide,
);
