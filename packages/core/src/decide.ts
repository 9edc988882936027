// What a policy means, with no design in it: the judge of them all. It walks the condition tree as it was written and
// shares no code with the filter language.

import { type Catalog, type EventFormat, fieldOf } from "./catalog.js";
import { ABI, type TraceEvent } from "./chunk.js";
import { type Condition, type Constant, type Predicate, singleValue } from "./condition.js";
import type { Verdict } from "./design.js";
import { unreachable } from "./diagnostic.js";
import { matchesGlob } from "./glob.js";
import { type Action, ALLOW, type Clause, compareActions, governs, KILL, type Policy } from "./policy.js";
import { possible } from "./possible.js";
import { compareSigned, compareUnsigned, type U64 } from "./u64.js";

/** `unknown` where the trace does not show what the policy asks for. */
export type Truth = boolean | "unknown";

/** A verdict can be certain while its action is not: two clauses that may match, both refuse. */
export type Decision = { readonly verdict: Verdict | "unknown"; readonly action: Action | "unknown" };

export function decide(policy: Policy, event: TraceEvent): Decision {
  // A policy names the calls of one entry path. What comes in by another has other numbers: it is refused.
  if (event.abi !== ABI.native) return decision([KILL]);
  const { format } = event;
  let named = false;
  let certain: Action | null = null; // the most restrictive of the clauses that match
  const possible: Action[] = []; // of those that may
  for (const clause of clausesNaming(policy, event)) {
    if (clause.task !== null && !event.task.lineage.has(clause.task)) continue;
    named = true;
    const matches = format === undefined ? false : value(clause.condition, format, event);
    if (matches === true) certain = restrict(certain, clause.action);
    else if (matches === "unknown") possible.push(clause.action);
  }
  const byDefault = named || governs(format) ? policy.default : ALLOW;
  return decision([certain ?? byDefault, ...possible.map((action) => restrict(certain, action))]);
}

function restrict(a: Action | null, b: Action): Action {
  return a === null || compareActions(b, a) > 0 ? b : a;
}

/** One of these actions, and it is not known which. */
function decision(outcomes: readonly Action[]): Decision {
  const [first = KILL] = outcomes;
  if (outcomes.length === 1) return { verdict: verdictOf(first), action: first };
  return {
    verdict: outcomes.every((action) => verdictOf(action) === verdictOf(first))
      ? verdictOf(first)
      : "unknown",
    action: outcomes.every((action) => compareActions(action, first) === 0) ? first : "unknown",
  };
}

function verdictOf(action: Action): Verdict {
  return action.kind === "allow" ? "allow" : "deny";
}

/** The value of a condition, in Kleene's three-valued logic. Throws RangeError where the condition is impossible. */
export function truth(condition: Condition, format: EventFormat, event: TraceEvent): Truth {
  return value(possible(condition, format), format, event);
}

/** Of a condition that is possible. */
function value(condition: Condition, format: EventFormat, event: TraceEvent): Truth {
  switch (condition.kind) {
    case "constant":
      return condition.value;
    case "not": {
      const inner = value(condition.of, format, event);
      return inner === "unknown" ? "unknown" : !inner;
    }
    case "all":
    case "any": {
      const decisive = condition.kind === "any";
      let joined: Truth = !decisive;
      for (const part of condition.of) {
        const next = value(part, format, event);
        if (next === decisive) return decisive;
        if (next === "unknown") joined = "unknown";
      }
      return joined;
    }
    default:
      return holds(condition, format, event);
  }
}

function holds(predicate: Predicate, format: EventFormat, event: TraceEvent): Truth {
  const field = fieldOf(format, predicate.field);
  const { slot } = field;
  if (!event.isKnown(slot)) return "unknown";
  switch (predicate.kind) {
    case "equal":
      return isOneOf(event.value(slot), predicate.value) === (predicate.op === "==");
    case "in":
      return predicate.values.some((value) => isOneOf(event.value(slot), value));
    case "order": {
      const compare = field.signed ? compareSigned : compareUnsigned;
      const order = compare(event.value(slot), singleValue(predicate.value));
      if (predicate.op === "<") return order < 0;
      if (predicate.op === "<=") return order <= 0;
      if (predicate.op === ">") return order > 0;
      return order >= 0;
    }
    case "anyBit": {
      const mask = singleValue(predicate.mask);
      return (event.low(slot) & mask.low) !== 0 || (event.high(slot) & mask.high) !== 0;
    }
    case "masked": {
      const mask = singleValue(predicate.mask);
      const value = singleValue(predicate.value);
      const low = (event.low(slot) & mask.low) >>> 0 === value.low;
      const high = (event.high(slot) & mask.high) >>> 0 === value.high;
      return (low && high) === (predicate.op === "==");
    }
    case "string": {
      const text = event.string(slot);
      if (predicate.op === "==") return text === predicate.value;
      if (predicate.op === "!=") return text !== predicate.value;
      return predicate.op === "^=" ? text.startsWith(predicate.value) : matchesGlob(predicate.value, text);
    }
    case "stringIn":
      return predicate.values.includes(event.string(slot));
    case "labels": {
      const labels = event.labels(slot);
      return predicate.labels.some((label) => labels.includes(label));
    }
    default:
      return unreachable(predicate);
  }
}

function isOneOf(value: U64, { values }: Constant): boolean {
  return values.some(({ low, high }) => low === value.low && high === value.high);
}

// Which clauses name an event is the same for each of its rows, so they are looked up once for all, and once for all found
// possible: a policy that holds an impossible condition is refused whatever the event.
type Naming = ReadonlyMap<EventFormat, readonly Clause[]>;
const naming = new WeakMap<Policy, WeakMap<Catalog, Naming>>();

function clausesNaming(policy: Policy, { chunk: { catalog }, format }: TraceEvent): readonly Clause[] {
  const known = naming.get(policy)?.get(catalog) ?? lookUp(policy, catalog);
  return format === undefined ? [] : (known.get(format) ?? []);
}

/** A clause that names no event of the catalog is about none of its rows. */
function lookUp(policy: Policy, catalog: Catalog): Naming {
  const byFormat = new Map<EventFormat, Clause[]>();
  for (const clause of policy.clauses) {
    const format = catalog.byName(clause.event);
    if (format === undefined) continue;
    possible(clause.condition, format);
    const clauses = byFormat.get(format);
    if (clauses === undefined) byFormat.set(format, [clause]);
    else clauses.push(clause);
  }
  const byCatalog = naming.get(policy) ?? new WeakMap<Catalog, Naming>();
  naming.set(policy, byCatalog.set(catalog, byFormat));
  return byFormat;
}
