// The events of all tasks, the files that they are, and what becomes of both when a task forks, executes or ends.

import type { ByteString, Fd, Kernel, PerfAttr } from "@gatehouse/core";

/** An event on one task. */
export type TaskEvent = {
  readonly task: number;
  /** Who opened it; null for one that came by inheritance. */
  readonly owner: number | null;
  /** The event that it was copied from. */
  readonly parent: number | null;
  /** `syscalls:sys_enter_write` */
  readonly event: string;
  readonly filter: ByteString | null;
  readonly enabled: boolean;
  /** As it was given: bits that perf does not know are kept for who does. */
  readonly attr: PerfAttr;
};

/** File descriptor → event. */
export type Files = ReadonlyMap<number, number>;

export type Task = {
  /** Its table of files, which threads share. */
  readonly files: number;
  /** What its last perf_event_open gave. */
  readonly last: number | null;
};

export type Perf = {
  readonly kernel: Kernel;
  readonly tasks: ReadonlyMap<number, Task>;
  readonly files: ReadonlyMap<number, Files>;
  readonly events: ReadonlyMap<number, TaskEvent>;
  /** The next number for an event or a table. */
  readonly next: number;
};

export function bootPerf(kernel: Kernel, pid: number): Perf {
  return withFreshTask({ kernel, tasks: new Map(), files: new Map(), events: new Map(), next: 0 }, pid);
}

/** A task with nothing open. */
export function withFreshTask(perf: Perf, pid: number): Perf {
  return {
    ...perf,
    tasks: new Map(perf.tasks).set(pid, { files: perf.next, last: null }),
    files: new Map(perf.files).set(perf.next, new Map()),
    next: perf.next + 1,
  };
}

export function forkPerf(perf: Perf, parent: number, child: number, thread: boolean): Perf {
  const task = taskOf(perf, parent);
  const files = thread ? task.files : perf.next;
  const forked: Perf = {
    ...perf,
    tasks: new Map(perf.tasks).set(child, { ...task, files }),
    files: new Map(perf.files).set(files, tableOf(perf, task)),
    next: perf.next + 1,
  };
  return inherit(forked, parent, child);
}

/** inherit_event: a child's copy has no filter, and an event without one matches everything. */
function inherit(perf: Perf, parent: number, child: number): Perf {
  const events = new Map(perf.events);
  let { next } = perf;
  for (const [id, event] of perf.events) {
    if (event.task !== parent || event.attr.inherit !== true) continue;
    events.set(next++, { ...event, task: child, owner: null, parent: event.parent ?? id, filter: null });
  }
  return { ...perf, events, next };
}

export function execPerf(perf: Perf, pid: number): Perf {
  return change(
    perf,
    ({ task, attr }) => task === pid && attr.enableOnExec === true,
    (event) => ({ ...event, enabled: true, attr: { ...event.attr, enableOnExec: false } }),
  );
}

export function exitPerf(perf: Perf, pid: number): Perf {
  const tasks = new Map(perf.tasks);
  tasks.delete(pid);
  const inUse = new Set([...tasks.values()].map(({ files }) => files));
  return {
    ...perf,
    tasks,
    files: new Map([...perf.files].filter(([table]) => inUse.has(table))),
    events: new Map([...perf.events].filter(([, { task }]) => task !== pid)),
  };
}

/** Those on a task, its own and inherited ones, with their numbers. */
export function eventsOf({ events }: Perf, pid: number): (readonly [id: number, event: TaskEvent])[] {
  return [...events].filter(([, { task }]) => task === pid);
}

/** The number of the event behind a descriptor; undefined where none is open. */
export function eventOf(perf: Perf, pid: number, fd: Fd): number | undefined {
  const task = taskOf(perf, pid);
  const wanted = fd === "last" ? task.last : fd;
  return wanted === null ? undefined : tableOf(perf, task).get(wanted);
}

export function taskOf({ tasks }: Perf, pid: number): Task {
  const task = tasks.get(pid);
  if (task === undefined) throw new RangeError(`there is no task ${pid}`);
  return task;
}

export function tableOf({ files }: Perf, task: Task): Files {
  const table = files.get(task.files);
  if (table === undefined) throw new Error("a task has a table of files");
  return table;
}

export function change(
  perf: Perf,
  isMeant: (event: TaskEvent, id: number) => boolean,
  after: (event: TaskEvent) => TaskEvent,
): Perf {
  const events = [...perf.events].map(
    ([id, event]) => [id, isMeant(event, id) ? after(event) : event] as const,
  );
  return { ...perf, events: new Map(events) };
}
