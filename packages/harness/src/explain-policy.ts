// The smallest changes of a policy that flip the verdict on one event: a clause added, made narrower, turned round or
// taken out, or another default. Every one was applied and asked of `decide`.
//
//   allow read if fd == 0            read(fd=3):   add `allow read if fd == 3`
//   allow read if fd < 3             read(fd=0):   `allow read if fd < 3 && fd != 0` in its place

import {
  ABI,
  type Action,
  ALLOW,
  all,
  any,
  type Catalog,
  type Clause,
  type Condition,
  decide,
  type EventFormat,
  equal64,
  type Field,
  KILL,
  NEVER,
  not,
  type Policy,
  type Predicate,
  predicatesOf,
  showAction,
  type TraceEvent,
  truth,
  unreachable,
  type Verdict,
} from "@gatehouse/core";
import { constantFor, fieldNamed, showNumber } from "./explain-value.js";
import type { ShownClause } from "./report.js";

/** Changes that are shown, and clauses that are changed one by one or all at once. */
const MAX_SHOWN = 4;
const MAX_CLAUSES = 8;
/** A longer string in a clause helps nobody. */
const MAX_STRING = 200;

export type PolicyFlip = { readonly edits: readonly PolicyEdit[]; readonly verdict: Verdict };

export type PolicyEdit =
  /** To the common clauses. */
  | { readonly kind: "add"; readonly clause: string }
  | ({ readonly kind: "remove" } & ShownClause)
  | ({ readonly kind: "replace"; readonly by: string } & ShownClause)
  | { readonly kind: "default"; readonly action: string };

type Edit =
  | { readonly kind: "add"; readonly clause: Clause }
  | { readonly kind: "remove"; readonly clause: Clause }
  | { readonly kind: "replace"; readonly clause: Clause; readonly by: Clause }
  | { readonly kind: "default"; readonly action: Action };

/** How clauses are put into words. */
type Words = {
  readonly catalog: Catalog;
  showClause(clause: Clause | null): ShownClause;
  writeClause(clause: Clause): string | null;
};

/** Those with the fewest edits, the narrowest first. `policy`: the clauses that hold for the task and name the event. */
export function policyFlips(
  policy: Policy,
  event: TraceEvent,
  verdict: Verdict | "unknown",
  words: Words,
): PolicyFlip[] {
  if (verdict === "unknown" || event.abi !== ABI.native) return [];
  const wanted: Verdict = verdict === "allow" ? "deny" : "allow";
  const found = (wanted === "allow" ? towardsAllow : towardsDeny)(policy, event, words.catalog)
    .filter((edits) => decide(apply(policy, edits), event).verdict === wanted)
    .flatMap((edits) => {
      const written = edits.map((edit) => write(edit, words));
      const complete = written.filter((edit) => edit !== null);
      return complete.length === edits.length ? [complete] : [];
    });
  const fewest = Math.min(...found.map(({ length }) => length));
  return found
    .filter(({ length }) => length === fewest)
    .slice(0, MAX_SHOWN)
    .map((edits) => ({ edits, verdict: wanted }));
}

function towardsAllow(policy: Policy, event: TraceEvent, catalog: Catalog): Edit[][] {
  const added = addition(policy, event, catalog, ALLOW);
  const refusing = matching(policy, event).filter(({ action }) => action.kind !== "allow");
  const loosened = refusing.flatMap((clause) => except(clause, policy, event));
  const allowed: Edit = { kind: "default", action: ALLOW };
  return [
    ...added.map((edit) => [edit]),
    ...loosened.map((edit) => [edit]),
    ...refusing.map((clause) => [replace(clause, { action: ALLOW })]),
    ...refusing.map((clause) => [remove(clause)]),
    [allowed],
    ...(refusing.length < 2 ? [] : [loosened, refusing.map((clause) => replace(clause, { action: ALLOW }))]),
    ...(refusing.length === 0 ? [] : added.map((edit) => [...loosened, edit])),
    ...(refusing.length === 0 ? [] : added.map((edit) => [...refusing.map(remove), edit])),
  ];
}

function towardsDeny(policy: Policy, event: TraceEvent, catalog: Catalog): Edit[][] {
  const refusal = policy.default.kind === "allow" ? KILL : policy.default;
  const allowing = matching(policy, event);
  return [
    ...allowing.flatMap((clause) => except(clause, policy, event)).map((edit) => [edit]),
    ...allowing.map((clause) => [remove(clause)]),
    ...addition(policy, event, catalog, refusal).map((edit) => [edit]),
    [{ kind: "default", action: refusal }],
  ];
}

function matching({ clauses }: Policy, event: TraceEvent): Clause[] {
  const { format } = event;
  if (format === undefined) return [];
  return clauses.filter(({ condition }) => truth(condition, format, event) === true).slice(0, MAX_CLAUSES);
}

/** A clause for this very event, as far as its fields are known, or else for all of its kind: one that matches it. */
function addition(policy: Policy, event: TraceEvent, catalog: Catalog, action: Action): Edit[] {
  const { format } = event;
  const name = format?.names.find((each) => catalog.byName(each) === format);
  if (format === undefined || name === undefined) return [];
  const condition = all(exactly(policy, event, format));
  const asWritten = policy.clauses[0]?.event ?? name;
  return [{ kind: "add", clause: { action, event: asWritten, condition, task: null, at: null } }];
}

/** The clause, for everything that it matches but this event. None where that would be nothing. */
function except(clause: Clause, policy: Policy, event: TraceEvent): Edit[] {
  const { format } = event;
  if (format === undefined) return [];
  const condition = without(clause.condition, exactly(policy, event, format), format, event);
  return condition === NEVER || condition === clause.condition ? [] : [replace(clause, { condition })];
}

/** `fd in {0, 1}` without read(fd=0) is `fd in {1}`; `fd < 3` without it is `fd < 3 && fd != 0`. */
function without(
  condition: Condition,
  exact: readonly Predicate[],
  format: EventFormat,
  event: TraceEvent,
): Condition {
  if (truth(condition, format, event) === false) return condition;
  if (condition.kind === "any") return any(condition.of.map((part) => without(part, exact, format, event)));
  const pinned = new Set((condition.kind === "all" ? condition.of : [condition]).flatMap(pinnedField));
  const loose = exact.filter(({ field }) => !pinned.has(field));
  if (condition.kind === "in" && exact.every(({ field }) => field === condition.field)) {
    const value = event.value(fieldNamed(format, condition.field)?.slot ?? 0);
    const values = condition.values.filter((each) => !each.values.some((one) => equal64(one, value)));
    return values.length === 0 ? NEVER : { ...condition, values };
  }
  return all([condition, unequal(all(loose))]);
}

/** A field that a predicate leaves one value. */
function pinnedField(part: Condition): string[] {
  return part.kind === "equal" && part.op === "==" ? [part.field] : [];
}

function unequal(condition: Condition): Condition {
  return condition.kind === "equal" ? { ...condition, op: "!=" } : not(condition);
}

function replace(clause: Clause, change: Partial<Clause>): Edit {
  return { kind: "replace", clause, by: { ...clause, ...change } };
}

function remove(clause: Clause): Edit {
  return { kind: "remove", clause };
}

/**
 * This event and as few others as can be said: by the fields that the policy looks at, or, where it looks at none, by
 * all that are no pointers.
 */
function exactly(policy: Policy, event: TraceEvent, format: EventFormat): Predicate[] {
  const asked = policy.clauses.flatMap(({ condition }) => predicatesOf(condition));
  const looked = new Set(asked.map(({ field }) => field));
  const telling = format.fields.filter(({ name, type }) =>
    looked.size > 0 ? looked.has(name) : !type.includes("*"),
  );
  const known = telling.filter(({ slot }) => event.isKnown(slot));
  return known.flatMap((field) => isWhat(event, field, asked, policy.labels));
}

/** `fd == 3`; nothing where no text could say it. */
function isWhat(
  event: TraceEvent,
  field: Field,
  asked: readonly Predicate[],
  declared: readonly string[],
): Predicate[] {
  const { name, slot } = field;
  switch (field.kind) {
    case "number": {
      const value = event.value(slot);
      const constant = constantFor(value, name, asked);
      const number = { text: showNumber(value, field, asked), values: [value] };
      return [{ kind: "equal", field: name, op: "==", value: constant ?? number }];
    }
    case "string": {
      const value = event.string(slot);
      const isPlain = /^[ -~]*$/.test(value) && !/'.*"|".*'/.test(value) && value.length <= MAX_STRING;
      return isPlain ? [{ kind: "string", field: name, op: "==", value }] : [];
    }
    case "labels": {
      const labels = event.labels(slot).filter((label) => declared.includes(label));
      return labels.length === 0 ? [] : [{ kind: "labels", field: name, labels }];
    }
    default:
      return unreachable(field.kind);
  }
}

function apply(policy: Policy, edits: readonly Edit[]): Policy {
  return edits.reduce(applyOne, policy);
}

function applyOne(policy: Policy, edit: Edit): Policy {
  const { clauses } = policy;
  switch (edit.kind) {
    case "add":
      return { ...policy, clauses: [...clauses, edit.clause] };
    case "remove":
      return { ...policy, clauses: clauses.filter((clause) => clause !== edit.clause) };
    case "replace":
      return { ...policy, clauses: clauses.map((clause) => (clause === edit.clause ? edit.by : clause)) };
    case "default":
      return { ...policy, default: edit.action };
    default:
      return unreachable(edit);
  }
}

function write(edit: Edit, { showClause, writeClause }: Words): PolicyEdit | null {
  switch (edit.kind) {
    case "add": {
      const clause = writeClause(edit.clause);
      return clause === null ? null : { kind: "add", clause };
    }
    case "remove":
      return { kind: "remove", ...showClause(edit.clause) };
    case "replace": {
      const by = writeClause(edit.by);
      return by === null ? null : { kind: "replace", ...showClause(edit.clause), by };
    }
    case "default":
      return { kind: "default", action: showAction(edit.action) };
    default:
      return unreachable(edit);
  }
}
