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
  NEVER,
  not,
  permits,
  type TaskPolicy,
} from "@gatehouse/core";
import { printFilter } from "@gatehouse/ftrace";
import { type EventFilters, eventName, type PerfEvent } from "./program.js";

export function compile(
  policy: TaskPolicy,
  catalog: Catalog,
  fails: Fails,
): { program: EventFilters; lost: Loss[] } {
  const byEvent = clausesByEvent(policy, catalog);
  const events: PerfEvent[] = [];
  const lost: Loss[] = [];
  for (const format of catalog.formats) {
    const clauses = byEvent.get(format);
    const event = eventName(format);
    if (clauses === undefined) {
      const allowed = format.kind === "syscall" && policy.default.kind === "allow";
      if (allowed && event !== null) events.push({ event, filter: null });
      continue;
    }
    const said =
      event === null ? uncovered(policy, format, clauses) : say(event, policy, format, clauses, fails);
    events.push(...said.events);
    lost.push(...said.lost);
  }
  if (policy.default.kind === "allow") {
    const reason = "a call is allowed by a matching event: a number that no event covers is always refused";
    lost.push({ clause: null, reason, fails: "closed" });
  }
  return { program: { events }, lost };
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
): Said {
  const matches = matching(policy, clauses);
  const everything: PerfEvent[] = [{ event, filter: null }];
  if (matches.some((match) => match.kind === "constant" && match.value))
    return { events: everything, lost: [] };
  const nothing = guard(event, format);
  if (matches.length === 0) return nothing ?? { events: [], lost: lose(clauses, "open", NO_FIELD) };
  const printed = matches.map((match) => printFilter(match, format, "extended"));
  const reasons = printed.flatMap((filter) => (filter.ok ? [] : filter.error.map(({ reason }) => reason)));
  if (reasons.length === 0) {
    return {
      events: printed.map((filter) => ({ event, filter: filter.ok ? filter.value : null })),
      lost: [],
    };
  }
  const conditional = clauses.filter(({ condition }) => condition.kind !== "constant");
  const events = fails === "open" ? everything : (nothing?.events ?? []);
  return { events, lost: lose(conditional, fails, reasons.join("; ")) };
}

const NO_FIELD = "an event without fields has no filter that never matches";

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

/** Lets nothing pass: for a call no event at all, for another kind one that never matches. */
function guard(event: string, format: EventFormat): Said | null {
  if (format.kind === "syscall") return { events: [], lost: [] };
  const number = format.fields.find(({ kind }) => kind === "number");
  const string = format.fields.find(({ kind }) => kind === "string");
  if (number !== undefined) return never(event, `${number.name} == 0 && ${number.name} != 0`);
  if (string !== undefined) return never(event, `${string.name} == "" && ${string.name} != ""`);
  return null;
}

function never(event: string, filter: string): Said {
  return { events: [{ event, filter }], lost: [] };
}

function lose(clauses: readonly Clause[], fails: Fails, reason: string): Loss[] {
  return clauses.map((clause) => ({ clause, reason, fails }));
}
