// How our own formats say who made an event: by pid and name, and in full where a task is new.
//
// The first row of a task, and of each other state that it takes (another name, another parent), tells its parent and its
// lineage. Later rows name the pid, which then stands for that state. So what is read has the very tasks that were
// written, in one pass and with what is alive in memory alone.

import type { Task, TraceEvent } from "@gatehouse/core";

/** The tasks that a reader of what was written so far knows by their pids. */
export class ToldTasks {
  readonly #told = new Map<number, Task>();

  /** Whether `task` has to be told in full. */
  isNew(task: Task): boolean {
    if (this.#told.get(task.pid) === task) return false;
    this.#told.set(task.pid, task);
    return true;
  }

  /** What `event` does to the pids: one that exits or is forked anew means nothing from here on. */
  pass(event: TraceEvent): void {
    const { format } = event;
    if (format?.kind !== "task") return;
    const gone = format.name === "sched_process_fork" ? "child_pid" : "pid";
    const slot = format.fields.find(({ name }) => name === gone)?.slot;
    if (slot !== undefined && format.name !== "sched_process_exec") this.#told.delete(event.low(slot));
  }
}
