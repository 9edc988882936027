// The book's policies: read, refused, judged, and said by the designs.

import { linux618 } from "@gatehouse/catalog";
import {
  type Catalog,
  type Compilation,
  type Design,
  decide,
  type Policy,
  showAction,
} from "@gatehouse/core";
import { parseOci, parsePolicy, printClause, printPolicy } from "@gatehouse/policies";
import { parseScenario, type Scenario } from "@gatehouse/scenarios";
import { drawDiagnostics } from "../../src/caret.js";
import { findDesigns } from "../../src/known-designs.js";

export function policyOf(text: string, catalog: Catalog = linux618): Policy {
  const parsed = parsePolicy(text, catalog);
  if (!parsed.ok) throw new SyntaxError(drawDiagnostics("policy.gate", text, parsed.error).join("\n"));
  return parsed.value;
}

/** A seccomp profile, as it would be written in the policy language. */
export function gateOf(profile: string): string {
  const parsed = parseOci(profile, linux618);
  if (!parsed.ok) throw new SyntaxError(drawDiagnostics("profile.json", profile, parsed.error).join("\n"));
  return printPolicy(parsed.value.policy, linux618);
}

/** What the command prints of a policy that it refuses. */
export function refusalOf(text: string): string[] {
  const parsed = parsePolicy(text, linux618);
  if (parsed.ok) throw new Error(`this policy should be refused:\n${text}`);
  return drawDiagnostics("policy.gate", text, parsed.error).flatMap((drawn) => drawn.split("\n"));
}

/** The policy in the design's own form. */
export function nativeForm(design: Design, text: string): string[] {
  const compiled = design.compile(policyOf(text), linux618);
  if (compiled.kind === "inexpressible") throw new Error(`${design.id} cannot say:\n${text}`);
  return design.print(compiled.program, linux618).trimEnd().split("\n");
}

/** What the design cannot say of the policy, failing closed. */
export function lossesOf(design: Design, text: string, catalog: Catalog): string[] {
  const policy = policyOf(text, catalog);
  const compiled = design.compile(policy, catalog);
  if (compiled.kind === "exact") return ["exact"];
  return [
    compiled.kind === "approximate" ? `approximate, fails ${compiled.fails}` : "inexpressible",
    ...compiled.lost.flatMap(({ clause, reason }) => {
      const shown = clause === null ? `default ${showAction(policy.default)}` : printClause(clause, catalog);
      return [`  ${shown}`, `    ${reason}`];
    }),
  ];
}

/**
 * Lines of `verdicts` that are not so: by the policy itself, or by a design that says it exactly. Besides the verdicts
 * of a scenario, a line may end in the action: `kill`, `deny EPERM`.
 */
export function mistakesIn(policyText: string, verdicts: readonly string[]): string[] {
  const plain = verdicts.map((line) => line.replace(ACTION, (_, action: string) => VERDICT_OF[action] ?? ""));
  const parsed = parseScenario("the page", `${policyText}\n===\n${plain.join("\n")}`, linux618);
  if (!parsed.ok) return [parsed.error];
  const scenario = parsed.value;
  const lines = verdicts.filter((line) => line.trim() !== "" && !/^\s*task /.test(line));
  return lines.flatMap((line, row) => [
    ...mistakesOfPolicy(scenario, line, row),
    ...findDesigns().flatMap((design) => mistakesOfDesign(design, scenario, row)),
  ]);
}

const ACTION = /(?<=\s)(kill|deny) ?[A-Z0-9]*$/;
const VERDICT_OF: Readonly<Record<string, string>> = { kill: "deny", deny: "deny" };

function mistakesOfPolicy({ policy, chunk, expected }: Scenario, line: string, row: number): string[] {
  const { verdict, action } = decide(policy, chunk.at(row));
  const [wanted = ""] = ACTION.exec(line) ?? [];
  const done = action === "unknown" ? "deny" : showAction(action);
  // A bare `deny` asks for the verdict alone.
  const asked = wanted === "" || wanted === "deny" || wanted === done;
  return verdict === expected[row] && asked ? [] : [`${line}: the policy says ${done}, ${verdict}`];
}

function mistakesOfDesign(design: Design, { policy, chunk, expected }: Scenario, row: number): string[] {
  const compiled: Compilation<unknown> = design.compile(policy, linux618);
  if (compiled.kind !== "exact") return [];
  const answer = design.load(compiled.program, linux618).evaluate(chunk.at(row));
  return answer === expected[row] ? [] : [`${chunk.at(row)}: ${design.id} says ${answer}`];
}
