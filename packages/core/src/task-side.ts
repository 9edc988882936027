// The task side of a design: who may install a filter, narrow it, remove it; who inherits it; who can read it. Half of
// the debate is about that. It is kept apart from what a filter says: pure state transitions over all the tasks of one
// kernel, each variant as its patch had it, bugs included.

import type { ByteString } from "./bytes.js";
import type { Catalog } from "./catalog.js";
import type { Abi, Task, TraceEvent } from "./chunk.js";
import type { Verdict } from "./design.js";

/** How the kernel was built and booted, as far as a variant asks. */
export type Kernel = {
  /** The calls of the native entry path. */
  readonly catalog: Catalog;
  /** CONFIG_COMPAT: the calls that enter by `int 0x80`; null where the kernel has no such path. */
  readonly compat: Catalog | null;
  /** CONFIG_FTRACE_SYSCALLS: system calls have trace metadata. */
  readonly ftrace: boolean;
  /** CONFIG_SECCOMP_FILTER. */
  readonly filters: boolean;
  /** RLIMIT_NOFILE of a task. */
  readonly files: number;
};

/** As the variants start: everything is built in but CONFIG_COMPAT, with which one of them kills every task. */
export function kernelOf(catalog: Catalog, differs: Partial<Omit<Kernel, "catalog">> = {}): Kernel {
  return { catalog, compat: null, ftrace: true, filters: true, files: 1024, ...differs };
}

/** `privileged`: CAP_SYS_ADMIN. */
export type NewTask = { readonly pid: number; readonly privileged: boolean };

/** The calls by which a task asks for something of its filters. `abi`: by which path it enters; native if not said. */
export type TaskCall = { readonly abi?: Abi } & (
  | { readonly call: "prctl"; readonly option: number; readonly args: readonly PrctlArgument[] }
  /** Of the caller itself. `event`: `syscalls:sys_enter_read`. */
  | { readonly call: "perf_event_open"; readonly event: string; readonly attr: PerfAttr }
  | { readonly call: "ioctl"; readonly fd: Fd; readonly request: PerfIoctl }
  /** Null: a pointer that leads nowhere. */
  | {
      readonly call: "ioctl";
      readonly fd: Fd;
      readonly request: "SET_FILTER";
      readonly filter: string | null;
    }
  | { readonly call: "close"; readonly fd: Fd }
  /** Gives up CAP_SYS_ADMIN; where it is `privileged`, takes it back. */
  | { readonly call: "setuid"; readonly privileged?: boolean }
);

/** `last`: what the task's last perf_event_open gave, as a program keeps it in a variable. */
export type Fd = number | "last";

export type Prctl = Extract<TaskCall, { call: "prctl" }>;

/** A number, a string or bytes that the pointer leads to (also those to be written over), or null: nowhere. */
export type PrctlArgument = number | bigint | string | Uint8Array | Mapped | null;

/** Memory that ends: these bytes can be read and written, and behind them nothing is mapped. */
export type Mapped = { readonly bytes: ByteString };

/** The bits of `perf_event_attr` that matter here; the last two are the proof of concept's. */
export type PerfAttr = {
  readonly inherit?: boolean;
  readonly disabled?: boolean;
  readonly enableOnExec?: boolean;
  readonly requireSecure?: boolean;
  readonly errOnDiscard?: boolean;
};

export type PerfIoctl = "ENABLE" | "DISABLE" | "RESET";

/** What the kernel returns. `text`: what it wrote into the caller's buffer, with a NUL behind it where that is `ok`. */
export type Answer =
  | { readonly ok: true; readonly value: number; readonly text?: ByteString }
  /** `EPERM`, by the names of errno.h. `text`: what it wrote before the buffer ended. */
  | { readonly ok: false; readonly errno: string; readonly text?: ByteString }
  /** None: the thread died in the kernel. */
  | { readonly ok: false; readonly fault: Fault };

/** How a thread dies of the kernel's own mistake: at a BUG_ON, or of a pointer that leads nowhere. */
export type Fault = "bug" | "oops";

/**
 * What becomes of an event. `log`: what the kernel prints, lines with a newline between them, null where it says nothing.
 * `fault`: the verdict is "deny", and it came about by a mistake.
 */
export type Outcome = {
  readonly verdict: Verdict | "unknown";
  readonly log: string | null;
  readonly fault?: Fault;
};

/** How many texts the filter engine read for it; none where nothing is said. */
export type Cost = { readonly parses?: number };

/**
 * One variant's rules. `S` is everything it keeps of all tasks: plain data, never changed in place. Every pid must be one
 * that was booted or forked and did not exit: another one is our own bug.
 */
export interface TaskSide<P = unknown, S = unknown> {
  /** A kernel with one task, which carries nothing. */
  boot(kernel: Kernel, task: NewTask): S;
  /** A call that was let through: whether it is, `check` says of its own event. */
  call(state: S, pid: number, call: TaskCall): Cost & { readonly state: S; readonly answer: Answer };
  /** `thread`: CLONE_THREAD, which shares the table of files. */
  fork(state: S, parent: number, child: number, thread?: boolean): S;
  /** An execve that succeeded. */
  exec(state: S, pid: number): S;
  exit(state: S, pid: number): S;
  /**
   * An event of `event.task` at the boundary. One variant changes its mind at the first attempt to exec, so there is a new
   * state. A refused task is not gone: whoever drives this says so by `exit`. `nr`: the call's number, where a trace has
   * no room for it, as an `int`; the event is then NO_SUCH_CALL.
   */
  check(state: S, event: TraceEvent, nr?: number): Cost & { readonly state: S; readonly outcome: Outcome };
  /** `/proc/<pid>/seccomp_filter` as `reader` reads it, the task itself if not said; null where there is no such file. */
  proc(state: S, pid: number, reader?: number): ByteString | null;
  /** The calls by which a task puts itself under a program, in order. */
  install(program: P, task: Task): readonly TaskCall[];
}

export function done(value = 0): Answer {
  return { ok: true, value };
}

export function refused(errno: string): Answer {
  return { ok: false, errno };
}

/** `EPERM`, or by what fault the call never returned. */
export function refusalName(answer: Exclude<Answer, { ok: true }>): string {
  return "fault" in answer ? answer.fault : answer.errno;
}

export const PASSES: Outcome = { verdict: "allow", log: null };

/** prctl's numbers: those up to 32 are the kernel's, 35 to 37 the patches' own of 2011. */
export const PR = {
  GET_SECCOMP: 21,
  SET_SECCOMP: 22,
  TASK_PERF_EVENTS_DISABLE: 31,
  TASK_PERF_EVENTS_ENABLE: 32,
  GET_SECCOMP_FILTER: 35,
  SET_SECCOMP_FILTER: 36,
  CLEAR_SECCOMP_FILTER: 37,
} as const;
