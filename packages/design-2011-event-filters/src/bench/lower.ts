// What the filters on events come down to, for back-ends.

import { any, type Catalog, type EventId, lower, type Rule, type Rules } from "@gatehouse/core";
import { conditionsOf } from "../kernel/evaluate.js";
import { type EventFilters, type Form, isExempt } from "../kernel/program.js";

export function lowerEvents(opened: EventFilters, catalog: Catalog, form: Form): Rules {
  const rules = new Map<EventId, Rule>();
  for (const [format, matches] of conditionsOf(opened, catalog, form)) {
    rules.set(format.id, lower(any(matches), format));
  }
  for (const format of catalog.formats) if (isExempt(format, form)) rules.set(format.id, "allow");
  return { rules, otherCalls: "deny", otherEvents: "allow", otherEntry: "deny" };
}
