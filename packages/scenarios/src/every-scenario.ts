// All scenarios alike, for whoever lists or runs them: those of policies and events, and those of the task side.

import { linux618 } from "@gatehouse/catalog";
import { type Compilation, type Design, isExempted, type TraceEvent, type Verdict } from "@gatehouse/core";
import { scenarios } from "./corpus.js";
import type { Scenario } from "./scenario.js";
import { taskScenarios } from "./task-corpus.js";
import { type AnsweredStep, runTaskScenario, variantOf } from "./task-run.js";
import type { TaskScenario } from "./task-scenario.js";

export type EveryScenario = {
  readonly name: string;
  /** `verdicts`: a policy and events; `tasks`: what tasks do with filters. */
  readonly kind: "verdicts" | "tasks";
  /** Where it stands; null: it is ours. */
  readonly from: string | null;
  isFor(design: Design): boolean;
  run(design: Design): readonly AnsweredStep[];
};

export function everyScenario(): readonly EveryScenario[] {
  return [...scenarios(linux618).map(ofVerdicts), ...taskScenarios().map(ofTasks)];
}

function ofVerdicts(scenario: Scenario): EveryScenario {
  return {
    name: scenario.name,
    kind: "verdicts",
    from: null,
    isFor: () => true,
    run: (design) => runScenario(scenario, design),
  };
}

function ofTasks(scenario: TaskScenario): EveryScenario {
  return {
    name: scenario.name,
    kind: "tasks",
    from: scenario.from,
    isFor: (design) => scenario.variants.includes(variantOf(design)),
    run: (design) => runTaskScenario(scenario, design),
  };
}

/** How exactly a design can say a policy is no expectation: what it says, it has to keep to. */
function runScenario({ policy, chunk, expected }: Scenario, design: Design): AnsweredStep[] {
  const compiled = design.compile(policy, chunk.catalog);
  const head: AnsweredStep = {
    step: `policy ${policy.name}`,
    expected: "exact",
    found: compiled.kind,
    because:
      compiled.kind === "exact" ? null : [...new Set(compiled.lost.map(({ reason }) => reason))].join("; "),
    asExpected: true,
  };
  if (compiled.kind === "inexpressible") return [head];
  const filter = design.load(compiled.program, chunk.catalog);
  const rows = expected.map((verdict, row): AnsweredStep => {
    const event = chunk.at(row);
    const found = filter.evaluate(event);
    const differs = found !== verdict;
    return {
      step: String(event),
      expected: verdict,
      found,
      because: differs ? whyApproximate(compiled, event) : null,
      asExpected: !differs || isExempted(compiled, event) || keepsTo(compiled, verdict, found),
    };
  });
  return [head, ...rows];
}

function whyApproximate(compiled: Compilation<unknown>, event: TraceEvent): string | null {
  if (compiled.kind !== "approximate") return null;
  return isExempted(compiled, event) ? "it passes whatever a policy says" : `it fails ${compiled.fails}`;
}

/** An approximation may err, but in its one direction alone. */
function keepsTo(
  compiled: Compilation<unknown>,
  expected: Verdict | "unknown",
  found: Verdict | "unknown",
): boolean {
  if (compiled.kind !== "approximate") return false;
  return compiled.fails === "closed"
    ? !(found === "allow" && expected === "deny")
    : !(found === "deny" && expected === "allow");
}
