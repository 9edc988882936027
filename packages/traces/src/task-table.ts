// The tasks that are alive at one point of a trace, by pid. A Task is one kernel task between two changes of its
// name, so fork, exec and a new name each make one; exit forgets the pid. Only what lives is held, so memory does
// not grow with the length of the trace.

import type { ByteString, Task } from "@gatehouse/core";
import { TraceError } from "./error.js";

/** Pids alive at once. A trace that has no exits runs into it rather than out of memory. */
export const MAX_LIVE_TASKS = 1_048_576;
/** Names that one task and its ancestors may bear. */
export const MAX_LINEAGE = 4096;

export type LiveTask = Task & { readonly lineage: Lineage };

export class TaskTable {
  readonly #live = new Map<number, LiveTask>();
  /** How many have appeared. */
  appeared = 0;

  of(pid: number): LiveTask | undefined {
    return this.#live.get(pid);
  }

  get size(): number {
    return this.#live.size;
  }

  /** The one that is alive, if there is one and no more. */
  get only(): LiveTask | null {
    const [task] = this.#live.values();
    return task !== undefined && this.#live.size === 1 ? task : null;
  }

  /** The task `pid`, which bears the name `comm` now. */
  named(pid: number, comm: ByteString): LiveTask {
    const task = this.#live.get(pid);
    if (task === undefined) return this.#appear({ pid, parent: null, comm, lineage: NO_NAMES.with(comm) });
    return task.comm === comm ? task : this.#become({ ...task, comm, lineage: task.lineage.with(comm) });
  }

  fork(parent: LiveTask, pid: number, comm: ByteString): LiveTask {
    return this.#appear({ pid, parent: parent.pid, comm, lineage: parent.lineage.with(comm) });
  }

  /** It turns out that `parent` forked the task `child`, which has appeared. */
  adopt(parent: LiveTask, child: LiveTask): LiveTask {
    let { lineage } = parent;
    for (const name of child.lineage) lineage = lineage.with(name);
    return this.#become({ ...child, parent: parent.pid, lineage });
  }

  /** Exactly this task, from here on; `names` from the oldest. */
  set(pid: number, parent: number | null, comm: ByteString, names: readonly ByteString[]): LiveTask {
    const lineage = names.reduce((older, name) => older.with(name), NO_NAMES);
    if (!this.#live.has(pid)) this.appeared++;
    return this.#become({ pid, parent, comm, lineage });
  }

  /** It goes by another pid, also as its children's parent. */
  rename(task: LiveTask, pid: number): LiveTask {
    this.#live.delete(task.pid);
    for (const child of this.#live.values())
      if (child.parent === task.pid) this.#become({ ...child, parent: pid });
    return this.#become({ ...task, pid });
  }

  /** A thread that execs takes the pid of its thread group's leader, which is gone. */
  exec(leader: LiveTask, thread: number): LiveTask {
    const task = this.#live.get(thread);
    if (task === undefined || thread === leader.pid) return leader;
    this.#live.delete(thread);
    const parent = task.parent === leader.pid ? leader.parent : task.parent;
    return this.#become({ ...leader, parent, lineage: task.lineage.with(leader.comm) });
  }

  exit(pid: number): void {
    this.#live.delete(pid);
  }

  #appear(task: LiveTask): LiveTask {
    this.appeared++;
    return this.#become(task);
  }

  #become(task: LiveTask): LiveTask {
    this.#live.set(task.pid, task);
    if (this.#live.size > MAX_LIVE_TASKS)
      throw new TraceError(
        "limit",
        `more than ${MAX_LIVE_TASKS} tasks are alive at once: their exits are missing`,
      );
    return task;
  }
}

/** The name of a task where the trace does not show it. No lineage holds it. */
export const UNNAMED: ByteString = "";

/** A set that shares all but its newest name with the lineage it comes from, so that a name costs one object. */
class Lineage implements ReadonlySet<ByteString> {
  readonly size: number;
  readonly #newest: ByteString;
  readonly #older: Lineage | null;

  /** Without an older one it is empty. */
  constructor(newest: ByteString, older: Lineage | null) {
    this.#newest = newest;
    this.#older = older;
    this.size = older === null ? 0 : older.size + 1;
  }

  /** This one where it has the name. */
  with(name: ByteString): Lineage {
    if (name === UNNAMED || this.has(name)) return this;
    if (this.size === MAX_LINEAGE)
      throw new TraceError("limit", `a task and its ancestors bear more than ${MAX_LINEAGE} names`);
    return new Lineage(name, this);
  }

  has(name: ByteString): boolean {
    for (let part: Lineage | null = this; part !== null; part = part.#older)
      if (part.#newest === name) return name !== UNNAMED;
    return false;
  }

  /** The oldest first. */
  values(): SetIterator<ByteString> {
    const names: ByteString[] = [];
    for (let part: Lineage = this; part.#older !== null; part = part.#older) names.push(part.#newest);
    return new Set(names.reverse()).values();
  }

  keys(): SetIterator<ByteString> {
    return this.values();
  }

  entries(): SetIterator<[ByteString, ByteString]> {
    return new Set(this).entries();
  }

  [Symbol.iterator](): SetIterator<ByteString> {
    return this.values();
  }

  forEach(visit: (name: ByteString, key: ByteString, set: ReadonlySet<ByteString>) => void): void {
    for (const name of this) visit(name, name, this);
  }
}

const NO_NAMES = new Lineage(UNNAMED, null);
