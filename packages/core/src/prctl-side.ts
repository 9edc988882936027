// The task side of the variants that are asked by prctl and keep all their state on the task: the bitmask and the filter
// engine. Such a design writes its own rules; here are the tree of tasks, mode 1, and what every call of theirs shares.

import type { ByteString } from "./bytes.js";
import { ABI, type TraceEvent } from "./chunk.js";
import type { OneTaskSide } from "./design.js";
import { STRICT, strictVerdict } from "./strict-mode.js";
import {
  type Answer,
  type Cost,
  done,
  type Kernel,
  type Outcome,
  PASSES,
  PR,
  type Prctl,
  type PrctlArgument,
  refused,
  type TaskCall,
} from "./task-side.js";

/** What one task carries. */
export type TaskState<C> = {
  readonly privileged: boolean;
  /** Under mode 1, on top of what it carries: whether that was kept beside it is recorded of none, and so nothing grows. */
  readonly strict: boolean;
  /** The variant's own, 0 for none. */
  readonly mode: number;
  /** The variant's own. */
  readonly carries: C;
};

export type Tasks<C> = { readonly kernel: Kernel; readonly tasks: ReadonlyMap<number, TaskState<C>> };

/** What a call does to the task that makes it. */
export type Change<C> = Cost & { readonly task: TaskState<C>; readonly answer: Answer };

export type PrctlRules<C> = {
  /** What a task carries that has asked for nothing. */
  readonly nothing: C;
  /** What else becomes of a task that goes to mode 1; nothing if not said. */
  enterStrict?(task: TaskState<C>, call: Prctl, kernel: Kernel): Change<C>;
  /** PR_SET_SECCOMP of anything but mode 1, and the variant's own numbers. Null for a number that it does not have. */
  prctl(task: TaskState<C>, call: Prctl, kernel: Kernel, pid: number): Change<C> | null;
  /** Whether a task may go to mode 1 from the variant's own. */
  readonly mayBecomeStrict: boolean;
  /** What a child begins with. */
  fork(task: TaskState<C>): TaskState<C>;
  /** An event of a task in the variant's own mode. */
  check(
    task: TaskState<C>,
    event: TraceEvent,
    kernel: Kernel,
    nr?: number,
  ): Cost & { readonly task: TaskState<C>; readonly outcome: Outcome };
  proc(task: TaskState<C>, kernel: Kernel, reader: number): ByteString | null;
};

export function prctlSide<P, C>(
  rules: PrctlRules<C>,
  install: OneTaskSide<P>["install"],
): OneTaskSide<P, Tasks<C>> {
  return {
    boot: (kernel, { pid, privileged }) => ({
      kernel,
      tasks: new Map([[pid, { privileged, strict: false, mode: 0, carries: rules.nothing }]]),
    }),

    call(state, pid, call) {
      const before = taskOf(state, pid);
      const { task, ...answered } = callOf(rules, before, call, state.kernel, pid);
      return { state: withTask(state, pid, before, task), ...answered };
    },

    fork(state, parent, child) {
      const task = rules.fork(taskOf(state, parent));
      return { ...state, tasks: new Map(state.tasks).set(child, task) };
    },

    exec: (state) => state, // none of them lets go of a filter there

    exit(state, pid) {
      const tasks = new Map(state.tasks);
      tasks.delete(pid);
      return { ...state, tasks };
    },

    check(state, event, nr) {
      const { pid } = event.task;
      const before = taskOf(state, pid);
      if (before.strict && strictVerdict(state.kernel, event) === "deny") {
        return { state, outcome: { verdict: "deny", log: null } };
      }
      if (before.mode === 0) return { state, outcome: PASSES };
      const { task, ...judged } = rules.check(before, event, state.kernel, nr);
      return { state: withTask(state, pid, before, task), ...judged };
    },

    proc: (state, pid, reader = pid) => rules.proc(taskOf(state, pid), state.kernel, reader),
    install,
  };
}

function callOf<C>(
  rules: PrctlRules<C>,
  task: TaskState<C>,
  call: TaskCall,
  kernel: Kernel,
  pid: number,
): Change<C> {
  switch (call.call) {
    case "prctl":
      if (call.option === PR.GET_SECCOMP) return { task, answer: done(task.strict ? STRICT : task.mode) };
      if (call.option === PR.SET_SECCOMP) {
        const isStrict = numberArgument(call, 0) === STRICT;
        if (task.strict || (isStrict && task.mode !== 0 && !rules.mayBecomeStrict)) {
          return { task, answer: refused("EPERM") };
        }
        if (isStrict) {
          const entered = rules.enterStrict?.(task, call, kernel) ?? { task, answer: done() };
          return { ...entered, task: { ...entered.task, strict: true } };
        }
      }
      return rules.prctl(task, call, kernel, pid) ?? { task, answer: refused("EINVAL") };
    case "setuid":
      return { task: { ...task, privileged: call.privileged ?? false }, answer: done() };
    // Perf has no say in these variants, so a task of theirs has no event of it.
    case "perf_event_open":
      return { task, answer: refused("ENOSYS") };
    case "ioctl":
    case "close":
      return { task, answer: refused("EBADF") };
  }
}

function taskOf<C>({ tasks }: Tasks<C>, pid: number): TaskState<C> {
  const task = tasks.get(pid);
  if (task === undefined) throw new RangeError(`there is no task ${pid}`);
  return task;
}

function withTask<C>(state: Tasks<C>, pid: number, before: TaskState<C>, after: TaskState<C>): Tasks<C> {
  return before === after ? state : { ...state, tasks: new Map(state.tasks).set(pid, after) };
}

/**
 * As the register holds it, without a sign: 64 bits wide, 32 by `int 0x80`. 0 for what was not given. Of a pointer nobody
 * asks the number, and a null one is 0.
 */
export function wordArgument({ args, abi = ABI.native }: Prctl, at: number): bigint {
  const argument = args[at];
  const word = typeof argument === "number" || typeof argument === "bigint" ? BigInt(argument) : 0n;
  return BigInt.asUintN(abi === ABI.int80 ? 32 : 64, word);
}

/** The same as a number: exact up to 2^53, and what is more stays more. */
export function numberArgument(call: Prctl, at: number): number {
  return Number(wordArgument(call, at));
}

/** What a pointer leads to; null where it leads nowhere, as a bare number does. */
export function pointee({ args }: Prctl, at: number): Exclude<PrctlArgument, number | bigint> {
  const argument = args[at];
  return argument === undefined || typeof argument === "number" || typeof argument === "bigint"
    ? null
    : argument;
}

/** By which path a call comes in. */
export function entryOf({ abi = ABI.native }: TaskCall): number {
  return abi;
}
