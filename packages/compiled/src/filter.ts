// A loaded filter: it answers for one event, or for the rows of a chunk.

import {
  ABI,
  applyRules,
  Bitset,
  type Catalog,
  type Chunk,
  type Filter,
  type Lowered,
  sectionSet,
  type Task,
} from "@gatehouse/core";
import { type Judge, judgeRow, judgesOf } from "./judge.js";
import { CLASS } from "./layout.js";
import { classOf, planOf, type Route } from "./plan.js";
import type { Staging } from "./staging.js";
import type { Sweep } from "./sweep.js";

export function loadFilter(
  { sections, programs: rules }: Lowered,
  catalog: Catalog,
  simd: boolean,
  staging: Staging,
  sweep: Sweep,
): Pick<Filter, "evaluate" | "evaluateAll"> {
  const { routes, programs } = planOf(rules, catalog);
  const setOf = rememberLast((task) => sectionSet(sections, task));
  const only = sections.length === 0 ? routes[0] : undefined;
  let judges: readonly Judge[] | null = null;

  /** Made when first needed: many filters are loaded to be printed or compared, and never asked. */
  function ready(): readonly Judge[] {
    judges ??= judgesOf(programs, simd, staging);
    return judges;
  }

  function routeOf(set: number): Route {
    const route = routes[set];
    if (route === undefined) throw new RangeError("a program is missing for a set of sections");
    return route;
  }

  return {
    evaluate(event) {
      const { chunk, row } = event;
      const route = only ?? routeOf(setOf(event.task));
      const isForeign = route.foreign !== null && chunk.abi[row] !== ABI.native;
      const of = isForeign ? route.foreign : classOf(route, chunk.event[row] ?? 0);
      if (of === CLASS.allow) return "allow";
      if (of === CLASS.deny) return "deny";
      const judge = (judges ?? ready())[of - CLASS.program];
      return judge === undefined ? applyRules(route.rules, event) : judgeRow(judge, chunk, row, staging);
    },

    evaluateAll(chunk, rows, verdicts) {
      const parts = sections.length === 0 ? [rows] : partsOf(chunk, rows, setOf, routes.length);
      for (const [set, part] of parts.entries()) {
        if (part !== undefined) sweep({ route: routeOf(set), judges: ready(), chunk, rows: part, verdicts });
      }
    },
  };
}

/** The rows of each set of sections. */
function partsOf(
  chunk: Chunk,
  rows: Bitset,
  setOf: (task: Task) => number,
  sets: number,
): readonly (Bitset | undefined)[] {
  const parts = new Array<Bitset | undefined>(sets);
  const event = chunk.at(0);
  rows.forEach((row) => {
    if (row >= chunk.length) return;
    event.row = row;
    const set = setOf(event.task);
    const part = parts[set] ?? new Bitset(rows.length);
    parts[set] = part;
    part.add(row);
  });
  return parts;
}

/** Neighbouring rows are mostly one task's. */
function rememberLast(of: (task: Task) => number): (task: Task) => number {
  let last: Task | null = null;
  let answer = 0;
  return (task) => {
    if (task !== last) {
      answer = of(task);
      last = task;
    }
    return answer;
  };
}
