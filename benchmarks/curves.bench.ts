// What a decision costs as one thing grows: calls allowed, predicates, nested filters, the share of denials, the place in a
// list. Each design as its own kernel code held it, the baseline of 2012, the bulk tier and a floor.
//
// Every contestant at every point is a process of its own and has proved its answers; all of a sweep take turns, and of
// each the least sample counts, which is what two runs agree on best. Beside the curves stand figures of real kernels.

import {
  agreement,
  type Curve,
  type Relation,
  type Runner,
  race,
  relate,
  type Sweep,
  slope,
} from "@gatehouse/harness";
import { type Process, startAll } from "@gatehouse/harness/processes";
import { openFloors } from "@gatehouse/native";
import type { CurveJob } from "./curves-contestants.js";
import { EXPECTED } from "./curves-expected.js";
import { kernelBeside } from "./curves-kernel.js";
import { SWEEPS, type SweepName } from "./curves-sweeps.js";
import { resultsBefore, showAgreement, writeResults } from "./measure.js";

const ROUNDS = 41;

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
  ...{ rounds: ROUNDS, sweeps, relations, beside, agreement: agreed },
});

function sweepNames(): SweepName[] {
  return Object.keys(SWEEPS).filter((name): name is SweepName => name in SWEEPS);
}

async function draw(name: SweepName): Promise<Sweep> {
  const { unit, who } = SWEEPS[name];
  const script = new URL("curves-contestant.js", import.meta.url);
  const jobs = who.map((contestant): readonly [string, CurveJob] => [
    contestant,
    { sweep: name, contestant },
  ]);
  const processes = (await startAll<CurveJob>(script, jobs)).map((started, i) => {
    if (started.ok) return started.value;
    throw new Error(`${who[i]} answers wrongly (${name}): ${JSON.stringify(started.error)}`);
  });
  const runners = processes.flatMap((process) => pointsOf(process).map((x) => runnerAt(process, x)));
  const rounds = await race(runners, ROUNDS);
  for (const process of processes) process.end();
  const curves = processes.map((process): Curve => {
    const least = (x: number) => Math.min(...(rounds.get(runnerAt(process, x).id) ?? []));
    return { id: process.id, points: pointsOf(process).map((x) => ({ x, ns: least(x) })) };
  });
  return { name, unit, curves };
}

/** Where it can say the policy. */
function pointsOf({ details }: Process): readonly number[] {
  return Array.isArray(details) ? details.map(Number) : [];
}

function runnerAt(process: Process, x: number): Runner {
  return { id: `${process.id} at ${x}`, sample: () => process.sample(x) };
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
