// The task side of the variants that are asked by prctl and keep all their state on the task: the bitmask and the filter
// engine. Such a design writes its own rules; here are the tree of tasks, mode 1, and what every call of theirs shares.

import { ABI, type TraceEvent } from "./chunk.js";
import type { OneTaskSide } from "./design.js";
import { STRICT, strictVerdict } from "./strict-mode.js";
import {
  type Answer,
  type Cost,
  done,
  judged,
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
export type Change<C> = { readonly task: TaskState<C>; readonly answer: Answer } & Cost;

/** What an event does to the task that makes it. */
export type Checked<C> = { readonly task: TaskState<C>; readonly outcome: Outcome } & Cost;

export type PrctlRules<C> = {
  /** What a task carries that has asked for nothing. */
  readonly nothing: C;
  /** PR_SET_SECCOMP of anything but mode 1, and the variant's own numbers. Null for a number that it does not have. */
  prctl(task: TaskState<C>, call: Prctl, kernel: Kernel, pid: number): Change<C> | null;
  /** Whether a task may go to mode 1 from the variant's own. */
  readonly mayBecomeStrict: boolean;
  /** What going to mode 1 does to what the task carries; nothing where absent. */
  strict?(carries: C, call: Prctl): { readonly carries: C } & Cost;
  /** See `TaskSide.fill`. */
  fill?(task: TaskState<C>, pid: number, lo: number, hi: number): TaskState<C>;
  /** What a child begins with. */
  fork(task: TaskState<C>): TaskState<C>;
  /** An event of a task in the variant's own mode: call `nr`, as the event's entry path numbers calls. */
  check(task: TaskState<C>, event: TraceEvent, nr: number, kernel: Kernel): Checked<C>;
  /** As task `reader` reads the file of task `pid`. */
  proc(task: TaskState<C>, kernel: Kernel, reader: number): string | null;
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
      const { task, answer, parses = 0 } = callOf(rules, before, call, state.kernel, pid);
      return { state: withTask(state, pid, before, task), answer, parses };
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

    check(state, event, nr = event.id) {
      const { pid } = event.task;
      const before = taskOf(state, pid);
      if (before.strict) {
        const verdict = strictVerdict(state.kernel, event, nr);
        if (verdict === "deny" || before.mode === 0) return { state, outcome: judged(verdict) };
      }
      if (before.mode === 0) return { state, outcome: PASSES };
      const { task, outcome, parses = 0 } = rules.check(before, event, nr, state.kernel);
      return { state: withTask(state, pid, before, task), outcome, parses };
    },

    ...(rules.fill === undefined ? {} : { fill: filling(rules.fill) }),
    proc: (state, pid, reader = pid) => rules.proc(taskOf(state, pid), state.kernel, reader),
    install,
  };
}

function filling<C>(fill: NonNullable<PrctlRules<C>["fill"]>) {
  return (state: Tasks<C>, pid: number, lo: number, hi: number) => {
    const before = taskOf(state, pid);
    return withTask(state, pid, before, fill(before, pid, lo, hi));
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
        const isStrict = register(call, 0) === BigInt(STRICT);
        if (task.strict || (isStrict && task.mode !== 0 && !rules.mayBecomeStrict)) {
          return { task, answer: refused("EPERM") };
        }
        if (isStrict) {
          const { carries, parses = 0 }: { readonly carries: C } & Cost =
            rules.strict?.(task.carries, call) ?? task;
          return { task: { ...task, strict: true, carries }, answer: done(), parses };
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

/** An argument's register, unsigned; 0 for what was not given. A pointer that leads somewhere is not 0. */
export function register(call: Prctl, at: number): bigint {
  const argument = call.args[at] ?? 0;
  const value = typeof argument === "number" || typeof argument === "bigint" ? BigInt(argument) : POINTER;
  return BigInt.asUintN(entryOf(call) === ABI.int80 ? 32 : 64, value);
}

/** Where what pointers lead to would lie: nobody asks what number that is, but that it is one. */
const POINTER = 0x1000n;

/** A register as the signed 32 bits that an `int` takes of it. */
export function intArgument(call: Prctl, at: number): number {
  return Number(BigInt.asIntN(32, register(call, at)));
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
