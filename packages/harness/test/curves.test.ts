import { describe, expect, test } from "vitest";
import { agreement, relate, type Sweep, slope } from "../src/index.js";

const sweep: Sweep = {
  name: "calls allowed",
  unit: "calls",
  curves: [
    {
      id: "flat",
      points: [
        { x: 1, ns: 2 },
        { x: 300, ns: 2.2 },
      ],
    },
    { id: "linear", points: [1, 10, 100].map((x) => ({ x, ns: 5 + 1.5 * x })) },
    { id: "one", points: [{ x: 1, ns: 1 }] },
  ],
};

describe("a relation", () => {
  test.each([
    ["flat", 300, "flat", 1, { atMost: 1.2 }, true, 1.1],
    ["flat", 300, "flat", 1, { atMost: 1.05 }, false, 1.1],
    ["linear", 100, "linear", 10, { atLeast: 5 }, true, 7.75],
    ["linear", 100, "linear", 10, { atLeast: 8 }, false, 7.75],
    ["linear", 1, "flat", 1, { atLeast: 3.25 }, true, 3.25],
  ] as const)("of %s at %i over %s at %i, %j, is %j", (of, x, over, y, limit, holds, ratio) => {
    const found = relate(sweep, { text: "so", of: { id: of, x }, over: { id: over, x: y }, ...limit });
    expect(found).toEqual({ text: "so", limit, holds, ratio: expect.closeTo(ratio) });
  });

  test("is none where a curve has no such point", () => {
    const missing = { text: "so", of: { id: "one", x: 300 }, over: { id: "one", x: 1 }, atMost: 2 };
    expect(relate(sweep, missing)).toBeNull();
    expect(relate(sweep, { ...missing, of: { id: "nobody", x: 1 } })).toBeNull();
  });
});

test.each([
  ["linear", 1.5],
  ["flat", 0.2 / 299],
  ["one", null],
])("one more costs on %s %d", (id, expected) => {
  const curve = sweep.curves.find((each) => each.id === id) ?? { id, points: [] };
  expect(slope(curve)).toEqual(expected === null ? null : expect.closeTo(expected));
});

describe("two runs", () => {
  const told = (text: string, ratio: number, holds = true) => ({ text, ratio, holds });

  test("agree as far as their ratios and marks do", () => {
    const before = [told("a", 2), told("b", 10), told("gone", 1)];
    expect(agreement(before, [told("a", 1.6, false), told("b", 11), told("new", 3)])).toEqual({
      compared: 2,
      changed: ["a"],
      greatest: { text: "a", difference: expect.closeTo(0.25) },
    });
  });

  test("have nothing to compare where nothing is the same", () => {
    expect(agreement([], [told("a", 1)])).toEqual({ compared: 0, changed: [], greatest: null });
  });
});
