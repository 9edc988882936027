// What decisions cost, from the result files of the benchmarks `back-ends` and `curves`. Every figure stands with its spread,
// and with the digits that hold.

import {
  mark,
  orderOf,
  pointName,
  type Ratio,
  type Recorded,
  type Relation,
  showLimit,
  showWithSpread,
} from "@gatehouse/harness";
import { number } from "../../src/text.js";
import { figureNamed, resultsOf } from "./results.js";

type Raced = {
  readonly expectations: readonly {
    readonly relation: string;
    readonly race: string;
    readonly fastest: string;
    readonly over: string;
  }[];
};

type Drawn = {
  readonly sweeps: readonly {
    readonly name: string;
    readonly unit: string;
    readonly xs: readonly number[];
    readonly who: readonly string[];
  }[];
  readonly beside: readonly {
    readonly what: string;
    readonly ours: Ratio;
    readonly kernel: number;
    readonly unit: string;
    readonly source: string;
    readonly because: string;
  }[];
};

const raced = () => resultsOf<Raced>("back-ends");
const drawn = () => resultsOf<Drawn>("curves");

export const RACE_HEAD = ["race", "of", "ns", "over", "ns", "ratio", "asked for", ""];

export function raceRows(): string[][] {
  const results = raced();
  return results.details.expectations.map(({ relation: text, race, fastest, over }) => {
    const relation = relationNamed(results.relations, text);
    return [
      race,
      `\`${fastest}\``,
      shown(figureNamed(results, `${race}: ${fastest}`)),
      `\`${over}\``,
      shown(figureNamed(results, `${race}: ${over}`)),
      showWithSpread(ratioOf(relation)),
      showLimit(relation.limit),
      mark(relation.told),
    ];
  });
}

function relationNamed(relations: readonly Relation[], text: string): Relation {
  const relation = relations.find((each) => each.text === text);
  if (relation === undefined) throw new RangeError(`no results of \`${text}\``);
  return relation;
}

/** A sweep's curves, in nanoseconds for an event. A design that cannot say the policy has an empty cell. */
export function sweepTable(name: string): { readonly head: string[]; readonly rows: string[][] } {
  const { sweep, figures } = sweepNamed(name);
  return {
    head: [sweep.unit, ...sweep.xs.map((x) => number(x))],
    rows: sweep.who.map((id) => [id, ...sweep.xs.map((x) => cell(figures[pointName(name, { id, x })]))]),
  };
}

function sweepNamed(name: string) {
  const { details, figures } = drawn();
  const sweep = details.sweeps.find((each) => each.name === name);
  if (sweep === undefined) throw new RangeError(`no results of \`${name}\``);
  return { sweep, figures };
}

function cell(figure: Recorded | undefined): string {
  return figure === undefined ? "" : shown(figure);
}

/** Which curves are cheaper where a sweep ends. Those whose spreads meet are put in no order. */
export function orderLines(names: readonly string[]): string[] {
  return names.map((name) => {
    const { sweep, figures } = sweepNamed(name);
    const x = sweep.xs.at(-1) ?? 0;
    const there = sweep.who.flatMap((id) => {
      const figure = figures[pointName(name, { id, x })];
      return figure === undefined ? [] : [[id, figure] as const];
    });
    const groups = orderOf(there).map((group) =>
      group.length === 1 ? `${group[0]}` : `${group.join(" and ")} (not told apart)`,
    );
    return `- ${name}, at ${number(x)}: ${groups.join("; ")}`;
  });
}

export const RELATION_HEAD = ["", "ratio", "expected", ""];

export function relationRows(): string[][] {
  return drawn().relations.map((relation) => [
    relation.text,
    showWithSpread(ratioOf(relation)),
    showLimit(relation.limit),
    mark(relation.told),
  ]);
}

function ratioOf({ ratio, spread }: Relation): Ratio {
  return { value: ratio, spread };
}

export const KERNEL_HEAD = ["", "here", "in a kernel", "why they differ"];

export function kernelRows(): string[][] {
  return drawn().details.beside.map(({ what, ours, kernel, unit, source, because }) => [
    what,
    `${showWithSpread(ours)} ${unit}`,
    `${Number(kernel.toPrecision(3))} ${unit} (${source})`,
    because,
  ]);
}

/** `?` behind one that is unsteady, `‡` behind one of two values. */
function shown(figure: Recorded): string {
  const marks = { steady: "", unsteady: "?", "two values": "‡" } as const;
  return `${showWithSpread(figure)}${marks[figure.shape]}`;
}
