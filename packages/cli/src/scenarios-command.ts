// `gatehouse scenarios`: a list, and a run of what stands in it.

import type { Command } from "commander";
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
