// Drives the task side of any Design by steps. How variants spell one and the same call is all that is known of them here:
// the shipped filter engine puts a type before a call's number, and its mode is another one.

import {
  ABI,
  type Answer,
  type Catalog,
  catalogOf,
  type Design,
  type Kernel,
  type Policy,
  PR,
  type PrctlArgument,
  refusalName,
  type TaskCall,
  unreachable,
} from "@gatehouse/core";
import { RunningKernel } from "./running-kernel.js";
import type { ExpectedStep, TaskScenario } from "./task-scenario.js";
import type { Action, CallId, TaskStep, Wanted } from "./task-step.js";

/** What a variant answered to one step. `because`: why its answer is not the others'; null where it is. */
export type AnsweredStep = {
  readonly step: string;
  readonly expected: string;
  readonly found: string;
  readonly because: string | null;
  readonly asExpected: boolean;
};

export function runTaskScenario(scenario: TaskScenario, design: Design): AnsweredStep[] {
  const tasks = new SteppedTasks(design, scenario.kernel, scenario);
  return scenario.steps.map((step) => {
    const found = tasks.run(step);
    const { expected, because } = expectationOf(step, variantOf(design));
    return { step: step.text, expected, found, because, asExpected: found === expected };
  });
}

/** `v2` of `filter-engine-2010@v2`; a back-end's own name may follow. */
export function variantOf({ id }: Pick<Design, "id">): string {
  return id.split("@")[1] ?? id;
}

function expectationOf({ outcome, exceptions }: ExpectedStep, variant: string) {
  const own = exceptions.find(({ variants }) => variants.includes(variant));
  return own === undefined
    ? { expected: outcome, because: null }
    : { expected: own.outcome, because: own.because };
}

type Spelling = { readonly mode: number; readonly before: readonly number[] };

/** PR_SET_SECCOMP's value, and what stands before a call's number in PR_SET_SECCOMP_FILTER and its like. */
const SPELLING: Spelling = { mode: 2, before: [] };
const SHIPPED: Spelling = { mode: 13, before: [0] };
/** The forms that distributions carried: they have one spelling. */
const CARRIED = ["array", "shipped"];
/** Its type for an id that is a trace event's. */
const BY_EVENT = 1;
const ON_EXEC = 1 << 1;

/** Tasks by name on a running kernel. */
export class SteppedTasks {
  readonly #design: Design;
  readonly #running: RunningKernel;
  readonly #policy: Policy | null;
  readonly #spelling: Spelling;
  readonly #pids = new Map<string | null, number>([[null, 1]]);

  constructor(
    design: Design,
    kernel: Kernel,
    { policy = null, privileged = false }: { policy?: Policy | null; privileged?: boolean } = {},
  ) {
    this.#design = design;
    this.#policy = policy;
    this.#running = new RunningKernel(design.task, kernel, privileged);
    this.#spelling = CARRIED.includes(variantOf(design)) ? SHIPPED : SPELLING;
  }

  /** Makes the step and says what came of it. */
  run({ task, compat, action }: TaskStep): string {
    const pid = this.#pids.get(task);
    if (pid === undefined) throw new SyntaxError(`there is no task \`${task}\``);
    switch (action.kind) {
      case "check":
        return this.#running.verdict(pid, action.event);
      case "log":
        return this.#running.check(pid, action.event).log ?? "nothing";
      case "fork":
      case "clone":
        return this.#fork(pid, action);
      case "exec":
        return this.#exec(pid);
      case "exit":
        this.#running.exit(pid);
        return "ok";
      case "install":
        return this.#install(pid);
      case "proc":
        return show(this.#running.proc(pid));
      default:
        return this.#call(pid, this.#spell(action, compat));
    }
  }

  #fork(pid: number, { kind, child }: Action & { kind: "fork" | "clone" }): string {
    const other = this.#pids.size + 1;
    this.#running[kind](pid, other);
    this.#pids.set(child, other);
    return "ok";
  }

  #exec(pid: number): string {
    if (this.#running.check(pid, "execve()").verdict === "deny") return "killed";
    this.#running.exec(pid);
    return "ok";
  }

  #install(pid: number): string {
    if (this.#policy === null) throw new SyntaxError("there is no policy to install");
    const compiled = this.#design.compile(this.#policy, this.#running.kernel.catalog);
    if (compiled.kind === "inexpressible") return compiled.kind;
    const task = { pid, parent: null, comm: "sh", lineage: new Set(["sh"]) };
    const answers = this.#running.calls(pid, this.#design.task.install(compiled.program, task));
    const refusal = answers.find(({ ok }) => !ok);
    if (refusal !== undefined) return showAnswer(refusal);
    return compiled.kind === "exact" ? "ok" : compiled.kind;
  }

  /** A call that asks for something of filters is a call itself, and passes the filters first. */
  #call(pid: number, call: TaskCall): string {
    const entry = call.abi === ABI.int80 ? "int80:" : "";
    if (this.#running.verdict(pid, `${entry}${eventOf(call)}`) === "deny") return "killed";
    return showAnswer(this.#running.call(pid, call));
  }

  #spell(action: Calling, compat: boolean): TaskCall {
    const entry = compat ? { abi: ABI.int80 } : {};
    const catalog = catalogOf(this.#running.kernel, compat ? ABI.int80 : ABI.native);
    if (catalog === null) throw new SyntaxError("this kernel has no such entry path");
    return { ...entry, ...this.#callOf(action, catalog) };
  }

  #callOf(action: Calling, catalog: Catalog): TaskCall {
    switch (action.kind) {
      case "enforce":
        return prctl(PR.SET_SECCOMP, ...this.#modeOf(action.wanted, catalog));
      case "set":
        return prctl(PR.SET_SECCOMP_FILTER, ...this.#numberOf(action.id, catalog), action.filter);
      case "get":
        return prctl(PR.GET_SECCOMP_FILTER, ...this.#numberOf(action.id, catalog), "", action.size);
      case "clear":
        return prctl(PR.CLEAR_SECCOMP_FILTER, ...this.#numberOf(action.id, catalog));
      case "prctl":
        return prctl(action.option);
      case "open":
        return { call: "perf_event_open", event: eventName(action.event, catalog), attr: action.attr };
      case "setFilter":
        return { call: "ioctl", fd: action.fd, request: "SET_FILTER", filter: action.filter };
      case "ioctl":
        return { call: "ioctl", fd: action.fd, request: action.request };
      case "close":
        return { call: "close", fd: action.fd };
      case "setuid":
        return { call: "setuid" };
      default:
        return unreachable(action);
    }
  }

  #modeOf(wanted: Wanted, catalog: Catalog): PrctlArgument[] {
    switch (wanted.mode) {
      case "strict":
        return [1];
      case "number":
        return [wanted.number];
      case "filter":
        return [this.#spelling.mode, wanted.onExec ? ON_EXEC : 0];
      case "mask":
        return [2, catalog.calls, maskOf(wanted.calls, catalog)];
      default:
        return unreachable(wanted);
    }
  }

  #numberOf(id: CallId, catalog: Catalog): number[] {
    const { before } = this.#spelling;
    if (id.by === "event") return [BY_EVENT, id.number];
    return [...before, id.by === "number" ? id.number : numberOf(id.name, catalog)];
  }
}

type Calling = Extract<
  Action,
  {
    kind: "enforce" | "set" | "get" | "clear" | "prctl" | "open" | "setFilter" | "ioctl" | "close" | "setuid";
  }
>;

function prctl(option: number, ...args: readonly PrctlArgument[]): TaskCall {
  return { call: "prctl", option, args };
}

function numberOf(name: string, catalog: Catalog): number {
  const format = catalog.byName(name);
  if (format?.kind !== "syscall") throw new SyntaxError(`${catalog.title} has no call \`${name}\``);
  return format.id;
}

function maskOf(calls: readonly string[], catalog: Catalog): Uint8Array {
  const mask = new Uint8Array((catalog.calls + 7) >>> 3);
  for (const nr of calls.map((name) => numberOf(name, catalog))) {
    mask[nr >>> 3] = (mask[nr >>> 3] ?? 0) | (1 << (nr & 7));
  }
  return mask;
}

/** A call that tracing does not cover has a name that there is no event of. */
function eventName(name: string, catalog: Catalog): string {
  const { system = "syscalls", event = null } = catalog.byName(name) ?? {};
  return `${system}:${event ?? `sys_enter_${name}`}`;
}

/** The call as an event at the boundary, as far as a filter may ask for its arguments. */
function eventOf(call: TaskCall): string {
  switch (call.call) {
    case "prctl":
      return `prctl(option=${call.option})`;
    case "ioctl":
    case "close":
      return `${call.call}(fd=${call.fd})`;
    default:
      return `${call.call}()`;
  }
}

function showAnswer(answer: Answer): string {
  if (!answer.ok) return refusalName(answer);
  if (answer.text !== undefined) return `ok ${JSON.stringify(answer.text)}`;
  return answer.value === 0 ? "ok" : `ok ${answer.value}`;
}

function show(text: string | null): string {
  return text === null ? "nothing" : JSON.stringify(text);
}
