// `gatehouse scenarios` and `gatehouse claims`: a list of each, and a run of what stands in it.

import type { Command } from "commander";
import type { ClaimsOptions } from "./claims.js";
import type { ListOptions, RunOptions } from "./scenarios.js";

export function addScenarios(program: Command): void {
  const scenarios = program
    .command("scenarios")
    .description("what designs must answer: policies and events, and what tasks do with their filters")
    .helpCommand(false);
  scenarios
    .command("list", { isDefault: true })
    .description("list the scenarios: names, where they come from, for which designs they are")
    .option("--json", "print data (gatehouse.scenarios/1)")
    .addHelpText("after", "\nExample:\n  $ gatehouse scenarios")
    .action(async (options: ListOptions) => (await import("./scenarios.js")).listScenarios(options));
  scenarios
    .command("run")
    .description(
      "run scenarios by all variants they are for: what is expected, what is found, why some differ",
    )
    .argument("[name...]", "a scenario's name or a part of it (default: all)")
    .option("--json", "print data (gatehouse.scenarios/1)")
    .addHelpText("after", "\nExample:\n  $ gatehouse scenarios run 'a second filter widens'")
    .addHelpText("after", "\nExits with 1 where something is not as it is expected.")
    .action(async (names: readonly string[], options: RunOptions) =>
      (await import("./scenarios.js")).runScenarios(names, options),
    );
}

export function addClaims(program: Command): void {
  const claims = program
    .command("claims")
    .description("what was claimed in the debate, and experiments that say how it stands")
    .helpCommand(false);
  claims
    .command("list", { isDefault: true })
    .description("list the claims: who made them, where, what they say, and of which design")
    .option("--json", "print data (gatehouse.claims/1)")
    .addHelpText("after", "\nExample:\n  $ gatehouse claims")
    .action(async (options: ClaimsOptions) => (await import("./claims.js")).listClaims(options));
  claims
    .command("run")
    .description("run experiments: supported, refuted, mixed or untestable here, with the evidence")
    .argument("[claim...]", "claims, by id (default: all)")
    .option("--json", "print data (gatehouse.claims/1)")
    .addHelpText("after", "\nExample:\n  $ gatehouse claims run C22 C23")
    .addHelpText("after", "\nExits with 1 where a claim is refuted.")
    .addHelpText(
      "after",
      "\nOnly what was observed of a claim's subject counts for its ruling. What was observed of other designs\nis printed beside it as comparison.",
    )
    .action(async (ids: readonly string[], options: ClaimsOptions) =>
      (await import("./claims.js")).runClaims(ids, options),
    );
}
