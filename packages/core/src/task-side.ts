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
  /** Gives up CAP_SYS_ADMIN; `privileged`: takes CAP_SYS_ADMIN back instead, as a saved uid of 0 allows. */
  | { readonly call: "setuid"; readonly privileged?: boolean }
);

/** `last`: what the task's last perf_event_open gave, as a program keeps it in a variable. */
export type Fd = number | "last";

export type Prctl = Extract<TaskCall, { call: "prctl" }>;

/**
 * A register: a number (negative ones as two's complement), or a pointer to a string and the NUL behind it, to bytes that
 * may be written over, to a string that runs into unmapped memory before any NUL, or nowhere (null).
 */
export type PrctlArgument = number | bigint | ByteString | Uint8Array | Unended | null;

/** Bytes without a NUL of their own, and unmapped memory behind them. */
export type Unended = { readonly unended: ByteString };

/** The bits of `perf_event_attr` that matter here; the last two are the proof of concept's. */
export type PerfAttr = {
  readonly inherit?: boolean;
  readonly disabled?: boolean;
  readonly enableOnExec?: boolean;
  readonly requireSecure?: boolean;
  readonly errOnDiscard?: boolean;
};

export type PerfIoctl = "ENABLE" | "DISABLE" | "RESET";

/** What a call wrote into the caller's buffer: how many bytes, and the text that they hold up to a NUL. */
export type Written = { readonly wrote?: number; readonly text?: ByteString };

/** What the kernel returns. */
export type Answer =
  | ({ readonly ok: true; readonly value: number } & Written)
  /** `EPERM`, by the names of errno.h; null: the kernel oopsed in the call, and the task is gone. */
  | ({ readonly ok: false; readonly errno: string | null } & Written);

/** What becomes of an event. */
export type Outcome = {
  readonly verdict: Verdict | "unknown";
  /** The lines that the kernel prints. */
  readonly log: readonly string[];
  /** False: the task is in no mode, so the check is not reached. */
  readonly checked: boolean;
  /** The task does not end by a signal but at a BUG_ON. */
  readonly bug?: boolean;
};

/** What a step costs beside itself: `parses` texts handed to the filter language's parser, none where absent. */
export type Cost = { readonly parses?: number };

/**
 * One variant's rules. `S` is everything it keeps of all tasks: plain data, never changed in place. Every pid must be one
 * that was booted or forked and did not exit: another one is our own bug.
 */
export interface TaskSide<P = unknown, S = unknown> {
  /** A kernel with one task, which carries nothing. */
  boot(kernel: Kernel, task: NewTask): S;
  /** A call that was let through: whether it is, `check` says of its own event. */
  call(state: S, pid: number, call: TaskCall): { readonly state: S; readonly answer: Answer } & Cost;
  /** `thread`: CLONE_THREAD, which shares the table of files. */
  fork(state: S, parent: number, child: number, thread?: boolean): S;
  /** An execve that succeeded. */
  exec(state: S, pid: number): S;
  exit(state: S, pid: number): S;
  /**
   * An event of `event.task` at the boundary. One variant changes its mind at the first attempt to exec, so there is a new
   * state. A refused task is not gone: whoever drives this says so by `exit`. `nr`: the call's number, where a trace's
   * column has no room for it.
   */
  check(state: S, event: TraceEvent, nr?: number): { readonly state: S; readonly outcome: Outcome } & Cost;
  /** `/proc/<pid>/seccomp_filter` as `reader` reads it, else the task itself; null where the variant has no such file. */
  proc(state: S, pid: number, reader?: number): string | null;
  /** Entries `1` for the numbers from `lo` to `hi`, by the function that the variant's SET calls; absent: it has none. */
  fill?(state: S, pid: number, lo: number, hi: number): S;
  /** The calls by which a task puts itself under a program, in order. */
  install(program: P, task: Task): readonly TaskCall[];
}

export function done(value = 0): Answer {
  return { ok: true, value };
}

export function refused(errno: string): Answer {
  return { ok: false, errno };
}

/** An event of a task that is in no mode. */
export const PASSES: Outcome = { verdict: "allow", log: [], checked: false };

/** What a filter answered, without a line. */
export function judged(verdict: Verdict | "unknown"): Outcome {
  return { verdict, log: [], checked: true };
}

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
