// What the task side costs: installing, forking, exec, memory, and tasks under tasks under tasks. Counts are the kernel's, and
// follow from the calls and from what the patch did with each; times are those of the rebuilt transitions.
//
//   entries   one task installs n filters; then it forks and execs
//   depth     a child of a child of a child, each of which narrows what it inherited; its parent is gone
//
// First it is proved that the state is right: what it lets pass, before and after fork and exec.

import assert from "node:assert/strict";
import { linux618 } from "@gatehouse/catalog";
import {
  type Answer,
  type Design,
  isExactButForExempted,
  kernelOf,
  PR,
  type TaskCall,
  type TraceEvent,
} from "@gatehouse/core";
import { bitmaskAnd, bitmaskSubset } from "@gatehouse/design-2009-bitmask";
import {
  filterEngineArray,
  filterEngineCorrected,
  filterEngineShipped,
  filterEngineV2,
} from "@gatehouse/design-2010-filter-engine";
import { eventFiltersPoc, eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { type Recorded, showWithSpread } from "@gatehouse/harness";
import { parsePolicy } from "@gatehouse/policies";
import { RunningKernel } from "@gatehouse/scenarios";
import { finish, inLaunches, type Launch, record } from "./measure.js";

const ENTRIES = [1, 3, 10, 30, 100, 300];
const DEPTHS = [1, 3, 10, 30, 100, 300, 1000];
/** Filters of each task in the chain. */
const CHAIN_ENTRIES = 3;
/** Of each launch. */
const SAMPLES = 5;
/** A sample lasts at least this long. */
const SAMPLE_MS = 4;

/** What 2.6.39 holds for a comparison: a pattern of 256 bytes is in each. */
const PREDICATE_BYTES = 320;

type Contestant = {
  readonly design: Design;
  /** Whether filters look at arguments. */
  readonly conditions: boolean;
  /** Each write waits until nobody uses the old set. */
  readonly waits: boolean;
  /** Whether a child enforces the set that it changed. */
  readonly enforcesAgain: boolean;
  /** The texts of a task that it does not share with another design's kind of state. */
  readonly holds: "mask" | "proc" | "own events" | "layers";
  /** Whether a child's events keep their filters. */
  readonly keepsFilters: boolean;
};

const CONTESTANTS: readonly Contestant[] = [
  {
    design: bitmaskAnd,
    conditions: false,
    waits: false,
    enforcesAgain: true,
    holds: "mask",
    keepsFilters: true,
  },
  {
    design: bitmaskSubset,
    conditions: false,
    waits: false,
    enforcesAgain: true,
    holds: "mask",
    keepsFilters: true,
  },
  {
    design: filterEngineV2,
    conditions: true,
    waits: true,
    enforcesAgain: false,
    holds: "proc",
    keepsFilters: true,
  },
  {
    design: filterEngineArray,
    conditions: true,
    waits: false,
    enforcesAgain: false,
    holds: "proc",
    keepsFilters: true,
  },
  {
    design: filterEngineShipped,
    conditions: true,
    waits: false,
    enforcesAgain: true,
    holds: "proc",
    keepsFilters: true,
  },
  {
    design: filterEngineCorrected,
    conditions: true,
    waits: true,
    enforcesAgain: false,
    holds: "proc",
    keepsFilters: true,
  },
  {
    design: eventFiltersPoc,
    conditions: true,
    waits: false,
    enforcesAgain: true,
    holds: "own events",
    keepsFilters: false,
  },
  {
    design: eventFiltersVision,
    conditions: true,
    waits: false,
    enforcesAgain: true,
    holds: "layers",
    keepsFilters: true,
  },
];

const KERNEL = kernelOf(linux618);

/** Calls that every variant can look at: the shipped form has no room for six arguments, 6.18 takes `char *` for a string. */
const CALLS = linux618.formats
  .filter(({ kind, event, fields }) => kind === "syscall" && event !== null && fields.length < 6)
  .filter(({ name }) => name !== "execve")
  .flatMap(({ name, fields }) => {
    const field = fields.find(({ type }) => !type.includes("char"));
    return field === undefined ? [] : [{ name, field: field.name }];
  });
assert.ok(CALLS.length > Math.max(...ENTRIES), "there are calls enough, and one that has no filter");

/** A state of all tasks, moved on by calls. */
class Tasks {
  readonly #side: Design["task"];
  state: unknown;
  /** Texts that the kernel read, and sets that it waited for. */
  parses = 0;
  gracePeriods = 0;
  /** Of filters that were accepted, by the task that handed them over. */
  readonly texts = new Map<number, string[]>();

  constructor({ task }: Design) {
    this.#side = task;
    this.state = task.boot(KERNEL, { pid: 1, privileged: false });
  }

  /** What a variant does not say of its parses is one for each text. */
  call(pid: number, call: TaskCall, waits: boolean): Answer {
    const text = textOf(call);
    const { state, answer, parses = text === null ? 0 : 1 } = this.#side.call(this.state, pid, call);
    this.state = state;
    if (answer.ok && text !== null) this.texts.set(pid, [...(this.texts.get(pid) ?? []), text]);
    if (waits && answer.ok) this.gracePeriods++;
    this.parses += parses;
    return answer;
  }

  bytes(pid: number, { holds }: Contestant): number {
    if (holds === "mask") return Math.ceil(linux618.calls / 8);
    if (holds === "proc") return textBytes(procTexts(this.#side.proc(this.state, pid)));
    const all = [...this.texts].flatMap(([owner, texts]) =>
      holds === "layers" || owner === pid ? texts : [],
    );
    return textBytes(all);
  }
}

/** Samples of a launch by the name of their figure, in nanoseconds for one. */
const samples: Record<string, readonly number[]> = {};

const found = await inLaunches(import.meta.url, (): Launch => {
  const variants = CONTESTANTS.map((contestant) => ({
    design: contestant.design.id,
    entries: ENTRIES.map((n) => benchEntries(contestant, n)),
    depth: benchDepth(contestant),
  }));
  return { samples, details: { predicateBytes: PREDICATE_BYTES, chainEntries: CHAIN_ENTRIES, variants } };
});
const figures: Record<string, Recorded> = Object.fromEntries(
  Object.entries(found.samples).map(([name, launches]) => [name, record(launches)]),
);
for (const [name, recorded] of Object.entries(figures))
  console.log(`task-side: ${name.padEnd(56)} ${showWithSpread(recorded)} ns`);
finish("task-side", { figures, details: found.details });

function textOf(call: TaskCall): string | null {
  if (call.call === "ioctl") return call.request === "SET_FILTER" ? call.filter : null;
  if (call.call !== "prctl" || call.option !== PR.SET_SECCOMP_FILTER) return null;
  const text = call.args.at(-1);
  return typeof text === "string" ? text : null;
}

/** `Filter: fd == 0` of the first generation, `0 (sys_read): fd == 0` of the last. */
function procTexts(text: string | null): string[] {
  return [...(text ?? "").matchAll(/^(?:Filter|\d+ \(\w+\)): (.+)$/gm)].map(([, filter = ""]) => filter);
}

/** A text with the NUL that ends it, and its comparisons. */
function textBytes(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length + 1 + PREDICATE_BYTES * comparisonsIn(text), 0);
}

function comparisonsIn(text: string): number {
  return text.split("==").length - 1;
}

function installation({ design, conditions }: Contestant, n: number): readonly TaskCall[] {
  const text = CALLS.slice(0, n)
    .map(({ name, field }) => `allow ${name}${conditions ? ` if ${field} == 0` : ""}`)
    .join("\n");
  const policy = parsePolicy(text, linux618);
  assert.ok(policy.ok, "the policy can be read");
  const compiled = design.compile(policy.value, linux618);
  assert.ok(isExactButForExempted(compiled), `${design.id} says it`);
  return design.task.install(compiled.program, {
    pid: 1,
    parent: null,
    comm: "sh",
    lineage: new Set(["sh"]),
  });
}

function eventOf(pid: number, call: { name: string; field: string } | undefined, value: number): TraceEvent {
  assert.ok(call !== undefined);
  return new RunningKernel(bitmaskAnd.task, KERNEL).event(pid, `${call.name}(${call.field}=${value})`);
}

function benchEntries(contestant: Contestant, n: number) {
  const { design, waits } = contestant;
  const calls = installation(contestant, n);
  const tasks = new Tasks(design);
  for (const call of calls) assert.ok(tasks.call(1, call, waits).ok, `${design.id}: installed`);
  prove(contestant, tasks.state, n);
  const { state } = tasks;
  const { task: side } = design;
  const booted = side.boot(KERNEL, { pid: 1, privileged: false });
  const name = `${design.id}, filters=${n}`;
  samples[`${name}, install`] = time(() => calls.reduce((at, call) => side.call(at, 1, call).state, booted));
  samples[`${name}, fork`] = time(() => side.fork(state, 1, 2));
  samples[`${name}, exec`] = time(() => side.exec(state, 1));
  return {
    entries: n,
    calls: calls.length,
    parses: tasks.parses,
    gracePeriods: tasks.gracePeriods,
    bytes: tasks.bytes(1, contestant),
  };
}

/** Of each call what matches passes and what does not is refused, also for a child and after exec. */
function prove(
  { design: { task, id }, conditions, keepsFilters }: Contestant,
  state: unknown,
  n: number,
): void {
  const forked = task.fork(state, 1, 2);
  const verdict = (at: unknown, event: TraceEvent) => task.check(at, event).outcome.verdict;
  for (const call of CALLS.slice(0, n)) {
    const mismatch = conditions ? "deny" : "allow";
    for (const at of [state, task.exec(state, 1)]) {
      assert.equal(verdict(at, eventOf(1, call, 0)), "allow", `${id}: ${call.name}`);
      assert.equal(verdict(at, eventOf(1, call, 1)), mismatch, `${id}: ${call.name}`);
    }
    assert.equal(verdict(forked, eventOf(2, call, 1)), keepsFilters ? mismatch : "allow", `${id}: the child`);
  }
  assert.equal(verdict(state, eventOf(1, CALLS[n], 0)), "deny", `${id}: a call without a filter`);
}

function benchDepth(contestant: Contestant) {
  const { design, waits, enforcesAgain } = contestant;
  const { task: side } = design;
  const calls = installation(contestant, CHAIN_ENTRIES);
  const nested = enforcesAgain ? calls : calls.slice(0, -1);
  const tasks = new Tasks(design);
  const points = [];
  let firstRefusal: { readonly depth: number; readonly errno: string } | null = null;
  for (let depth = 1; depth <= Math.max(...DEPTHS); depth++) {
    if (depth > 1) {
      tasks.state = side.exit(side.fork(tasks.state, depth - 1, depth), depth - 1);
    }
    for (const call of depth === 1 ? calls : nested) {
      const answer = tasks.call(depth, call, waits);
      if (!answer.ok) firstRefusal ??= { depth, errno: answer.errno ?? "oops" };
    }
    if (!DEPTHS.includes(depth)) continue;
    const { state } = tasks;
    const passing = eventOf(depth, CALLS[0], 0);
    assert.equal(side.check(state, passing).outcome.verdict, "allow", `${design.id}: depth ${depth}`);
    assert.equal(side.check(state, eventOf(depth, CALLS[CHAIN_ENTRIES], 0)).outcome.verdict, "deny");
    samples[`${design.id}, depth=${depth}, check`] = time(() => side.check(state, passing));
    samples[`${design.id}, depth=${depth}, fork`] = time(() => side.fork(state, depth, depth + 1));
    points.push({ depth, bytes: tasks.bytes(depth, contestant) });
  }
  return { firstRefusal, points };
}

/** In nanoseconds for one. */
function time(act: () => unknown): number[] {
  let sink: unknown = act();
  let repeats = 1;
  for (let took = 0; took < SAMPLE_MS; repeats *= 2) {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) sink = act();
    took = performance.now() - start;
    if (took >= SAMPLE_MS) break;
  }
  const taken = Array.from({ length: SAMPLES }, () => {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) sink = act();
    return ((performance.now() - start) * 1e6) / repeats;
  });
  assert.ok(sink !== undefined);
  return taken;
}
