// Perf's calls: perf_event_open, the ioctls of its files, close, and two numbers of prctl.

import { type Answer, done, type Fd, type PerfAttr, PR, refused, type TaskCall } from "@gatehouse/core";
import { isTraced, type TakesFilter, takesFilter, tracedFormat } from "./event.js";
import { change, eventOf, type Files, type Perf, type TaskEvent, tableOf, taskOf } from "./perf.js";

export type PerfCalled = { readonly perf: Perf; readonly answer: Answer };

/** Null for a call that perf has no part in. */
export function callPerf(perf: Perf, pid: number, call: TaskCall, takes = takesFilter): PerfCalled | null {
  switch (call.call) {
    case "perf_event_open":
      return open(perf, pid, call.event, call.attr);
    case "ioctl":
      return ioctl(perf, pid, call, takes);
    case "close":
      return close(perf, pid, call.fd);
    case "prctl":
      if (call.option === PR.TASK_PERF_EVENTS_ENABLE) return switchOwn(perf, pid, true);
      if (call.option === PR.TASK_PERF_EVENTS_DISABLE) return switchOwn(perf, pid, false);
      return null;
    case "setuid":
      return null;
  }
}

function open(perf: Perf, pid: number, event: string, attr: PerfAttr): PerfCalled {
  const task = taskOf(perf, pid);
  const closed = { ...perf, tasks: new Map(perf.tasks).set(pid, { ...task, last: null }) };
  if (!isTraced(event, perf.kernel)) return { perf: closed, answer: refused("EINVAL") };
  const table = tableOf(perf, task);
  const fd = lowestFree(table);
  if (fd >= perf.kernel.files) return { perf: closed, answer: refused("EMFILE") };
  const enabled = attr.disabled !== true;
  const made: TaskEvent = { task: pid, owner: pid, parent: null, event, filter: null, enabled, attr };
  const opened: Perf = {
    ...perf,
    tasks: new Map(perf.tasks).set(pid, { ...task, last: fd }),
    files: new Map(perf.files).set(task.files, new Map(table).set(fd, perf.next)),
    events: new Map(perf.events).set(perf.next, made),
    next: perf.next + 1,
  };
  return { perf: opened, answer: done(fd) };
}

/** What every process has open. */
const STANDARD_STREAMS = 3;

function lowestFree(table: Files): number {
  let fd = STANDARD_STREAMS;
  while (table.has(fd)) fd++;
  return fd;
}

type Ioctl = Extract<TaskCall, { call: "ioctl" }>;

function ioctl(perf: Perf, pid: number, call: Ioctl, takes: TakesFilter): PerfCalled {
  const id = eventOf(perf, pid, call.fd);
  if (id === undefined) return { perf, answer: refused("EBADF") };
  switch (call.request) {
    case "SET_FILTER":
      return setFilter(perf, id, call.filter, takes);
    case "ENABLE":
    case "DISABLE":
      return { perf: switched(perf, new Set([id]), call.request === "ENABLE"), answer: done() };
    case "RESET":
      return { perf, answer: done() };
  }
}

/** Once, and not on the children's copies, which have none. */
function setFilter(perf: Perf, id: number, filter: string | null, takes: TakesFilter): PerfCalled {
  const event = perf.events.get(id);
  if (event === undefined) return { perf, answer: done() }; // its task is gone
  if (filter === null) return { perf, answer: refused("EFAULT") };
  if (event.filter !== null) return { perf, answer: refused("EEXIST") };
  const format = tracedFormat(event.event, perf.kernel.catalog);
  if (format === undefined || !takes(filter, format)) return { perf, answer: refused("EINVAL") };
  return { perf: { ...perf, events: new Map(perf.events).set(id, { ...event, filter }) }, answer: done() };
}

function switchOwn(perf: Perf, pid: number, enabled: boolean): PerfCalled {
  const own = [...perf.events].flatMap(([id, { owner }]) => (owner === pid ? [id] : []));
  return { perf: switched(perf, new Set(own), enabled), answer: done() };
}

/** The events and the copies that children have of them. */
function switched(perf: Perf, ids: ReadonlySet<number>, enabled: boolean): Perf {
  const isMeant = ({ parent }: TaskEvent, id: number) => ids.has(parent ?? id);
  return change(perf, isMeant, (event) => ({ ...event, enabled }));
}

function close(perf: Perf, pid: number, fd: Fd): PerfCalled {
  const task = taskOf(perf, pid);
  const id = eventOf(perf, pid, fd);
  if (id === undefined) return { perf, answer: refused("EBADF") };
  const wanted = fd === "last" ? task.last : fd;
  const left = new Map([...tableOf(perf, task)].filter(([other]) => other !== wanted));
  const files = new Map(perf.files).set(task.files, left);
  const isHeld =
    [...files.values()].some((each) => [...each.values()].includes(id)) ||
    [...perf.events.values()].some(({ parent }) => parent === id); // from memory: a copy holds the file it came from
  const events = isHeld ? perf.events : new Map([...perf.events].filter(([other]) => other !== id));
  return { perf: { ...perf, files, events }, answer: done() };
}
