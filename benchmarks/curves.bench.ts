// What a decision costs as one thing grows: calls allowed, predicates, nested filters, events of others, the share of
// denials, the place in a list. Each design as its own kernel code held it, the baseline of 2012, the bulk tier and a floor.
//
// All sweeps are drawn in one launch, then all of them in the next, so that the launches of a point lie minutes apart.
// Beside the curves stand figures of real kernels.

import { EXPECTED, launchSweep, SWEEPS, type SweepName, sweepNames, sweepOf } from "@gatehouse/cli/sweeps";
import {
  orderOf,
  pointName,
  pointsByName,
  type Recorded,
  type Relation,
  type Rounds,
  relate,
  type Sweep,
  showLimit,
  showThatHolds,
  showWithSpread,
  slope,
  together,
} from "@gatehouse/harness";
import { openFloors } from "@gatehouse/native";
import { kernelBeside } from "./curves-kernel.js";
import { finish, LAUNCHES, record, roundsOf } from "./measure.js";

/** Of each launch. */
const ROUNDS = 8;

const floors = openFloors();
if (!floors.ok) {
  console.log(`curves: skipped, the native back-end is not there: ${floors.error}`);
  process.exit(0);
}

const launches = new Map<SweepName, Rounds[]>(sweepNames.map((name) => [name, []]));
for (let launch = 0; launch < LAUNCHES; launch++)
  for (const name of sweepNames) launches.get(name)?.push(await drawn(name));

const sweeps = sweepNames.map((name) => sweepOf(name, together(launches.get(name) ?? [])));
const figures: Record<string, Recorded> = Object.fromEntries(
  sweeps.flatMap(pointsByName).map(([name, ns]) => [name, record(ns)]),
);
const relations: Relation[] = [];
for (const [i, name] of sweepNames.entries()) {
  const sweep = sweeps[i];
  if (sweep === undefined) throw new RangeError(`${name} was not drawn`);
  print(sweep);
  for (const expected of EXPECTED[name]) {
    const relation = relate(sweep, expected);
    if (relation === null) throw new RangeError(`${name}: ${expected.text}: there is no such point`);
    relations.push(relation);
    console.log(`  ${sentence(relation)}`);
  }
}

const beside = kernelBeside(sweeps, LAUNCHES);
console.log("curves: beside kernels");
for (const { what, ours, kernel, unit, source, because } of beside) {
  console.log(`    ${what}: ${showWithSpread(ours)} ${unit} here, ${kernel} ${unit} there (${source})`);
  console.log(`        ${because}`);
}
finish("curves", {
  figures,
  relations,
  details: {
    addon: floors.value.build,
    rounds: roundsOf(ROUNDS),
    sweeps: sweepNames.map((name) => ({
      name,
      unit: SWEEPS[name].unit,
      xs: SWEEPS[name].xs,
      who: SWEEPS[name].who,
    })),
    beside,
  },
});

async function drawn(name: SweepName): Promise<Rounds> {
  const found = await launchSweep(name, roundsOf(ROUNDS));
  if (!found.ok) throw new Error(`${name}: a contestant answers wrongly: ${JSON.stringify(found.error)}`);
  return found.value;
}

function print({ name, unit, curves }: Sweep): void {
  const xs = [...new Set(curves.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const figureAt = (id: string, x: number) => figures[pointName(name, { id, x })];
  console.log(`curves: ${name}, ns an event`);
  console.log(`    ${unit.padEnd(24)}${xs.map((x) => String(x).padStart(9)).join("")}   one more`);
  for (const curve of curves) {
    const cells = xs.map((x) => figureAt(curve.id, x));
    const shown = cells.map((ns) => (ns === undefined ? "" : showThatHolds(ns)).padStart(9)).join("");
    const one = slope(curve);
    console.log(`    ${curve.id.padEnd(24)}${shown}   ${one === null ? "" : showWithSpread(one)}`);
  }
  const last = xs.at(-1) ?? 0;
  const there = curves.flatMap(({ id }) => {
    const figure = figureAt(id, last);
    return figure === undefined ? [] : [[id, figure] as const];
  });
  const groups = orderOf(there).map((group) => group.join(" ≈ "));
  console.log(`  at ${last}, from the cheapest on (≈: not told apart): ${groups.join("; ")}`);
}

function sentence({ text, ratio, spread, limit, told }: Relation): string {
  return `${told}: ${text}: ${showWithSpread({ value: ratio, spread })} x, ${showLimit(limit)}`;
}
