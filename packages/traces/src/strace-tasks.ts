// Whose a line of strace is, and the tree of tasks that its lines show.
//
// A child's first line can come before the line that says who forked it:
//
//   24003 vfork( <unfinished ...>
//   24004 execve("/usr/bin/as", …) = 0
//   24003 <... vfork resumed>) = 24004
//
// Where strace started the program, every other task descends from it; so if just one task is in the middle of a fork, a
// new one is its child. Where there are several, the fork's row has to wait for the line that says it.

import type { ByteString, Chunk } from "@gatehouse/core";
import { TraceError } from "./error.js";
import { MAX_STRING_BYTES, type Rows } from "./rows.js";
import type { StraceCall } from "./strace-calls.js";
import type { StraceHead } from "./strace-head.js";
import { type LiveTask, UNNAMED } from "./task-table.js";

/** A call that has not returned yet, and where its row is. */
export type Unfinished = {
  readonly call: StraceCall;
  /** Its arguments as far as they were printed. */
  readonly text: ByteString;
  readonly chunk: Chunk;
  readonly row: number;
};

/** The pid of a task that strace had no reason to tell from others. */
const NO_PID = 0;

export class StraceTasks {
  readonly #rows: Rows;
  readonly #unfinished = new Map<number, Unfinished>();
  #unfinishedBytes = 0;
  /** Those in the middle of a fork whose child has not appeared. */
  readonly #forking = new Set<number>();
  /** By parent, the child that appeared in the middle of a fork. */
  readonly #born = new Map<number, number>();
  /** Whose pids strace announced: they are not the first task's. */
  readonly #attached = new Set<number>();
  /** Of tasks that run in another mode than that of the catalog: `32`, `x32`. */
  readonly #modes = new Map<number, string>();
  /** Whether strace started the program: then the first call is the exec. */
  #started: boolean | null = null;
  /** Whose the lines without a pid are. */
  #unprefixed = NO_PID;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  /** Null where a line without a pid may be that of several. `call` null: the line begins none. */
  of({ pid, comm }: StraceHead, call: StraceCall | null): LiveTask | null {
    this.#started ??= call === null ? null : call.makes === "exec";
    const task = pid === null ? this.#withoutPid() : this.#withPid(pid, call !== null);
    if (task === null || comm === null || task.comm === comm) return task;
    return this.#rows.tasks.named(task.pid, comm);
  }

  #withoutPid(): LiveTask | null {
    const { tasks } = this.#rows;
    const task = tasks.of(this.#unprefixed) ?? tasks.only;
    if (task !== null) {
      this.#unprefixed = task.pid;
      return task;
    }
    return tasks.size === 0 ? tasks.named(NO_PID, UNNAMED) : null;
  }

  #withPid(pid: number, begins: boolean): LiveTask {
    const { tasks } = this.#rows;
    const task = tasks.of(pid);
    if (task !== undefined) return task;
    const first = tasks.of(NO_PID);
    // Who is in the middle of a call does not begin another.
    const isInCall = begins && this.#unfinished.has(NO_PID);
    if (first !== undefined && !isInCall && !this.#attached.has(pid)) return this.#reveal(first, pid);
    const [parent] = this.#forking;
    if (!begins || !this.#started || parent === undefined || this.#forking.size > 1)
      return tasks.named(pid, UNNAMED);
    this.#forking.delete(parent);
    this.#born.set(parent, pid);
    const forking = tasks.of(parent);
    return forking === undefined ? tasks.named(pid, UNNAMED) : this.#fork(forking, pid);
  }

  /** The first task's pid shows once there are others. */
  #reveal(first: LiveTask, pid: number): LiveTask {
    const unfinished = this.#unfinished.get(NO_PID);
    if (unfinished !== undefined) this.#unfinished.set(pid, unfinished);
    this.#unfinished.delete(NO_PID);
    if (this.#forking.delete(NO_PID)) this.#forking.add(pid);
    const born = this.#born.get(NO_PID);
    if (born !== undefined) this.#born.set(pid, born);
    this.#born.delete(NO_PID);
    this.#unprefixed = pid;
    const mode = this.#modes.get(NO_PID);
    if (mode !== undefined) this.#modes.set(pid, mode);
    this.#modes.delete(NO_PID);
    return this.#rows.tasks.rename(first, pid);
  }

  /** strace says so. A note about a pid that nobody has is about the only task, whose pid it tells. */
  runs(pid: number, mode: string): void {
    const { tasks } = this.#rows;
    const first = tasks.of(NO_PID);
    if (tasks.of(pid) === undefined && first !== undefined && !this.#attached.has(pid))
      this.#reveal(first, pid);
    if (mode === "64") this.#modes.delete(pid);
    else this.#modes.set(pid, mode);
  }

  get hasModes(): boolean {
    return this.#modes.size > 0;
  }

  /** Undefined: that of the catalog. */
  modeOf({ pid }: StraceHead): string | undefined {
    const { tasks } = this.#rows;
    return this.#modes.get(pid ?? (tasks.of(this.#unprefixed) ?? tasks.only)?.pid ?? NO_PID);
  }

  /** A child begins in its parent's mode: strace takes a new task for what its parent was. */
  #fork(parent: LiveTask, pid: number): LiveTask {
    this.#inherit(parent.pid, pid);
    return this.#rows.fork(parent, pid, parent.comm);
  }

  #inherit(parent: number, child: number): void {
    const mode = this.#modes.get(parent);
    if (mode !== undefined && !this.#modes.has(child)) this.#modes.set(child, mode);
  }

  attach(pid: number): void {
    if (this.#rows.tasks.of(NO_PID) !== undefined) this.#attached.add(pid);
  }

  suspend(task: LiveTask, unfinished: Unfinished): void {
    this.resume(task);
    this.#unfinished.set(task.pid, unfinished);
    if (unfinished.call.makes === "fork") this.#forking.add(task.pid);
    this.#unfinishedBytes += unfinished.text.length;
    if (this.#unfinishedBytes > MAX_STRING_BYTES)
      throw new TraceError("limit", `the unfinished calls take more than ${MAX_STRING_BYTES} bytes`);
  }

  unfinishedOf(task: LiveTask): Unfinished | undefined {
    return this.#unfinished.get(task.pid);
  }

  /** Its call goes on, or will not. */
  resume(task: LiveTask): void {
    const unfinished = this.#unfinished.get(task.pid);
    if (unfinished === undefined) return;
    this.#unfinishedBytes -= unfinished.text.length;
    this.#unfinished.delete(task.pid);
    this.#forking.delete(task.pid);
  }

  /** `parent` learns what its fork made. */
  forked(parent: LiveTask, pid: number): void {
    const born = this.#born.get(parent.pid);
    this.#born.delete(parent.pid);
    if (born === pid) return;
    const child = this.#rows.tasks.of(pid);
    if (child === undefined || child.parent !== null) this.#fork(parent, pid);
    else this.#rows.adopt(parent, child);
  }

  /** A thread execs: it goes on under the pid of its group's leader, which is gone. */
  supersede(leader: LiveTask, thread: number): void {
    const unfinished = this.#unfinished.get(thread);
    this.resume(leader);
    if (unfinished !== undefined) {
      this.#unfinished.delete(thread);
      this.#unfinished.set(leader.pid, unfinished);
    }
    this.#rows.tasks.exec(leader, thread);
  }

  exit(task: LiveTask): void {
    this.resume(task);
    this.#born.delete(task.pid);
    this.#attached.delete(task.pid);
    this.#modes.delete(task.pid);
    this.#rows.exit(task);
  }
}
