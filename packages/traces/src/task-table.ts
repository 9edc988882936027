// The tasks that are alive at one point of a trace, by pid. A Task is one kernel task between two changes of its
// name, so fork, exec and a new name each make one; exit forgets the pid. Only what lives is held, so memory does
// not grow with the length of the trace.

import type { ByteString, Task } from "@gatehouse/core";
import { TraceError } from "./error.js";

/** Pids alive at once. A trace that has no exits runs into it rather than out of memory. */
export const MAX_LIVE_TASKS = 1_048_576;
/** Names that one task and its ancestors may bear. */
export const MAX_LINEAGE = 4096;

export class TaskTable {
  readonly #live = new Map<number, Task>();
  /** How many have appeared. */
  appeared = 0;

  /** The task `pid`, which bears the name `comm` now. */
  named(pid: number, comm: ByteString): Task {
    const task = this.#live.get(pid);
    if (task === undefined)
      return this.#appear({ pid, parent: null, comm, lineage: new Lineage(comm, null) });
    return task.comm === comm ? task : this.#become({ ...task, comm, lineage: joined(task.lineage, comm) });
  }

  fork(parent: Task, pid: number, comm: ByteString): Task {
    return this.#appear({ pid, parent: parent.pid, comm, lineage: joined(parent.lineage, comm) });
  }

  /** A thread that execs takes the pid of its thread group's leader, which is gone. */
  exec(leader: Task, thread: number): Task {
    const task = this.#live.get(thread);
    if (task === undefined || thread === leader.pid) return leader;
    this.#live.delete(thread);
    return this.#become({ ...leader, parent: task.parent, lineage: joined(task.lineage, leader.comm) });
  }

  exit(pid: number): void {
    this.#live.delete(pid);
  }

  #appear(task: Task): Task {
    this.appeared++;
    return this.#become(task);
  }

  #become(task: Task): Task {
    this.#live.set(task.pid, task);
    if (this.#live.size > MAX_LIVE_TASKS)
      throw new TraceError(
        "limit",
        `more than ${MAX_LIVE_TASKS} tasks are alive at once: their exits are missing`,
      );
    return task;
  }
}

/** `lineage` and one name more; the same one where it has that name. */
function joined(lineage: ReadonlySet<ByteString>, comm: ByteString): ReadonlySet<ByteString> {
  if (lineage.has(comm)) return lineage;
  if (lineage.size === MAX_LINEAGE)
    throw new TraceError("limit", `a task and its ancestors bear more than ${MAX_LINEAGE} names`);
  return new Lineage(comm, lineage);
}

/** A set that shares all but its newest name with the lineage it comes from, so that a name costs one object. */
class Lineage implements ReadonlySet<ByteString> {
  readonly size: number;
  readonly #newest: ByteString;
  readonly #older: ReadonlySet<ByteString> | null;

  constructor(newest: ByteString, older: ReadonlySet<ByteString> | null) {
    this.#newest = newest;
    this.#older = older;
    this.size = (older?.size ?? 0) + 1;
  }

  has(name: ByteString): boolean {
    return this.#newest === name || (this.#older?.has(name) ?? false);
  }

  *values(): SetIterator<ByteString> {
    if (this.#older !== null) yield* this.#older;
    yield this.#newest;
  }

  keys(): SetIterator<ByteString> {
    return this.values();
  }

  *entries(): SetIterator<[ByteString, ByteString]> {
    for (const name of this) yield [name, name];
  }

  [Symbol.iterator](): SetIterator<ByteString> {
    return this.values();
  }

  forEach(visit: (name: ByteString, key: ByteString, set: ReadonlySet<ByteString>) => void): void {
    for (const name of this) visit(name, name, this);
  }
}
