// Every scenario of the task side, by every variant that it is for. The designs are real; nothing of them is imported by the
// package itself.

import { filterEngineV2 } from "@gatehouse/design-2010-filter-engine";
import { parseTaskScenario, runTaskScenario, taskScenarios, VARIANTS, variantOf } from "@gatehouse/scenarios";
import { describe, expect, test } from "vitest";
import { variants } from "./variants.js";

const cases = taskScenarios().flatMap((scenario) =>
  variants
    .filter((design) => scenario.variants.includes(variantOf(design)))
    .map((design) => [scenario.name, variantOf(design), scenario, design] as const),
);

test.each(cases)("%s: %s", (_name, _variant, scenario, design) => {
  const steps = runTaskScenario(scenario, design);
  const found = steps.map((answer) => `${answer.step}  ${answer.found}`);
  expect(found).toEqual(steps.map((answer) => `${answer.step}  ${answer.expected}`));
});

test("the variants are those that there are", () => {
  expect(variants.map(variantOf).sort()).toEqual([...VARIANTS].sort());
});

test("an exception names a variant that the scenario is for, and an answer that differs", () => {
  const idle = taskScenarios().flatMap(({ name, variants: meant, steps }) =>
    steps.flatMap(({ text, outcome, exceptions }) =>
      exceptions
        .filter(
          (each) => each.outcome === outcome || !each.variants.every((variant) => meant.includes(variant)),
        )
        .map(() => `${name}: ${text}`),
    ),
  );
  expect(idle).toEqual([]);
});

describe("a scenario's text", () => {
  const run = (text: string) => {
    const scenario = parseTaskScenario("mine", text);
    if (!scenario.ok) throw new SyntaxError(scenario.error);
    return runTaskScenario(scenario.value, filterEngineV2).map(({ expected, found, because }) => [
      expected,
      found,
      because,
    ]);
  };

  test("gives every step its answer, and the reason of one that differs", () => {
    expect(run("for v2\n===\ncheck read()  deny | v2: allow because nothing is enforced\n")).toEqual([
      ["allow", "allow", "nothing is enforced"],
    ]);
  });

  test("may go on in the next line", () => {
    expect(run("for v2\n===\ncheck read()  deny\n  | v2, poc: allow because nothing is enforced\n")).toEqual([
      ["allow", "allow", "nothing is enforced"],
    ]);
  });

  test("puts texts together and repeats them", () => {
    const set =
      'prctl SET_SECCOMP_FILTER read "fd" 3*" " "== 0"  ok\nprctl GET_SECCOMP_FILTER read  ok "fd   == 0"';
    expect(run(`for v2\n===\n${set}\n`)).toEqual([
      ["ok", "ok", null],
      ['ok "fd   == 0"', 'ok "fd   == 0"', null],
    ]);
  });

  test.each([
    ["no separator", "for v2\n", /no line `===`/],
    ["a variant that there is none of", "for v3\n===\n", /no variant `v3`/],
    ["an exception for one", "for v2\n===\nexec  ok | v3: killed because so\n", /no variant `v3`/],
    ["an option that no kernel has", "for v2\nkernel hurd\n===\n", /`hurd` is no option/],
    ["a bad policy", "for v2\npolicy mine\nallow raed\n===\n", /raed/],
    ["a step that is none", "for v2\n===\nsleep 3  ok\n", /`sleep 3` is no step/],
    ["a step without an outcome", "for v2\n===\nexec\n", /no outcome/],
    ["an exception without a reason", "for v2\n===\nexec  ok | v2: killed\n", /no reason/],
    ["an attribute that perf has not", "for poc\n===\nperf_event_open read fast  ok 3\n", /is no step/],
    ["a prctl without a call", "for v2\n===\nprctl CLEAR_SECCOMP_FILTER  ok\n", /is no step/],
    ["a size that is none", "for v2\n===\nprctl GET_SECCOMP_FILTER read big  ok\n", /is no step/],
    ["a flag that is none", "for v2\n===\nprctl SET_SECCOMP filter now  ok\n", /is no step/],
    ["a bare word for a filter", "for v2\n===\nprctl SET_SECCOMP_FILTER read fd  ok\n", /is no step/],
  ])("with %s is an error that names it", (_what, text, message) => {
    const parsed = parseTaskScenario("mine", text);
    expect(parsed.ok ? "" : parsed.error).toMatch(message);
    expect(parsed.ok ? "" : parsed.error).toMatch(/^mine: /);
  });
});
