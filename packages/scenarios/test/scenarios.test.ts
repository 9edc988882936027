import { readFileSync } from "node:fs";
import { linux618 } from "@gatehouse/catalog";
import { decide } from "@gatehouse/core";
import { parsePolicy } from "@gatehouse/policies";
import { nginxPolicy, parseScenario, scenarios } from "@gatehouse/scenarios";
import { expect, test } from "vitest";

// The hand-written verdicts judge decide(); decide() judges everything else.
test.each(scenarios(linux618).map((scenario) => [scenario.name, scenario] as const))(
  "%s",
  (_name, scenario) => {
    const answers = scenario.expected.map(
      (_, row) => decide(scenario.policy, scenario.chunk.at(row)).verdict,
    );
    expect(answers).toEqual(scenario.expected);
  },
);

test("the embedded policy parses", () => {
  const policy = parsePolicy(readFileSync(nginxPolicy, "utf8"), linux618);
  expect(policy.ok ? [] : policy.error).toEqual([]);
});

test.each([
  ["no separator", "allow read\n"],
  ["a bad policy", "allow raed\n===\n"],
  ["a bad event", "allow read\n===\nraed() allow\n"],
  ["no verdict", "allow read\n===\nread(fd=0)\n"],
])("%s is an error that names the scenario", (_what, text) => {
  const parsed = parseScenario("mine", text, linux618);
  expect(parsed.ok ? "" : parsed.error).toMatch(/^mine: /);
});
