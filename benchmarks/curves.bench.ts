// What a decision costs as one thing grows: calls allowed, predicates, nested filters, the share of denials, the place in a
// list. Each design as its own kernel code held it, the baseline of 2012, the bulk tier and a floor.
//
// Every contestant is a process of its own, several times anew, and has proved its answers at every point; all of a sweep
// take turns, and of each the least sample counts, which is what two runs agree on best. Beside the curves stand figures
// of real kernels.

import {
  agreement,
  type Curve,
  type Relation,
  type Runner,
  relate,
  type Sweep,
  slope,
} from "@gatehouse/harness";
import type { Process } from "@gatehouse/harness/processes";
import { openFloors } from "@gatehouse/native";
import type { CurveJob } from "./curves-contestants.js";
import { EXPECTED } from "./curves-expected.js";
import { kernelBeside } from "./curves-kernel.js";
import { SWEEPS, type SweepName } from "./curves-sweeps.js";
import { LAUNCHES, raceProcesses, resultsBefore, showAgreement, writeResults } from "./measure.js";

/** Of each launch. */
const ROUNDS = 8;

const floors = openFloors();
if (!floors.ok) {
  console.log(`curves: skipped, the native back-end is not there: ${floors.error}`);
  process.exit(0);
}

const sweeps: Sweep[] = [];
const relations: Relation[] = [];
for (const name of sweepNames()) {
  const sweep = await draw(name);
  sweeps.push(sweep);
  print(sweep);
  for (const expected of EXPECTED[name]) {
    const text = `${name}: ${expected.text}`;
    const relation = relate(sweep, { ...expected, text });
    if (relation !== null) relations.push(relation);
    console.log(`  ${relation === null ? `- ${text}: there is no such point` : sentence(relation)}`);
  }
}

const beside = kernelBeside(sweeps);
console.log("curves: beside kernels");
for (const { what, ours, kernel, unit, source, because } of beside) {
  console.log(`    ${what}: ${show(ours)} ${unit} here, ${show(kernel)} ${unit} there (${source})`);
  console.log(`        ${because}`);
}
const before = resultsBefore<{ readonly relations: readonly Relation[] }>("curves");
const agreed = agreement(before?.relations ?? [], relations);
console.log(`curves: ${showAgreement(agreed)}`);
writeResults("curves", {
  addon: floors.value.build,
  ...{ launches: LAUNCHES, rounds: ROUNDS, sweeps, relations, beside, agreement: agreed },
});

function sweepNames(): SweepName[] {
  return Object.keys(SWEEPS).filter((name): name is SweepName => name in SWEEPS);
}

async function draw(name: SweepName): Promise<Sweep> {
  const { unit, who, xs } = SWEEPS[name];
  const script = new URL("curves-contestant.js", import.meta.url);
  const jobs = who.map((contestant): readonly [string, CurveJob] => [
    contestant,
    { sweep: name, contestant },
  ]);
  const rounds = await raceProcesses(script, jobs, ROUNDS, runnersOf);
  const curves = who.map((id): Curve => {
    const points = xs.flatMap((x) => {
      const samples = rounds.get(at(id, x));
      return samples === undefined ? [] : [{ x, ns: Math.min(...samples) }];
    });
    return { id, points };
  });
  return { name, unit, curves };
}

/** One for each point at which it can say the policy. */
function runnersOf({ id, details, sample }: Process): readonly Runner[] {
  const xs = Array.isArray(details) ? details.map(Number) : [];
  return xs.map((x) => ({ id: at(id, x), sample: () => sample(x) }));
}

function at(id: string, x: number): string {
  return `${id} at ${x}`;
}

function print({ name, unit, curves }: Sweep): void {
  const xs = [...new Set(curves.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  console.log(`curves: ${name}, ns an event`);
  console.log(`    ${unit.padEnd(24)}${xs.map((x) => String(x).padStart(9)).join("")}   one more`);
  for (const curve of curves) {
    const cells = xs.map((x) => curve.points.find((point) => point.x === x)?.ns);
    const shown = cells.map((ns) => (ns === undefined ? "" : show(ns)).padStart(9)).join("");
    console.log(`    ${curve.id.padEnd(24)}${shown}   ${show(slope(curve) ?? Number.NaN)}`);
  }
}

function sentence({ text, ratio, limit, holds }: Relation): string {
  const bound = "atMost" in limit ? `at most ${limit.atMost}` : `at least ${limit.atLeast}`;
  return `${holds ? "✔" : "✘"} ${text}: ${show(ratio)} x, ${bound}`;
}

function show(ns: number): string {
  return ns.toFixed(ns >= 100 ? 0 : ns >= 10 ? 1 : 2);
}
