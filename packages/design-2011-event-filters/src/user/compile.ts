// Policy → perf events. A system call is allowed if at least one event on it matches, so an allowing clause is an event
// and a call without one is refused. An event of another kind is guarded as soon as one perf event hangs on it.

import {
  all,
  any,
  type Catalog,
  type Clause,
  type Condition,
  clausesByEvent,
  type EventFormat,
  type Fails,
  type Loss,
  lossesBeyondCalls,
  NEVER,
  not,
  permits,
  type TaskPolicy,
} from "@gatehouse/core";
import { printFilter } from "@gatehouse/ftrace";
import { eventName } from "@gatehouse/perf-events";
import { type EventFilters, type Form, isExempt, NOTHING, type PerfEvent } from "../kernel/program.js";

export function compile(
  policy: TaskPolicy,
  catalog: Catalog,
  fails: Fails,
  form: Form,
): { program: EventFilters; lost: Loss[] } {
  const byEvent = clausesByEvent(policy, catalog);
  const events: PerfEvent[] = [];
  const lost: Loss[] = form.refuses === "calls" ? lossesBeyondCalls(policy, byEvent) : [];
  for (const format of catalog.formats) {
    if (form.refuses === "calls" && format.kind !== "syscall") continue;
    const clauses = byEvent.get(format);
    if (isExempt(format, form)) {
      lost.push(...exempted(policy, format, clauses));
      continue;
    }
    const event = eventName(format);
    if (clauses === undefined) {
      const allowed = format.kind === "syscall" && policy.default.kind === "allow";
      if (allowed && event !== null) events.push({ event, filter: null });
      continue;
    }
    const said =
      event === null ? uncovered(policy, format, clauses) : say(event, policy, format, clauses, fails, form);
    events.push(...said.events);
    lost.push(...said.lost);
  }
  if (policy.default.kind === "allow") {
    const reason = "a call is allowed by a matching event: a number that no event covers is always refused";
    lost.push({ clause: null, reason, fails: "closed" });
  }
  return { program: { events }, lost };
}

/** The call passes: what the policy says against that is lost, or its default where no clause names the call. */
function exempted(policy: TaskPolicy, format: EventFormat, clauses: readonly Clause[] = []): Loss[] {
  const condition = permits(policy, clauses);
  if (format.unimplemented === true || (condition.kind === "constant" && condition.value)) return [];
  const reason = `\`${format.name}\` passes without an event, whatever a policy says`;
  if (clauses.length === 0) return [{ clause: null, reason, fails: "open", exempts: format.name }];
  const against = clauses.filter(
    ({ action, condition }) => action.kind !== "allow" || condition.kind !== "constant" || !condition.value,
  );
  return against.map((clause): Loss => ({ clause, reason, fails: "open" }));
}

type Said = { readonly events: readonly PerfEvent[]; readonly lost: readonly Loss[] };

/** No event can match, so a call is always refused, and an event of another kind is never seen. */
function uncovered(policy: TaskPolicy, { kind, name }: EventFormat, clauses: readonly Clause[]): Said {
  const condition = permits(policy, clauses);
  const certain: Fails = kind === "syscall" ? "closed" : "open";
  if (condition.kind === "constant" && condition.value === (certain === "open"))
    return { events: [], lost: [] };
  const reason = `tracing does not cover \`${name}\`, so no event can match it`;
  return { events: [], lost: clauses.map((clause) => ({ clause, reason, fails: certain })) };
}

function say(
  event: string,
  policy: TaskPolicy,
  format: EventFormat,
  clauses: readonly Clause[],
  fails: Fails,
  { dialect }: Form,
): Said {
  const matches = matching(policy, clauses);
  const everything: PerfEvent[] = [{ event, filter: null }];
  if (matches.some((match) => match.kind === "constant" && match.value))
    return { events: everything, lost: [] };
  // Without an event a call is refused as it is; an event of another kind must be guarded by one that never matches.
  const nothing: PerfEvent[] = format.kind === "syscall" ? [] : [{ event, filter: NOTHING }];
  if (matches.length === 0) return { events: nothing, lost: [] };
  const printed = matches.map((match) => printFilter(match, format, dialect));
  const filters = printed.flatMap((filter) => (filter.ok ? [{ event, filter: filter.value }] : []));
  if (filters.length === printed.length) return { events: filters, lost: [] };
  const reasons = printed.flatMap((filter) => (filter.ok ? [] : filter.error.map((part) => part.reason)));
  const reason = [...new Set(reasons)].join("; ");
  const conditional = clauses.filter(({ condition }) => condition.kind !== "constant");
  return {
    events: fails === "open" ? everything : nothing,
    lost: conditional.map((clause) => ({ clause, reason, fails })),
  };
}

/** What each perf event must match: one for each allowing clause, all with what no refusing clause matches. */
function matching(policy: TaskPolicy, clauses: readonly Clause[]): Condition[] {
  const refused = any(
    clauses.filter(({ action }) => action.kind !== "allow").map(({ condition }) => condition),
  );
  const allowing = policy.default.kind === "allow" ? [not(refused)] : allowed(clauses, not(refused));
  return allowing.filter((match) => match !== NEVER);
}

function allowed(clauses: readonly Clause[], permitted: Condition): Condition[] {
  return clauses
    .filter(({ action }) => action.kind === "allow")
    .map(({ condition }) => all([condition, permitted]));
}
