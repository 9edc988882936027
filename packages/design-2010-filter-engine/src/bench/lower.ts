// What filters come down to, for back-ends.

import { type Catalog, type EventId, lower, type Rule, type Rules } from "@gatehouse/core";
import { read } from "../kernel/evaluate.js";
import { type Generation, overruns } from "../kernel/generation.js";
import { type FilterEngine, WILDCARD } from "../kernel/program.js";

export function lowerFilters({ filters }: FilterEngine, catalog: Catalog, generation: Generation): Rules {
  const rules = new Map<EventId, Rule>();
  for (const { nr, filter } of filters) {
    if (filter === WILDCARD) {
      rules.set(nr, "allow");
      continue;
    }
    const { condition, format } = read(nr, filter, catalog, generation);
    if (!overruns(generation, format)) rules.set(nr, lower(condition, format));
  }
  return { rules, otherCalls: "deny", otherEvents: "allow", otherEntry: "deny" };
}
