// `gatehouse scenarios` and `gatehouse scenarios run`.

import { nearestWord } from "@gatehouse/catalog";
import type { Design } from "@gatehouse/core";
import { type AnsweredStep, type EveryScenario, everyScenario, variantOf } from "@gatehouse/scenarios";
import { EXIT, Failure } from "./failure.js";
import { variants } from "./known-designs.js";
import { colours, print, printJson } from "./terminal.js";
import { count, printable, table, wrap } from "./text.js";

export type ListOptions = { readonly json?: boolean };
export type RunOptions = { readonly json?: boolean };

const SCHEMA = "gatehouse.scenarios/1";

export function listScenarios({ json = false }: ListOptions): void {
  const listed = everyScenario();
  if (json) {
    printJson({ schema: SCHEMA, scenarios: listed.map((each) => asData(each, null)) });
    return;
  }
  const [head = "", ...rows] = table(
    [["scenario", "designs"], ...listed.map((scenario) => [scenario.name, meant(scenario)])],
    2,
  );
  print([colours.dim(head), ...rows].join("\n"));
}

/** One design's answers. */
type Run = { readonly design: Design; readonly steps: readonly AnsweredStep[] };

export function runScenarios(names: readonly string[], { json = false }: RunOptions): void {
  const ran = findScenarios(names).map((scenario) => ({ scenario, runs: runAll(scenario) }));
  if (json) {
    printJson({ schema: SCHEMA, scenarios: ran.map(({ scenario, runs }) => asData(scenario, runs)) });
  } else {
    print(ran.flatMap(({ scenario, runs }) => showRuns(scenario, runs, names.length > 0)).join("\n"));
  }
  if (!ran.every(({ runs }) => runs.every(isAsExpected))) process.exitCode = EXIT.refused;
}

function runAll(scenario: EveryScenario): Run[] {
  const designs = variants.filter((design) => scenario.isFor(design));
  return designs.map((design) => ({ design, steps: scenario.run(design) }));
}

function isAsExpected({ steps }: Run): boolean {
  return steps.every(({ asExpected }) => asExpected);
}

/** By whole names, or by parts of them. */
function findScenarios(names: readonly string[]): readonly EveryScenario[] {
  const all = everyScenario();
  if (names.length === 0) return all;
  const found = names.flatMap((name) => {
    const exact = all.filter((scenario) => scenario.name === name);
    const matching = exact.length > 0 ? exact : all.filter((scenario) => scenario.name.includes(name));
    if (matching.length > 0) return matching;
    const near = nearestWord(
      name,
      all.map((scenario) => scenario.name),
    );
    const hint = near === null ? "`gatehouse scenarios` lists them" : `did you mean \`${near}\`?`;
    throw new Failure(`there is no scenario \`${printable(name)}\`\nhint: ${hint}`);
  });
  return [...new Set(found)];
}

function asData({ name, kind, from, ...scenario }: EveryScenario, runs: readonly Run[] | null) {
  return {
    scenario: name,
    kind,
    from,
    designs: variants.filter((design) => scenario.isFor(design)).map(({ id }) => id),
    ...(runs === null ? {} : { runs: runs.map(runAsData) }),
  };
}

function runAsData(run: Run) {
  return { design: run.design.id, asExpected: isAsExpected(run), steps: run.steps };
}

/** `v2 shipped corrected`. */
function meant(scenario: EveryScenario): string {
  const designs = variants.filter((design) => scenario.isFor(design));
  return designs.length === variants.length ? "all" : designs.map(variantOf).join(" ");
}

function showRuns(scenario: EveryScenario, runs: readonly Run[], inFull: boolean): string[] {
  const wrong = runs.flatMap(({ steps }) => steps.filter(({ asExpected }) => !asExpected));
  const steps = Math.max(...runs.map((run) => run.steps.length)); // one that cannot say the policy has one
  const answers = wrong.length === 0 ? "as expected" : `${count(wrong.length, "answer")} not as expected`;
  const head = `${scenario.name}: ${count(steps, "step")}, ${meant(scenario)}: `;
  const title = head + (wrong.length === 0 ? colours.green(answers) : colours.red(answers));
  if (!inFull && wrong.length === 0) return [title];
  const from = scenario.from === null ? [] : wrap(scenario.from, "  ").map(colours.dim);
  return [title, ...from, ...Array.from({ length: steps }, (_, at) => showStep(runs, at)).flat(), ""];
}

/** The answer that most have, and under it those of the others. */
function showStep(runs: readonly Run[], at: number): string[] {
  const answers = runs.flatMap(({ design, steps }) => {
    const answer = steps[at];
    return answer === undefined ? [] : [{ variant: variantOf(design), ...answer }];
  });
  const common = answers.find(({ because, asExpected }) => because === null && asExpected);
  const others = answers.filter(({ because, asExpected }) => because !== null || !asExpected);
  const step = `  ${printable(answers[0]?.step ?? "")}`;
  const line = common === undefined ? step : `${step.padEnd(STEP)}  ${common.found}`;
  return [line, ...others.flatMap(showOther)];
}

/** The column of the answers, where the step is not longer. */
const STEP = 58;

function showOther({ variant, found, expected, because, asExpected }: AnsweredStep & { variant: string }) {
  const reason = because === null ? "" : `, since ${because}`;
  const wanted = asExpected ? "" : `, expected ${expected}`;
  const lines = wrap(`${variant}: ${found}${wanted}${reason}`, "        ", "      ");
  return asExpected ? lines : lines.map(colours.red);
}
