// A kernel whose tasks make calls one after the other: the task side of a design with its state kept for it, for tests,
// scenarios and claims to drive. Tasks are pids; the first is 1.

import {
  ABI,
  type Answer,
  Chunk,
  Dictionary,
  type Kernel,
  type Outcome,
  type PrctlArgument,
  SLOTS,
  type TaskCall,
  type TaskSide,
  type TraceEvent,
} from "@gatehouse/core";
import { parseEvent } from "@gatehouse/policies";

type Transitions = Omit<TaskSide, "install">;

export class RunningKernel {
  readonly kernel: Kernel;
  readonly #side: Transitions;
  #state: unknown;

  constructor(side: Transitions, kernel: Kernel, privileged = false) {
    this.#side = side;
    this.kernel = kernel;
    this.#state = side.boot(kernel, { pid: 1, privileged });
  }

  call(pid: number, call: TaskCall): Answer {
    const { state, answer } = this.#side.call(this.#state, pid, call);
    this.#state = state;
    return answer;
  }

  /** Those of `TaskSide.install`. Each is made, whatever became of the one before. */
  calls(pid: number, calls: readonly TaskCall[]): Answer[] {
    return calls.map((call) => this.call(pid, call));
  }

  prctl(pid: number, option: number, ...args: readonly PrctlArgument[]): Answer {
    return this.call(pid, { call: "prctl", option, args });
  }

  fork(parent: number, child: number): void {
    this.#state = this.#side.fork(this.#state, parent, child);
  }

  clone(parent: number, child: number): void {
    this.#state = this.#side.fork(this.#state, parent, child, true);
  }

  exec(pid: number): void {
    this.#state = this.#side.exec(this.#state, pid);
  }

  exit(pid: number): void {
    this.#state = this.#side.exit(this.#state, pid);
  }

  /** `read(fd=0)` or `int80:read(fd=0)`, each by the names of its own entry path. */
  check(pid: number, event: string | TraceEvent): Outcome {
    const made = typeof event === "string" ? this.event(pid, event) : event;
    const { state, outcome } = this.#side.check(this.#state, made);
    this.#state = state;
    return outcome;
  }

  /** What would become of an event, with nothing changed. */
  verdict(pid: number, event: string | TraceEvent): Outcome["verdict"] {
    const made = typeof event === "string" ? this.event(pid, event) : event;
    return this.#side.check(this.#state, made).outcome.verdict;
  }

  proc(pid: number): string | null {
    return this.#side.proc(this.#state, pid);
  }

  event(pid: number, text: string, comm = "sh"): TraceEvent {
    const { catalog } = this.kernel;
    const dictionary = new Dictionary();
    const task = { pid, parent: null, comm, lineage: new Set([comm]) };
    const chunk = new Chunk(catalog, dictionary, { capacity: 1, slots: SLOTS, tasks: [task], ip: true });
    const parsed = parseEvent(text, catalog, dictionary);
    if (!parsed.ok) throw new SyntaxError(`\`${text}\`: ${parsed.error[0]?.message}`);
    const { event, abi, values } = parsed.value;
    // A 32-bit caller's registers are 32 bits wide.
    const wide = values.map((value) => (abi === ABI.int80 && value ? { high: 0, low: value.low } : value));
    return chunk.at(chunk.push(0, event, abi, wide));
  }
}
