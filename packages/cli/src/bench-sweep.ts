// `gatehouse bench --sweep`: one cost curve, drawn in about half a minute. The benchmark `curves` draws all of them.

import {
  type Figure,
  figure,
  mark,
  orderOf,
  type Ratio,
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
import { type Machine, machine } from "@gatehouse/harness/machine";
import type { BenchOptions } from "./bench.js";
import { floorsHere } from "./bench-floors.js";
import { launchCount, machineLine } from "./bench-text.js";
import { EXIT, Failure, NotPossible } from "./failure.js";
import { EXPECTED, launchSweep, type SweepName, sweepNames, sweepOf, sweepWord } from "./sweeps/index.js";
import { type Colours, colours, notice, print, printJson, progress } from "./terminal.js";
import { count, number, printable, table, wrap } from "./text.js";

/** What `gatehouse bench --sweep NAME --json` prints. */
export type PrintedSweep = {
  readonly schema: "gatehouse.sweep/1";
  readonly machine: Machine & { readonly addon: string | null };
  readonly sweep: SweepName;
  /** What grows. */
  readonly unit: string;
  readonly launches: number;
  readonly rounds: number;
  readonly curves: readonly {
    readonly id: string;
    readonly points: readonly { readonly x: number; readonly nsPerEvent: Figure }[];
    /** What one more costs; null where the curve has one point. */
    readonly slope: Ratio | null;
  }[];
  readonly relations: readonly Relation[];
};

export async function benchSweep(word: string, options: BenchOptions): Promise<void> {
  for (const option of ["policy", "trace", "task", "designs", "backend"] as const)
    if (options[option] !== undefined)
      throw new Failure(
        `a sweep has policies, events and contestants of its own: --sweep takes no --${option}`,
      );
  const name = sweepNames.find((each) => sweepWord(each) === word);
  if (name === undefined)
    throw new Failure(
      `there is no sweep \`${printable(word)}\`; known: ${sweepNames.map(sweepWord).join(", ")}`,
    );
  const { build } = floorsHere();
  if (build === null)
    throw new NotPossible("a sweep is of data structures in C++, and the native back-end is not there");
  const launches: Rounds[] = [];
  for (let i = 0; i < options.launches; i++) {
    progress(`launch ${i + 1} of ${options.launches}`);
    const launched = await launchSweep(name, options.rounds);
    if (!launched.ok) {
      const { contestant, x, call, found, expected } = launched.error;
      progress("");
      notice(
        `${contestant} at ${x} is not timed: of ${printable(call)} it says ${found}, which should be ${expected}`,
      );
      process.exitCode = EXIT.refused;
      return;
    }
    launches.push(launched.value);
  }
  progress("");
  const report = reportOf(sweepOf(name, together(launches)), name, options, build);
  if (options.json) printJson(report);
  else print(showSweep(report, colours));
}

function reportOf(
  sweep: Sweep,
  name: SweepName,
  { launches, rounds }: BenchOptions,
  build: string,
): PrintedSweep {
  return {
    schema: "gatehouse.sweep/1",
    machine: { ...machine(), addon: build },
    sweep: name,
    unit: sweep.unit,
    ...{ launches, rounds },
    curves: sweep.curves.map((curve) => ({
      id: curve.id,
      points: curve.points.map(({ x, ns }) => ({ x, nsPerEvent: figure(ns) })),
      slope: slope(curve),
    })),
    relations: EXPECTED[name].flatMap((expected) => relate(sweep, expected) ?? []),
  };
}

export function showSweep(report: PrintedSweep, { bold, dim }: Colours): string {
  const { sweep, unit, curves, launches, rounds, relations } = report;
  const xs = [...new Set(curves.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const rows = curves.map(({ id, points, slope: one }) => [
    id,
    ...xs.map((x) => {
      const point = points.find((each) => each.x === x);
      return point === undefined ? "" : showThatHolds(point.nsPerEvent);
    }),
    one === null ? "" : showThatHolds(one),
  ]);
  const [top = "", ...body] = table([[unit, ...xs.map((x) => number(x)), "one more"], ...rows], 1);
  return [
    `${dim("sweep  ")} ${bold(sweep)}, in ns an event`,
    dim(`        ${launchCount(launches)} of ${count(rounds, "round")}`),
    machineLine(report.machine, dim),
    "",
    dim(top),
    ...body,
    "",
    ...wrap(orderSentence(curves, xs.at(-1) ?? 0, unit)),
    "",
    ...relations.flatMap(({ text, ratio, spread, limit, told }) =>
      wrap(
        `${mark(told)} ${text.slice(sweep.length + 2)}: ${showWithSpread({ value: ratio, spread })} x, ${showLimit(limit)}`,
        "  ",
        "",
      ),
    ),
  ].join("\n");
}

/** Curves whose spreads meet are put in no order. */
function orderSentence(curves: PrintedSweep["curves"], x: number, unit: string): string {
  const there = curves.flatMap(({ id, points }) => {
    const point = points.find((each) => each.x === x);
    return point === undefined ? [] : [[id, point.nsPerEvent] as const];
  });
  return `At ${number(x)} ${unit}, from the cheapest on: ${showOrder(orderOf(there))}.`;
}

/** `a; b and c (not told apart); d` */
export function showOrder(groups: readonly (readonly string[])[]): string {
  return groups
    .map((group) => (group.length === 1 ? `${group[0]}` : `${group.join(" and ")} (not told apart)`))
    .join("; ");
}
