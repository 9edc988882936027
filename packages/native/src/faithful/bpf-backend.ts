// The 2012 baseline in C++ as a back-end: any design's programs, compiled to seccomp programs
// (`bitmask-2009@and@bpf-tree-native`). As in `classic-bpf`, core's plain reading of the rules answers what a program
// cannot say, and calls of which the trace shows too little.

import { archOf, compile, type Shape } from "@gatehouse/classic-bpf";
import {
  applyRules,
  type Backend,
  Bitset,
  type Catalog,
  type Chunk,
  FIRST_OTHER_EVENT,
  newVerdicts,
  type Result,
  type Rules,
  sectionSet,
  succeed,
  TraceEvent,
  type Verdict,
  type Verdicts,
} from "@gatehouse/core";
import { openAddon } from "../addon.js";
import { allOf, rowOf } from "./columns.js";
import { type Needs, type SeccompFilters, seccompFilters, UNSAID } from "./seccomp-filters.js";

/** Where there is no addon the reason, in words that follow "the native back-end is not there: ". */
export function nativeBpf(shape: Shape): Result<Backend, string> {
  const addon = openAddon();
  if (!addon.ok) return addon;
  return succeed({
    name: `bpf-${shape}-native`,
    load({ sections, programs }, catalog) {
      const filters = programs.map((rules) => load(rules, shape, catalog));
      const filterOf = (set: number) => {
        const filter = filters[set];
        if (filter === undefined) throw new RangeError("a program is missing for a set of sections");
        return filter;
      };
      const setOf = (task: Chunk["tasks"][number]) =>
        sections.length === 0 ? 0 : sectionSet(sections, task);
      return {
        evaluate: (event) => evaluate(filterOf(sections.length === 0 ? 0 : setOf(event.task)), event),
        evaluateAll(chunk, rows, verdicts) {
          if (sections.length === 0) return evaluateAll(filterOf(0), chunk, rows, verdicts);
          for (const [set, its] of rowsBySet(chunk, rows, setOf))
            evaluateAll(filterOf(set), chunk, its, verdicts);
        },
      };
    },
  });
}

/** One task's filter. */
type Loaded = { readonly rules: Rules; readonly filters: SeccompFilters; readonly needs: Needs };

function load(rules: Rules, shape: Shape, catalog: Catalog): Loaded {
  const arch = archOf(catalog);
  const compiled = compile(rules, { shape, arch });
  if (compiled.kind === "tooLong") throw new RangeError(compiled.reason);
  const filters = seccompFilters([compiled.program], arch);
  if (!filters.ok) throw new Error(filters.error);
  const asked = slotsAsked(rules);
  for (const { event } of compiled.unsaid) if (event !== null) asked[event] = UNSAID;
  return { rules, filters: filters.value, needs: { asked, onEveryPath: rules.otherEntry === null } };
}

/** Per call a bit for each slot that its rule may look at. */
function slotsAsked({ rules }: Rules): Uint8Array {
  const asked = new Uint8Array(FIRST_OTHER_EVENT);
  for (const [id, rule] of rules)
    if (typeof rule !== "string" && id < FIRST_OTHER_EVENT)
      asked[id] = rule.reduce((slots, { test }) => slots | (1 << test.slot), 0);
  return asked;
}

function evaluate({ rules, filters, needs }: Loaded, event: TraceEvent): Verdict | "unknown" {
  const verdicts = newVerdicts(1);
  const left = filters.judge(rowOf(event), Bitset.ones(1), verdicts, needs);
  if (left.get(0)) return applyRules(rules, event);
  return verdicts.allow.get(0) ? "allow" : "deny";
}

function evaluateAll(
  { rules, filters, needs }: Loaded,
  chunk: Chunk,
  rows: Bitset,
  verdicts: Verdicts,
): void {
  const event = new TraceEvent(chunk, 0);
  filters.judge(allOf(chunk), rows, verdicts, needs).forEach((row) => {
    event.row = row;
    const verdict = applyRules(rules, event);
    if (verdict === "unknown") return;
    verdicts.known.add(row);
    if (verdict === "allow") verdicts.allow.add(row);
  });
}

function rowsBySet(
  chunk: Chunk,
  rows: Bitset,
  setOf: (task: Chunk["tasks"][number]) => number,
): Map<number, Bitset> {
  const sets = chunk.tasks.map(setOf);
  const bySet = new Map<number, Bitset>();
  rows.forEach((row) => {
    const set = sets[chunk.task[row] ?? 0] ?? 0;
    const its = bySet.get(set) ?? new Bitset(rows.length);
    its.add(row);
    bySet.set(set, its);
  });
  return bySet;
}
