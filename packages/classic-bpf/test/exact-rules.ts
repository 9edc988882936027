// A policy as Rules with no design between: what it permits, event by event.

import {
  type Catalog,
  clausesByEvent,
  type EventId,
  lower,
  type Policy,
  permits,
  type Rule,
  type Rules,
  taskPolicies,
} from "@gatehouse/core";

export function exactRules(policy: Policy, catalog: Catalog): Rules {
  const [common = policy] = taskPolicies(policy, []);
  const rules = new Map<EventId, Rule>();
  for (const [format, clauses] of clausesByEvent(common, catalog)) {
    rules.set(format.id, lower(permits(common, clauses), format));
  }
  return {
    rules,
    otherCalls: policy.default.kind === "allow" ? "allow" : "deny",
    otherEvents: "allow",
    otherEntry: "deny",
  };
}
