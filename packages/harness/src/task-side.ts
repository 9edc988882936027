// A contestant whose filters hang on tasks: it drives a design's task side over a trace, so that an answer follows from
// what was installed, who inherited it and who lost it, and not from the program alone.
//
//   fork, exec and exit rows      move the state; every fork is that of a process, since a trace does not say of a thread
//   the first row of a root       its task installs the program by the design's own calls, and inheritance does the rest
//   a prctl that is let through   is applied with the registers that it had: a pointer leads nowhere
//
// A refused event does not end its task here either: the trace says what it did where nothing stood in its way. Tasks have
// no privilege, which a trace does not show.

import {
  ABI,
  Bitset,
  type Design,
  type EventFormat,
  type Kernel,
  newVerdicts,
  type Outcome,
  type PrctlArgument,
  type Task,
  TraceEvent,
} from "@gatehouse/core";
import type { Answers, Contestant } from "./contestant.js";
import { formatOf, slotOf } from "./selection.js";

/**
 * Who installs: `roots` are the tasks whose parent the trace does not show; `selected` those that are judged, each at its
 * first event where it did not inherit.
 */
export type Start = "roots" | "selected";

/** What a trace's tasks run on, and who of them installs. */
export type TaskSideRun = { readonly kernel: Kernel; readonly start: Start };

export function taskSideContestant<P>(design: Design<P>, program: P, run: TaskSideRun): Contestant {
  const { id } = design;
  const kernel = new TracedKernel(design, program, run);
  return {
    kind: "contestant",
    id,
    taskSide: true,
    judge(chunk, rows) {
      const answers = { id, ...newVerdicts(chunk.length), kill: new Bitset(chunk.length) };
      const event = new TraceEvent(chunk, 0);
      for (; event.row < chunk.length; event.row++) {
        const isJudged = rows.get(event.row);
        const verdict = kernel.meet(event, isJudged);
        if (isJudged) note(answers, event.row, verdict, design.refusal.kind === "kill");
      }
      return answers;
    },
  };
}

function note(
  { allow, known, kill }: Answers,
  row: number,
  verdict: Outcome["verdict"] | null,
  kills: boolean,
): void {
  if (verdict === null) throw new Error("a task event is not judged");
  if (verdict === "unknown") return;
  known.add(row);
  if (verdict === "allow") allow.add(row);
  else if (kills) kill.add(row);
}

/** The task from which every root is forked. It carries nothing and no trace names it. */
const NOBODY = -1;

class TracedKernel<P> {
  readonly #design: Design<P>;
  readonly #program: P;
  readonly #start: Start;
  readonly #fork: EventFormat;
  readonly #exec: EventFormat;
  readonly #exit: EventFormat;
  #state: unknown;
  readonly #alive = new Set<number>();
  /** Those that installed the program, and all that descend from them. */
  readonly #under = new Set<number>();

  constructor(design: Design<P>, program: P, { kernel, start }: TaskSideRun) {
    const { catalog } = kernel;
    this.#design = design;
    this.#program = program;
    this.#start = start;
    this.#fork = formatOf(catalog, "sched_process_fork");
    this.#exec = formatOf(catalog, "sched_process_exec");
    this.#exit = formatOf(catalog, "sched_process_exit");
    this.#state = design.task.boot(kernel, { pid: NOBODY, privileged: false });
  }

  /** What becomes of the next event of the trace; null for one that moves the task tree. */
  meet(event: TraceEvent, isJudged: boolean): Outcome["verdict"] | null {
    const { task } = event;
    if (!this.#alive.has(task.pid)) this.#begin(task);
    if (isJudged && this.#start === "selected" && !this.#under.has(task.pid)) this.#install(task);
    if (event.format?.kind === "task") {
      this.#follow(event);
      return null;
    }
    const { state, outcome } = this.#design.task.check(this.#state, event);
    this.#state = state;
    if (outcome.verdict === "allow") this.#apply(event);
    return outcome.verdict;
  }

  #begin(task: Task): void {
    this.#state = this.#design.task.fork(this.#state, NOBODY, task.pid);
    this.#alive.add(task.pid);
    if (this.#start === "roots") this.#install(task);
  }

  /** Each call is made, whatever became of the one before. */
  #install(task: Task): void {
    this.#under.add(task.pid);
    for (const call of this.#design.task.install(this.#program, task)) {
      this.#state = this.#design.task.call(this.#state, task.pid, call).state;
    }
  }

  #follow(event: TraceEvent): void {
    const { pid } = event.task;
    if (event.id === this.#fork.id) this.#born(pid, event.low(slotOf(this.#fork, "child_pid")));
    if (event.id === this.#exec.id) this.#state = this.#design.task.exec(this.#state, pid);
    if (event.id === this.#exit.id) this.#end(pid);
  }

  /** A child that is alive already was taken for a root, or its pid is another task's whose exit is missing. */
  #born(parent: number, child: number): void {
    if (child === parent) return; // a trace may say anything
    if (this.#alive.has(child)) this.#end(child);
    this.#state = this.#design.task.fork(this.#state, parent, child);
    this.#alive.add(child);
    if (this.#under.has(parent)) this.#under.add(child);
  }

  #end(pid: number): void {
    this.#state = this.#design.task.exit(this.#state, pid);
    this.#alive.delete(pid);
    this.#under.delete(pid);
  }

  #apply(event: TraceEvent): void {
    if (event.abi !== ABI.native || event.name !== "prctl" || !event.isKnown(0)) return;
    const args = [1, 2, 3, 4].map((slot) => argument(event, slot));
    const call = { call: "prctl", option: event.low(0), args } as const;
    this.#state = this.#design.task.call(this.#state, event.task.pid, call).state;
  }
}

function argument(event: TraceEvent, slot: number): PrctlArgument {
  return event.isKnown(slot) ? event.high(slot) * 2 ** 32 + event.low(slot) : null;
}
