// Cost curves: what a decision takes as one thing grows. A point is the least of several samples: other work on a machine
// only ever adds time, so the least is what two runs agree on best. What is to be expected of curves is said as
// relations between points, which hold or do not.

export type Point = { readonly x: number; readonly ns: number };

export type Curve = { readonly id: string; readonly points: readonly Point[] };

/** Curves over the same xs, by id. */
export type Sweep = { readonly name: string; readonly unit: string; readonly curves: readonly Curve[] };

/** `of` costs so many times what `over` does, at most or at least. */
export type Expected = {
  readonly text: string;
  readonly of: Place;
  readonly over: Place;
} & ({ readonly atMost: number } | { readonly atLeast: number });

type Place = { readonly id: string; readonly x: number };

export type Relation = {
  readonly text: string;
  readonly ratio: number;
  readonly limit: { readonly atMost: number } | { readonly atLeast: number };
  readonly holds: boolean;
};

/** Null where a point is missing: a design that cannot say the policy there has none. */
export function relate(sweep: Sweep, expected: Expected): Relation | null {
  const [of, over] = [nsAt(sweep, expected.of), nsAt(sweep, expected.over)];
  if (of === null || over === null) return null;
  const ratio = of / over;
  const { text } = expected;
  return "atMost" in expected
    ? { text, ratio, limit: { atMost: expected.atMost }, holds: ratio <= expected.atMost }
    : { text, ratio, limit: { atLeast: expected.atLeast }, holds: ratio >= expected.atLeast };
}

export function nsAt({ curves }: Sweep, { id, x }: Place): number | null {
  const curve = curves.find((candidate) => candidate.id === id);
  return curve?.points.find((point) => point.x === x)?.ns ?? null;
}

/** What one more costs: the slope of the straight line that fits best. Null of fewer than two points. */
export function slope({ points }: Curve): number | null {
  if (points.length < 2) return null;
  const mean = (of: (point: Point) => number) =>
    points.reduce((sum, each) => sum + of(each), 0) / points.length;
  const [x, ns] = [mean((point) => point.x), mean((point) => point.ns)];
  const across = points.reduce((sum, point) => sum + (point.x - x) * (point.ns - ns), 0);
  return across / points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
}

/** How two runs compare: which marks changed, and by how much the ratios of a run before differ at most. */
export type Agreement = {
  readonly compared: number;
  readonly changed: readonly string[];
  /** 0.1: a tenth of the smaller one. Null where nothing was compared. */
  readonly greatest: { readonly text: string; readonly difference: number } | null;
};

type Told = Pick<Relation, "text" | "ratio" | "holds">;

export function agreement(before: readonly Told[], now: readonly Told[]): Agreement {
  const pairs = now.flatMap((relation) => {
    const old = before.find(({ text }) => text === relation.text);
    return old === undefined ? [] : [{ old, relation }];
  });
  const differences = pairs
    .map(({ old, relation: { text, ratio } }) => ({
      text,
      difference: Math.max(ratio / old.ratio, old.ratio / ratio) - 1,
    }))
    .sort((a, b) => b.difference - a.difference);
  return {
    compared: pairs.length,
    changed: pairs.filter(({ old, relation }) => old.holds !== relation.holds).map(({ old }) => old.text),
    greatest: differences[0] ?? null,
  };
}
