// A TaskSequence put to a design: what each step answers, in the words of the recordings.

import {
  ABI,
  type Answer,
  type ByteString,
  Chunk,
  type Cost,
  Dictionary,
  type Fault,
  type Kernel,
  NO_SUCH_CALL,
  type Outcome,
  PR,
  type Task,
  type TaskCall,
  type TaskSide,
  type TraceEvent,
} from "@gatehouse/core";
import type { SequenceStep, TaskSequence } from "./task-sequence.js";

export type SequenceAnswer =
  | { readonly value: number; readonly text?: ByteString; readonly wrote?: number }
  | { readonly errno: string; readonly text?: ByteString; readonly wrote?: number }
  /** `checked`: false where the task is in no mode, so that nobody asked a filter. */
  | { readonly verdict: "allow"; readonly checked: boolean }
  | { readonly verdict: "kill"; readonly signal: number }
  | { readonly verdict: Fault }
  /** Of a file. */
  | { readonly text: ByteString };

export type AnsweredSequenceStep = {
  readonly answer: SequenceAnswer;
  /** The lines that the kernel printed. */
  readonly log?: readonly ByteString[];
  /** The task's file behind the step. */
  readonly proc?: ByteString;
  readonly cost?: Cost;
};

type Check = Extract<SequenceStep, { op: "check" }>;
type Running = Extract<TaskSequence, { steps: unknown }>;

/** Throws a RangeError where a step names a task that is not there. */
export function runSequence({ kernel, steps }: Running, side: TaskSide): AnsweredSequenceStep[] {
  const tasks = new Tasks(kernel, side);
  return steps.map((step) => tasks.run(step));
}

/** A first task and all that came of it. Families know nothing of each other, so each is a state of its own. */
type Family = { state: unknown };
type Member = { readonly family: Family; readonly comm: ByteString };

const SIGKILL = 9;
const NOTHING: SequenceAnswer = { value: 0 };

class Tasks {
  readonly #kernel: Kernel;
  readonly #side: TaskSide;
  readonly #members = new Map<number, Member>();

  constructor(kernel: Kernel, side: TaskSide) {
    this.#kernel = kernel;
    this.#side = side;
  }

  run(step: SequenceStep): AnsweredSequenceStep {
    switch (step.op) {
      case "boot": {
        const state = this.#side.boot(this.#kernel, { pid: step.task, privileged: step.privileged });
        this.#add(step.task, { family: { state }, comm: step.comm });
        return { answer: NOTHING };
      }
      case "prctl":
        return this.#prctl(step);
      case "check":
        return this.#check(step);
      case "fork":
        return this.#fork(step);
      case "exec": {
        const { family } = this.#member(step.task);
        family.state = this.#side.exec(family.state, step.task);
        return this.#withProc(step.task, { answer: NOTHING });
      }
      case "exit":
        this.#end(step.task);
        return { answer: NOTHING };
      case "privilege":
        this.#call(step.task, { call: "setuid", privileged: step.on });
        return this.#withProc(step.task, { answer: NOTHING });
      case "proc":
        return { answer: { text: this.#proc(step.task, step.reader) ?? "" } };
      case "repeat":
        for (let i = 0; i < step.times; i++) for (const each of step.steps) this.run(each);
        return { answer: NOTHING };
    }
  }

  #prctl({ task, abi, option, args }: SequenceStep & { op: "prctl" }): AnsweredSequenceStep {
    const { answer, parses } = this.#call(task, { call: "prctl", abi, option, args });
    const answered = { answer: shown(answer), ...costOf(parses) };
    if ("fault" in answer) this.#end(task);
    return this.#withProc(task, answered);
  }

  #check(step: Check): AnsweredSequenceStep {
    const { task, nr } = step;
    const { family, comm } = this.#member(task);
    const mode = this.#call(task, { call: "prctl", option: PR.GET_SECCOMP, args: [] }).answer;
    const event = eventOf(step, { pid: task, parent: null, comm, lineage: new Set([comm]) }, this.#kernel);
    const { state, outcome, parses } = this.#side.check(family.state, event, nr);
    family.state = state;
    const answered = {
      answer: verdictOf(outcome, mode.ok && mode.value !== 0),
      ...(outcome.log !== null && { log: outcome.log.split("\n") }),
      ...costOf(parses),
    };
    if (outcome.verdict === "deny") this.#end(task);
    return this.#withProc(task, answered);
  }

  #fork({ task, child, thread }: SequenceStep & { op: "fork" }): AnsweredSequenceStep {
    const { family, comm } = this.#member(task);
    this.#add(child, { family, comm });
    family.state = this.#side.fork(family.state, task, child, thread);
    return this.#withProc(child, { answer: NOTHING });
  }

  #call(pid: number, call: TaskCall): Cost & { readonly answer: Answer } {
    const { family } = this.#member(pid);
    const { state, ...answered } = this.#side.call(family.state, pid, call);
    family.state = state;
    return answered;
  }

  #withProc(pid: number, { answer, log, cost }: AnsweredSequenceStep): AnsweredSequenceStep {
    const proc = this.#members.has(pid) ? this.#proc(pid, pid) : null;
    return { answer, ...(log && { log }), ...(proc !== null && { proc }), ...(cost && { cost }) };
  }

  #proc(pid: number, reader: number): ByteString | null {
    return this.#side.proc(this.#member(pid).family.state, pid, reader);
  }

  #add(pid: number, member: Member): void {
    if (this.#members.has(pid)) throw new RangeError(`there is a task ${pid} already`);
    this.#members.set(pid, member);
  }

  #end(pid: number): void {
    const { family } = this.#member(pid);
    family.state = this.#side.exit(family.state, pid);
    this.#members.delete(pid);
  }

  #member(pid: number): Member {
    const member = this.#members.get(pid);
    if (member === undefined) throw new RangeError(`there is no task ${pid}`);
    return member;
  }
}

function shown(answer: Answer): SequenceAnswer {
  if ("fault" in answer) return { verdict: answer.fault };
  const { text } = answer;
  const written = text === undefined ? {} : { text, wrote: text.length + (answer.ok ? 1 : 0) };
  return answer.ok ? { value: answer.value, ...written } : { errno: answer.errno, ...written };
}

function verdictOf({ verdict, fault }: Outcome, checked: boolean): SequenceAnswer {
  if (fault !== undefined) return { verdict: fault };
  return verdict === "deny" ? { verdict: "kill", signal: SIGKILL } : { verdict: "allow", checked };
}

function costOf(parses = 0): { cost?: Cost } {
  return parses === 0 ? {} : { cost: { parses } };
}

/** A 32-bit caller's registers are 32 bits wide. A number that no column holds stands beside the event. */
function eventOf({ abi, nr, args, ip }: Check, task: Task, { catalog }: Kernel): TraceEvent {
  const chunk = new Chunk(catalog, new Dictionary(), { capacity: 1, tasks: [task], ip: true });
  const values = args.map(({ high, low }) => ({ high: abi === ABI.int80 ? 0 : high, low }));
  const id = nr >= 0 && nr < NO_SUCH_CALL ? nr : NO_SUCH_CALL;
  chunk.ip?.set([ip.low, ip.high]);
  return chunk.at(chunk.push(0, id, abi, values));
}
