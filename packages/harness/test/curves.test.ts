import { describe, expect, test } from "vitest";
import {
  type Expected,
  ofLaunches,
  pointsByName,
  relate,
  type Sweep,
  samplesAt,
  slope,
} from "../src/index.js";

/** Two launches, of which the second is twice as slow throughout. */
const ns = (time: number) => [
  [time, time + 1],
  [2 * time + 1, 2 * time],
];

const sweep: Sweep = {
  name: "calls allowed",
  unit: "calls",
  curves: [
    {
      id: "flat",
      points: [
        { x: 1, ns: ns(2) },
        { x: 300, ns: ns(2.2) },
      ],
    },
    { id: "linear", points: [1, 10, 100].map((x) => ({ x, ns: ns(5 + 1.5 * x) })) },
    { id: "one", points: [{ x: 1, ns: ns(1) }] },
  ],
};

const asked = (of: string, x: number, over: string, y: number, limit: Expected["limit"]): Expected => ({
  ...{ text: "so", of: { id: of, x }, over: { id: over, x: y }, limit },
});

describe("a relation", () => {
  test.each([
    ["flat", 300, "flat", 1, { atMost: 1.2 }, "holds", 1.1],
    ["flat", 300, "flat", 1, { atMost: 1.05 }, "fails", 1.1],
    ["flat", 300, "flat", 1, { atMost: 1.09 }, "not told", 1.1],
    ["linear", 100, "linear", 10, { atLeast: 5 }, "holds", 7.75],
    ["linear", 100, "linear", 10, { atLeast: 8 }, "fails", 7.75],
    ["linear", 1, "flat", 1, { atLeast: 3.25 }, "not told", 3.25],
  ] as const)("of %s at %i over %s at %i, %j: it %s", (of, x, over, y, limit, told, ratio) => {
    expect(relate(sweep, asked(of, x, over, y, limit))).toMatchObject({
      ...{ text: "calls allowed: so", limit, told },
      ratio: expect.closeTo(ratio),
    });
  });

  test("is none where a curve has no such point", () => {
    expect(relate(sweep, asked("one", 300, "one", 1, { atMost: 2 }))).toBeNull();
    expect(relate(sweep, asked("nobody", 1, "one", 1, { atMost: 2 }))).toBeNull();
  });
});

test.each([
  ["linear", 2.25],
  ["flat", 0.3 / 299],
])("one more costs on %s %d, in the middle of the launches", (id, expected) => {
  const curve = sweep.curves.find((each) => each.id === id) ?? { id, points: [] };
  expect(slope(curve)?.value).toBeCloseTo(expected);
});

test("a flat curve has a slope that is not told apart from none", () => {
  const points = [1, 10, 100].map((x) => ({ x, ns: [[2 + x / 100_000], [2]] }));
  const { value = 0, spread = 0 } = slope({ id: "flat", points }) ?? {};
  expect(Math.abs(value)).toBeLessThan(spread);
});

test("one point has no slope", () => {
  expect(slope({ id: "one", points: [{ x: 1, ns: ns(1) }] })).toBeNull();
});

test("what is worked out of every launch has the spread of the launches", () => {
  expect(ofLaunches(3, (launch) => [10, 12, 17][launch] ?? 0)).toEqual({ value: 12, spread: 5 });
});

test("every point has a name of its own", () => {
  const names = pointsByName(sweep).map(([name]) => name);
  expect(names).toHaveLength(6);
  expect(new Set(names).size).toBe(6);
  expect(names[1]).toBe("calls allowed: flat at 300");
  expect(samplesAt(sweep, { id: "flat", x: 300 })).toEqual(ns(2.2));
});
