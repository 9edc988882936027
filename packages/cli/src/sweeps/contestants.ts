// Who is drawn: what each design's kernel code kept and looked at, the baseline of 2012, the bulk tier, and a floor.

import { linux618 } from "@gatehouse/catalog";
import { archOf, compile, type Shape } from "@gatehouse/classic-bpf";
import {
  type Design,
  type Filter,
  isExactButForExempted,
  on,
  type Policy,
  type Result,
} from "@gatehouse/core";
import { bitmaskAnd } from "@gatehouse/design-2009-bitmask";
import {
  filterEngineCorrected,
  filterEngineShipped,
  filterEngineV2,
} from "@gatehouse/design-2010-filter-engine";
import { eventFiltersPoc, eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { type FaithfulOptions, faithful, nativeBackend, openFloors, seccompFilters } from "@gatehouse/native";
import type { SweepName } from "./sweeps.js";

export type SweepJob = {
  readonly sweep: SweepName;
  readonly contestant: ContestantName;
  readonly truth: readonly Truth[];
};

/** What the policy itself says at one point: the words of two bitmaps, since a job goes through JSON. */
export type Truth = {
  readonly x: number;
  readonly allow: readonly number[];
  readonly known: readonly number[];
};

type Judge = Pick<Filter, "evaluateAll">;

/** What stands around a policy at one point of a sweep. */
export type Around = {
  /** How many tasks in descent set it. */
  readonly depth: number;
  /** How many events of others hang on the tracepoints that it uses. */
  readonly foreign: number;
};

/** Reads what every filter reads, decides nothing and allows everything. */
export const FLOOR = "floor";

/** Null: it cannot say this policy, or has nothing of its own at this depth. */
type Load = (policy: Policy, around: Around) => Judge | null;

export const CONTESTANTS = {
  [FLOOR]: () => need(openFloors()).read([]),
  "bit test": (policy) => {
    const ids = new Set(policy.clauses.map(({ event }) => linux618.byName(event)?.id));
    return need(openFloors()).bitTest((id) => ids.has(id));
  },
  "bulk tier": (policy) => load(on(need(nativeBackend()), eventFiltersVision), policy),
  "mode 1's list": held(bitmaskAnd, { structure: "list" }),
  "2009: bitmap": held(bitmaskAnd),
  "2010: hash, 2.6.38": held(filterEngineV2, { structure: "hash-2.6.38" }),
  "2010: hash, 2.6.39": held(filterEngineV2),
  "2010: hash, 6.18": held(filterEngineCorrected),
  "2010: index": held(filterEngineShipped, { structure: "index" }),
  "2010: b-tree": held(filterEngineShipped, { structure: "btree" }),
  "2010: chain": (policy, { depth }) => loadHeld(filterEngineShipped, { depth }, policy),
  "2011: events, 2.6.39": (policy, { foreign }) => loadHeld(eventFiltersPoc, { foreign }, policy),
  "2011: events, extended": (policy, { foreign }) => loadHeld(eventFiltersVision, { foreign }, policy),
  "2012: BPF, linear": bpf("linear"),
  "2012: BPF, tree": bpf("tree"),
} as const satisfies Readonly<Record<string, Load>>;

export type ContestantName = keyof typeof CONTESTANTS;

export const contestantNames: readonly ContestantName[] = Object.keys(CONTESTANTS).filter(
  (name): name is ContestantName => name in CONTESTANTS,
);

/** A structure that keeps one set for a task however many its ancestors had. */
function held<P>(design: Design<P>, options: FaithfulOptions = {}): Load {
  return (policy) => loadHeld(design, options, policy);
}

function loadHeld<P>(design: Design<P>, options: FaithfulOptions, policy: Policy): Judge | null {
  return load(need(faithful(design, options)), policy);
}

function load<P>(design: Design<P>, policy: Policy): Judge | null {
  const compiled = design.compile(policy, linux618);
  return isExactButForExempted(compiled) ? design.load(compiled.program, linux618) : null;
}

/** As many programs as tasks set them: all are run. */
function bpf(shape: Shape): Load {
  return (policy, { depth }) => {
    const compiled = eventFiltersVision.compile(policy, linux618);
    if (compiled.kind !== "exact") return null;
    const [rules] = eventFiltersVision.load(compiled.program, linux618).lower().programs;
    if (rules === undefined) return null;
    const arch = archOf(linux618);
    const made = compile(rules, { shape, arch });
    if (made.kind === "tooLong") return null;
    const filters = need(seccompFilters(Array(depth).fill(made.program), arch));
    return { evaluateAll: (chunk, rows, verdicts) => void filters.judge(chunk, rows, verdicts) };
  };
}

function need<T>(result: Result<T, string>): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}
