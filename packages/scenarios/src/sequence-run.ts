// A recorded sequence put to a design's task side: what each step is answered, in the shape of the recordings.

import { linux2639, linux2639i386 } from "@gatehouse/catalog";
import {
  ABI,
  type Answer,
  Chunk,
  type Cost,
  type Design,
  Dictionary,
  fail,
  kernelOf,
  NO_SUCH_CALL,
  type Outcome,
  type Result,
  succeed,
  type Task,
  TraceEvent,
  u64,
  type Written,
} from "@gatehouse/core";
import type { EntryName, Sequence, SequenceConfig, SequenceStep } from "./recorded-sequence.js";

export type SequenceAnswer =
  | ({ readonly value: number } & Written)
  | ({ readonly errno: string } & Written)
  | { readonly text: string | null }
  | { readonly verdict: "allow"; readonly checked: boolean }
  | { readonly verdict: "kill"; readonly signal: 9 }
  /** A BUG_ON in a check, an oops in a call: the task is gone after either. */
  | { readonly verdict: "bug" | "oops" | "unknown" };

export type AnsweredSequenceStep = {
  readonly answer: SequenceAnswer;
  readonly log?: readonly string[];
  /** The task's file after the step; absent where that task is gone, or the variant has no such file. */
  readonly proc?: string;
  readonly cost?: { readonly parses: number };
};

export type AnsweredSequence = { readonly id: string } & (
  | { readonly steps: readonly AnsweredSequenceStep[] }
  /** Why the design cannot answer. */
  | { readonly skipped: string }
);

/** Or which step cannot be made, and why: it names a task that is not there, say. */
export function runSequence(
  design: Design,
  { id, category, config, steps }: Sequence,
): Result<AnsweredSequence, string> {
  if (category === "btree") return succeed({ id, skipped: "how the b-tree goes wrong is not modelled" });
  if (category === "enomem" || steps.some(({ op }) => op === "failAlloc")) {
    return succeed({ id, skipped: "what happens when memory runs out is not modelled" });
  }
  const machine = new Machine(design, config);
  const answered: AnsweredSequenceStep[] = [];
  try {
    for (const step of steps) answered.push(machine.step(step));
  } catch (error) {
    if (error instanceof ImpossibleStep) return fail(`steps[${answered.length}]: ${error.message}`);
    throw error;
  }
  return succeed({ id, steps: answered });
}

class ImpossibleStep extends Error {}

/** A kernel with its tasks. A second first task is of a kernel of its own: nothing is shared with it. */
class Machine {
  readonly #side: Design["task"];
  readonly #config: SequenceConfig;
  readonly #kernels: unknown[] = [];
  readonly #tasks = new Map<number, { readonly kernel: number; readonly comm: string }>();

  constructor(design: Design, config: SequenceConfig) {
    this.#side = design.task;
    this.#config = config;
  }

  step(step: SequenceStep): AnsweredSequenceStep {
    switch (step.op) {
      case "boot":
        return this.#boot(step.task, step.comm, step.privileged);
      case "prctl":
        return this.#prctl(step);
      case "check":
        return this.#check(step);
      case "fork":
        if (this.#tasks.has(step.child)) throw new ImpossibleStep(`there is a task ${step.child} already`);
        this.#change(step.task, (state) => this.#side.fork(state, step.task, step.child, step.thread));
        this.#tasks.set(step.child, this.#task(step.task));
        return this.#after(step.child, { value: 0 });
      case "exec":
        if (step.succeeds) this.#change(step.task, (state) => this.#side.exec(state, step.task));
        return this.#after(step.task, { value: 0 });
      case "exit":
        this.#exit(step.task);
        return { answer: { value: 0 } };
      case "privilege":
        this.#change(step.task, (state) => {
          return this.#side.call(state, step.task, { call: "setuid", privileged: step.on }).state;
        });
        return this.#after(step.task, { value: 0 });
      case "proc":
        return { answer: { text: this.#side.proc(this.#stateOf(step.task), step.task, step.reader) } };
      case "bulk": {
        const { fill } = this.#side;
        if (fill === undefined)
          throw new ImpossibleStep("this variant has no function that `bulk` could call");
        this.#change(step.task, (state) => fill(state, step.task, step.lo, step.hi));
        return { answer: { value: step.hi - step.lo + 1 } };
      }
      case "repeat":
        for (let i = 0; i < step.times; i++) for (const each of step.steps) this.step(each);
        return { answer: { value: 0 } };
      case "failAlloc":
        throw new Error("a sequence in which memory runs out was not skipped");
    }
  }

  #boot(pid: number, comm: string, privileged: boolean): AnsweredSequenceStep {
    if (this.#tasks.has(pid)) throw new ImpossibleStep(`there is a task ${pid} already`);
    const { compat, ftrace, filters } = this.#config;
    const kernel = kernelOf(linux2639, { compat: compat ? linux2639i386 : null, ftrace, filters });
    this.#kernels.push(this.#side.boot(kernel, { pid, privileged }));
    this.#tasks.set(pid, { kernel: this.#kernels.length - 1, comm });
    return { answer: { value: 0 } };
  }

  #prctl({ task, abi, option, args }: SequenceStep & { op: "prctl" }): AnsweredSequenceStep {
    const call = { call: "prctl", abi: ABI[abi], option, args } as const;
    const { answer, parses = 0 } = this.#transition(task, (state) => this.#side.call(state, task, call));
    if (!answer.ok && answer.errno === null) this.#exit(task);
    return this.#after(task, showAnswer(answer), { parses });
  }

  #check({ task, ...step }: SequenceStep & { op: "check" }): AnsweredSequenceStep {
    const nr = Number(BigInt.asIntN(32, BigInt(step.nr)));
    const event = eventOf(step.abi, nr, step.args, step.ip, { pid: task, ...this.#task(task) });
    const { outcome, parses = 0 } = this.#transition(task, (state) => this.#side.check(state, event, nr));
    if (outcome.verdict === "deny") this.#exit(task);
    return this.#after(task, showOutcome(outcome), { parses, log: outcome.log });
  }

  #after(
    pid: number,
    answer: SequenceAnswer,
    { parses = 0, log = [] }: Cost & { readonly log?: readonly string[] } = {},
  ): AnsweredSequenceStep {
    const proc = this.#tasks.has(pid) ? this.#side.proc(this.#stateOf(pid), pid) : null;
    return {
      answer,
      ...(log.length > 0 ? { log } : {}),
      ...(proc === null ? {} : { proc }),
      ...(parses > 0 ? { cost: { parses } } : {}),
    };
  }

  #exit(pid: number): void {
    this.#change(pid, (state) => this.#side.exit(state, pid));
    this.#tasks.delete(pid);
  }

  #change(pid: number, transition: (state: unknown) => unknown): void {
    this.#transition(pid, (state) => ({ state: transition(state) }));
  }

  #transition<T extends { readonly state: unknown }>(pid: number, transition: (state: unknown) => T): T {
    const { kernel } = this.#task(pid);
    const changed = transition(this.#kernels[kernel]);
    this.#kernels[kernel] = changed.state;
    return changed;
  }

  #stateOf(pid: number): unknown {
    return this.#kernels[this.#task(pid).kernel];
  }

  #task(pid: number) {
    const task = this.#tasks.get(pid);
    if (task === undefined) throw new ImpossibleStep(`there is no task ${pid}`);
    return task;
  }
}

const MASK32 = 0xffffffffn;

function eventOf(
  abi: EntryName,
  nr: number,
  args: readonly bigint[],
  ip: bigint,
  { pid, comm }: Pick<Task, "pid" | "comm">,
): TraceEvent {
  const task: Task = { pid, parent: null, comm, lineage: new Set([comm]) };
  const chunk = new Chunk(linux2639, new Dictionary(), { capacity: 1, tasks: [task], ip: true });
  const id = nr >= 0 && nr < NO_SUCH_CALL ? nr : NO_SUCH_CALL;
  const values = args.map((value) => u64(abi === "int80" ? value & MASK32 : value));
  const row = chunk.push(0, id, ABI[abi], values);
  chunk.ip?.set([Number(ip & MASK32), Number(ip >> 32n)], 2 * row);
  return new TraceEvent(chunk, row);
}

function showAnswer(answer: Answer): SequenceAnswer {
  const { wrote, text } = answer;
  const written = { ...(wrote === undefined ? {} : { wrote }), ...(text === undefined ? {} : { text }) };
  if (answer.ok) return { value: answer.value, ...written };
  return answer.errno === null ? { verdict: "oops" } : { errno: answer.errno, ...written };
}

function showOutcome({ verdict, checked, bug = false }: Outcome): SequenceAnswer {
  if (verdict === "allow") return { verdict, checked };
  if (bug) return { verdict: "bug" };
  if (verdict === "unknown") return { verdict };
  return { verdict: "kill", signal: 9 };
}
