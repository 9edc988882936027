// A policy is the intent, before any design: which events a task may cause. `.gate` text is read in policies/.

import type { Catalog, EventFormat } from "./catalog.js";
import type { Task } from "./chunk.js";
import { all, any, type Condition, not } from "./condition.js";
import { possible } from "./possible.js";

export type Action =
  | { readonly kind: "allow" }
  | { readonly kind: "deny" /** `EPERM` */; readonly errno: string /** 1 */; readonly code: number }
  | { readonly kind: "kill" };

export const ALLOW: Action = { kind: "allow" };
export const KILL: Action = { kind: "kill" };

/** The unit that can be lost. */
export type Clause = {
  readonly action: Action;
  /** The event as the author named it. */
  readonly event: string;
  readonly condition: Condition;
  /** Set where the clause stands in a `task NAME` section: it holds for tasks of that name and their descendants. */
  readonly task: string | null;
  /** Where it stands in the policy's text; null where there is none. */
  readonly at: { readonly start: number; readonly end: number } | null;
};

export type Policy = {
  readonly name: string;
  readonly default: Action;
  /** The label names that its conditions may use. */
  readonly labels: readonly string[];
  /** Unordered: among those that match, the most restrictive decides. */
  readonly clauses: readonly Clause[];
};

/** Above zero where `a` is the more restrictive: kill over deny over allow, of two errnos the smaller. */
export function compareActions(a: Action, b: Action): number {
  if (a.kind === "deny" && b.kind === "deny") return b.code - a.code;
  return RANK[a.kind] - RANK[b.kind];
}

const RANK: Record<Action["kind"], number> = { allow: 0, deny: 1, kill: 2 };

/** `deny EPERM`, as a policy writes it. */
export function showAction(action: Action): string {
  return action.kind === "deny" ? `deny ${action.errno}` : action.kind;
}

/** Task sections that one policy may have. Each set of them is compiled apart, so the bound is on 2^n. */
export const MAX_SECTIONS = 8;

/** The names of a policy's task sections, in the order in which they first appear. */
export function sectionsOf(policy: Policy): readonly string[] {
  const names = new Set<string>();
  for (const { task } of policy.clauses) if (task !== null) names.add(task);
  return [...names];
}

/** What holds for one task: the default and the clauses of all its sections, joined with the common ones. */
export type TaskPolicy = { readonly default: Action; readonly clauses: readonly Clause[] };

/**
 * A policy as seen by every kind of task: one for each set of sections that a task can be in. Bit i of a
 * set's index says whether it holds `sections[i]`.
 */
export function taskPolicies(policy: Policy, sections: readonly string[]): readonly TaskPolicy[] {
  if (sections.length > MAX_SECTIONS)
    throw new RangeError(`a policy has at most ${MAX_SECTIONS} task sections`);
  return Array.from({ length: 2 ** sections.length }, (_, set) => ({
    default: policy.default,
    clauses: policy.clauses.filter(({ task }) => task === null || (set >>> sections.indexOf(task)) & 1),
  }));
}

/** The index, in `taskPolicies`, of what holds for `task`. */
export function sectionSet(sections: readonly string[], task: Task): number {
  let set = 0;
  for (const [i, name] of sections.entries()) if (task.lineage.has(name)) set |= 1 << i;
  return set;
}

/**
 * The clauses of each event that some clause names. Throws RangeError where the catalog does not have such an event, and
 * where a condition is impossible.
 */
export function clausesByEvent(
  policy: TaskPolicy,
  catalog: Catalog,
): ReadonlyMap<EventFormat, readonly Clause[]> {
  const byEvent = new Map<EventFormat, Clause[]>();
  for (const clause of policy.clauses) {
    const format = catalog.byName(clause.event);
    if (format === undefined) throw new RangeError(`${catalog.title} has no event \`${clause.event}\``);
    possible(clause.condition, format);
    const clauses = byEvent.get(format);
    if (clauses === undefined) byEvent.set(format, [clause]);
    else clauses.push(clause);
  }
  return byEvent;
}

/**
 * When an event is allowed, as one condition over its fields. `clauses` are those that name it.
 * Refusing clauses win over allowing ones; the default speaks where no clause matches.
 */
export function permits(policy: TaskPolicy, clauses: readonly Clause[]): Condition {
  const conditions = (kind: (action: Action) => boolean) =>
    any(clauses.filter(({ action }) => kind(action)).map(({ condition }) => condition));
  const refused = not(conditions((action) => action.kind !== "allow"));
  if (policy.default.kind === "allow") return refused;
  return all([conditions((action) => action.kind === "allow"), refused]);
}

/** Whether a policy has a say on an event that none of its clauses names: on system calls alone. */
export function governs(format: EventFormat | undefined): boolean {
  return format === undefined || format.kind === "syscall";
}
