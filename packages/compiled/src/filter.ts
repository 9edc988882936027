// A loaded filter: it answers for one event, or for the rows of a chunk.

import {
  Bitset,
  type Catalog,
  type Chunk,
  evaluateOne,
  type Filter,
  type Lowered,
  sectionSet,
} from "@gatehouse/core";
import { type Judge, judgesOf } from "./judge.js";
import { planOf, type Route } from "./plan.js";
import type { Staging } from "./staging.js";
import type { Sweep } from "./sweep.js";

export function loadFilter(
  lowered: Lowered,
  catalog: Catalog,
  simd: boolean,
  staging: Staging,
  sweep: Sweep,
): Pick<Filter, "evaluate" | "evaluateAll"> {
  const { sections } = lowered;
  const { routes, programs } = planOf(lowered.programs, catalog);
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
    evaluate: evaluateOne(lowered, catalog),

    evaluateAll(chunk, rows, verdicts) {
      const parts = sections.length === 0 ? [rows] : partsOf(chunk, rows, sections);
      for (const [set, part] of parts.entries()) {
        if (part !== undefined) sweep({ route: routeOf(set), judges: ready(), chunk, rows: part, verdicts });
      }
    },
  };
}

/** The rows of each set of sections. */
function partsOf(chunk: Chunk, rows: Bitset, sections: readonly string[]): readonly (Bitset | undefined)[] {
  const sets = chunk.tasks.map((task) => sectionSet(sections, task));
  const parts: (Bitset | undefined)[] = [];
  rows.forEach((row) => {
    if (row >= chunk.length) return;
    const set = sets[chunk.task[row] ?? 0];
    if (set === undefined) throw new RangeError("the row names a task that its chunk does not have");
    const part = parts[set] ?? new Bitset(rows.length);
    parts[set] = part;
    part.add(row);
  });
  return parts;
}
