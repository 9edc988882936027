// One event and one policy: which clauses decide and why, what would flip it, and the way of each design beside that.
// `decide` gives the verdict; what is told here is checked against it.

import {
  ABI,
  type Action,
  ALLOW,
  type Catalog,
  type Clause,
  type Compilation,
  type Condition,
  compareActions,
  type Decision,
  type Design,
  decide,
  type EventFormat,
  type Fails,
  governs,
  type Policy,
  type Predicate,
  predicatesOf,
  type Step,
  showAction,
  type Touched,
  type TraceEvent,
  type Truth,
  truth,
  type Verdict,
} from "@gatehouse/core";
import { type EventFlip, eventFlips } from "./explain-event.js";
import { type PolicyFlip, policyFlips } from "./explain-policy.js";
import { namesakeOf, showField } from "./explain-value.js";
import type { ShownClause } from "./report.js";

export type Inquiry = {
  readonly policy: Policy;
  readonly catalog: Catalog;
  readonly event: TraceEvent;
  /** How many events of the trace were judged before it; null where it is of no trace. */
  readonly number: number | null;
  readonly designs: readonly Design[];
  readonly fails?: Fails;
  /** A clause, or for null the default, as the policy's own text has it. */
  showClause(clause: Clause | null): ShownClause;
  showPredicate(predicate: Predicate, format: EventFormat): string;
  /** A clause that the policy does not have, as its text would; null where no text can say it. */
  writeClause(clause: Clause): string | null;
};

export type Explanation = {
  readonly schema: "gatehouse.explain/1";
  readonly policy: string;
  readonly catalog: string;
  readonly event: {
    /** `openat(dfd=0xffffff9c, flags=0x80000)`. */
    readonly call: string;
    readonly number: number | null;
    /** Who makes it, and what it and its ancestors have been called. The pid is null outside a trace. */
    readonly task: {
      readonly pid: number | null;
      readonly comm: string;
      readonly lineage: readonly string[];
    };
  };
  readonly verdict: Verdict | "unknown";
  /** `deny EPERM`; `unknown` also where the verdict is certain and its action is not. */
  readonly action: string;
  /** `entry`: the call did not come by the native path. `ungoverned`: no call, and no clause names it. */
  readonly because: "clauses" | "default" | "entry" | "ungoverned";
  /** The clauses that decide, or the default; none where the verdict is unknown. */
  readonly decidedBy: readonly ShownClause[];
  /** Those that name the event, in the policy's order. */
  readonly clauses: readonly ExplainedClause[];
  /** The fields that the trace does not show and on which verdict or action hang. */
  readonly unknownFields: readonly string[];
  readonly eventFlips: readonly EventFlip[];
  readonly policyFlips: readonly PolicyFlip[];
  readonly designs: readonly ExplainedDesign[];
};

export type ExplainedClause = ShownClause & {
  readonly action: string;
  /** Its section. */
  readonly task: string | null;
  /** Null: it is not asked, since the task is in no section of that name, or the entry path decided. */
  readonly matches: Truth | null;
  readonly decides: boolean;
  readonly predicates: readonly ExplainedPredicate[];
};

/** `value` null: it was not looked at, since others had decided. */
export type ExplainedPredicate = {
  readonly predicate: string;
  readonly field: string;
  /** What the event has in it, `?` where that is not known. */
  readonly has: string;
  readonly value: Truth | null;
};

/** Verdict and cost are null where the design cannot say the policy. */
export type ExplainedDesign = {
  readonly design: string;
  readonly compilation: Compilation<unknown>["kind"];
  readonly fails: Fails | null;
  readonly verdict: Verdict | "unknown" | null;
  readonly steps: readonly Step[];
  readonly touched: Touched | null;
  /** What it loses of the clauses that name this event. */
  readonly lost: readonly (ShownClause & { readonly reason: string })[];
};

export function explain(inquiry: Inquiry): Explanation {
  const { policy, catalog, event, number } = inquiry;
  const { task } = event;
  const format = namesakeOf(event);
  const naming =
    format === undefined ? [] : policy.clauses.filter((one) => catalog.byName(one.event) === format);
  const examined = naming.map((clause) => examine(clause, event));
  const decision = decide(policy, event);
  const found = findReason(policy, event, examined);
  const reason = decision.verdict === "unknown" ? { ...found, decidedBy: [] } : found;
  // No other clause has a say, and a search asks often.
  const own: Policy = {
    ...policy,
    clauses: examined.flatMap(({ clause, holds }) => (holds ? [clause] : [])),
  };
  return {
    schema: "gatehouse.explain/1",
    policy: policy.name,
    catalog: catalog.title,
    event: {
      call: event.toString(),
      number,
      task: { pid: number === null ? null : task.pid, comm: task.comm, lineage: [...task.lineage] },
    },
    verdict: decision.verdict,
    action: decision.action === "unknown" ? "unknown" : showAction(decision.action),
    because: reason.because,
    decidedBy: reason.decidedBy.map(inquiry.showClause),
    clauses: examined.map((one) => showExamined(one, reason, inquiry)),
    unknownFields: unknownFields(examined, reason, decision),
    eventFlips: eventFlips(own, event, decision.verdict),
    policyFlips: policyFlips(own, event, decision.verdict, inquiry),
    designs: inquiry.designs.map((design) => explainDesign(design, new Set(naming), inquiry)),
  };
}

type Examined = {
  readonly clause: Clause;
  /** Whether it is common, or of a section that the task is in. */
  readonly holds: boolean;
  readonly matches: Truth | null;
  readonly looks: readonly Look[];
};

type Look = { readonly predicate: Predicate; readonly value: Truth | null };

function examine(clause: Clause, event: TraceEvent): Examined {
  const { format } = event;
  const holds = clause.task === null || event.task.lineage.has(clause.task);
  const values = new Map<Predicate, Truth>();
  const isAsked = holds && event.abi === ABI.native;
  const matches = format === undefined || !isAsked ? null : look(clause.condition, format, event, values);
  const looks = predicatesOf(clause.condition).map((predicate) => ({
    predicate,
    value: values.get(predicate) ?? null,
  }));
  return { clause, holds, matches, looks };
}

/** `truth` of core, which notes the predicates that it comes to: from the left, up to the first that decides. */
function look(
  condition: Condition,
  format: EventFormat,
  event: TraceEvent,
  values: Map<Predicate, Truth>,
): Truth {
  switch (condition.kind) {
    case "constant":
      return condition.value;
    case "not": {
      const value = look(condition.of, format, event, values);
      return value === "unknown" ? value : !value;
    }
    case "all":
    case "any": {
      const decisive = condition.kind === "any";
      let value: Truth = !decisive;
      for (const part of condition.of) {
        const next = look(part, format, event, values);
        if (next === decisive) return decisive;
        if (next === "unknown") value = next;
      }
      return value;
    }
    default: {
      const value = truth(condition, format, event);
      values.set(condition, value);
      return value;
    }
  }
}

type Reason = {
  readonly because: Explanation["because"];
  /** Null: the default. */
  readonly decidedBy: readonly (Clause | null)[];
  /** Clauses that may match, and on which it then hangs. */
  readonly open: readonly Examined[];
};

/** Among the clauses that match, those with the most restrictive action; where none does, the default. */
function findReason(policy: Policy, event: TraceEvent, examined: readonly Examined[]): Reason {
  if (event.abi !== ABI.native) return { because: "entry", decidedBy: [], open: [] };
  const matching = examined.filter(({ matches }) => matches === true).map(({ clause }) => clause);
  const possible = examined.filter(({ matches }) => matches === "unknown");
  const strictest = matching.reduce<Action | null>(
    (found, { action }) => (found === null || compareActions(action, found) > 0 ? action : found),
    null,
  );
  const named = examined.some(({ holds }) => holds);
  const certain = strictest ?? (named || governs(event.format) ? policy.default : ALLOW);
  const changes = possible.filter(({ clause: { action } }) =>
    strictest === null ? compareActions(action, certain) !== 0 : compareActions(action, certain) > 0,
  );
  // With no clause certain to match, one that only repeats the default still keeps another from being the only one.
  const open = strictest === null && changes.length > 0 ? possible : changes;
  if (strictest !== null) {
    const deciding = matching.filter(({ action }) => compareActions(action, strictest) === 0);
    return { because: "clauses", decidedBy: deciding, open };
  }
  if (!named && !governs(event.format)) return { because: "ungoverned", decidedBy: [], open };
  return { because: "default", decidedBy: [null], open };
}

function showExamined(
  { clause, matches, looks }: Examined,
  { decidedBy }: Reason,
  { event, showClause, showPredicate }: Inquiry,
): ExplainedClause {
  const { format } = event;
  return {
    ...showClause(clause),
    action: showAction(clause.action),
    task: clause.task,
    matches,
    decides: decidedBy.includes(clause),
    predicates: looks.map(({ predicate, value }) => ({
      predicate: format === undefined ? "" : showPredicate(predicate, format),
      field: predicate.field,
      has: showField(event, predicate.field, predicatesOf(clause.condition)),
      value,
    })),
  };
}

function unknownFields(
  examined: readonly Examined[],
  { open }: Reason,
  { verdict, action }: Decision,
): string[] {
  if (verdict !== "unknown" && action !== "unknown") return [];
  const undecided = examined.filter((one) => open.includes(one)).flatMap(({ looks }) => looks);
  return [
    ...new Set(undecided.filter(({ value }) => value === "unknown").map(({ predicate }) => predicate.field)),
  ];
}

function explainDesign(
  design: Design,
  naming: ReadonlySet<Clause>,
  { policy, catalog, event, fails = "closed", showClause }: Inquiry,
): ExplainedDesign {
  const compiled = design.compile(policy, catalog, fails);
  const lost = compiled.kind === "exact" ? [] : compiled.lost;
  // Where the design is not run at all, what matters is what stood in its way, whatever the event.
  const here = lost.filter((loss) => {
    if (compiled.kind === "inexpressible") return loss.fails !== fails && loss.exempts === undefined;
    if (loss.exempts !== undefined) return loss.exempts === event.format?.name;
    return loss.clause === null || naming.has(loss.clause);
  });
  const filter = compiled.kind === "inexpressible" ? null : design.load(compiled.program, catalog);
  return {
    design: design.id,
    compilation: compiled.kind,
    fails: compiled.kind === "approximate" ? compiled.fails : null,
    verdict: filter?.evaluate(event) ?? null,
    steps: filter?.steps(event) ?? [],
    touched: filter?.touched(event) ?? null,
    lost: here.map(({ clause, reason }) => ({ ...showClause(clause), reason })),
  };
}
