import { describe, expect, test } from "vitest";
import {
  figure,
  isBimodal,
  isToldApart,
  LEAST_SPREAD,
  least,
  median,
  orderOf,
  quantile,
  ratioOf,
  showThatHolds,
  showWithSpread,
  tell,
} from "../src/index.js";

test.each([
  [
    [1, 2, 3, 4, 5],
    [2, 3, 4],
  ],
  [
    [4, 1, 3, 2],
    [1.75, 2.5, 3.25],
  ],
  [[7], [7, 7, 7]],
])("the quartiles of %j are %j", (samples, expected) => {
  expect([0.25, 0.5, 0.75].map((part) => quantile(samples, part))).toEqual(expected);
});

test("of no sample there is nothing to say", () => {
  expect(() => median([])).toThrow(RangeError);
  expect(() => least([])).toThrow(RangeError);
  expect(() => figure([])).toThrow(RangeError);
});

describe("a figure", () => {
  test("is the middle launch, with the distance of the furthest one", () => {
    expect(
      figure([
        [10, 10.1],
        [10.4, 10.3],
        [10.9, 10.8],
      ]),
    ).toEqual({
      ...{ value: 10.3, spread: expect.closeTo(0.5), least: 10, launches: 3, shape: "steady" },
      quartiles: [expect.closeTo(10.15), expect.closeTo(10.35), expect.closeTo(10.7)],
    });
  });

  test("does not promise more than launches a few minutes apart can know", () => {
    expect(
      figure([
        [10, 10.01],
        [10, 10],
        [10, 10.02],
      ]).spread,
    ).toBeCloseTo(10 * LEAST_SPREAD);
  });

  test("may show a launch by something else than its least", () => {
    expect(
      figure(
        [
          [1, 5, 9],
          [2, 6, 10],
        ],
        median,
      ).value,
    ).toBe(5.5);
  });

  test.each([
    [
      "steady",
      [
        [10, 10.2],
        [10.1, 10.3],
      ],
    ],
    [
      "unsteady",
      [
        [10, 10.2],
        [13, 13.1],
      ],
    ],
    // Its launches agree, and half of its samples are far above its least.
    [
      "unsteady",
      [
        [10, 12, 14],
        [10, 12.5, 13.5],
      ],
    ],
    [
      "two values",
      [
        [10, 10.1, 10.2, 10.1],
        [20, 20.1, 20.2, 20.3],
      ],
    ],
  ] as const)("is %s for %j", (shape, launches) => {
    expect(figure(launches).shape).toBe(shape);
  });
});

describe("two heaps of samples", () => {
  test.each([
    [[1, 1.01, 1.02, 1.01, 2, 2.01, 2.02, 2.03], true],
    // Within a launch or between launches: what counts is the gap.
    [[2, 1, 2.01, 1.01, 2.02, 1.02, 2, 1], true],
    // One disturbance is no heap.
    [[1, 1.01, 1.02, 1.01, 1, 1.01, 1.02, 2.5], false],
    [[1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7], false],
    // Too near each other to matter.
    [[1, 1, 1, 1, 1.05, 1.05, 1.05, 1.05], false],
    [[1, 1, 2, 2], false],
  ])("%j: %s", (samples, expected) => {
    expect(isBimodal(samples)).toBe(expected);
  });
});

test.each([
  [2.234, 0.07, "2.23 ± 0.07"],
  [2.234, 0.096, "2.2 ± 0.1"],
  [12.94, 2.4, "13 ± 2"],
  [374.4, 51, "370 ± 50"],
  [1237, 3, "1,240 ± 10"],
  [0.0798, 0.0024, "0.080 ± 0.002"],
  [31.06, 0.932, "31.1 ± 0.9"],
  [0, 0, "0.00 ± 0.01"],
])("%d with a spread of %d is printed as %s", (value, spread, expected) => {
  expect(showWithSpread({ value, spread })).toBe(expected);
  expect(showThatHolds({ value, spread })).toBe(expected.split(" ±")[0]);
});

test("two are compared launch by launch", () => {
  // The second launch is ten times as slow for both.
  const { value, spread } = ratioOf(
    [
      [2, 3],
      [21, 22],
      [2, 2],
    ],
    [
      [1, 1],
      [10, 11],
      [1, 2],
    ],
  );
  expect([value, spread]).toEqual([2, expect.closeTo(0.1)]);
  expect(() => ratioOf([[1]], [[1], [2]])).toThrow("not launched together");
});

test.each([
  [1.2, 0.1, { atMost: 1.5 }, "holds"],
  [1.2, 0.4, { atMost: 1.5 }, "not told"],
  [1.6, 0.05, { atMost: 1.5 }, "fails"],
  [5, 0.5, { atLeast: 4 }, "holds"],
  [5, 1.5, { atLeast: 4 }, "not told"],
  [3, 0.5, { atLeast: 4 }, "fails"],
] as const)("%d ± %d, %j: %s", (value, spread, limit, expected) => {
  expect(tell({ value, spread }, limit)).toBe(expected);
});

test("figures whose spreads meet are put in no order", () => {
  const figures = [
    ["b", { value: 11, spread: 1 }],
    ["a", { value: 10, spread: 0.5 }],
    ["c", { value: 20, spread: 2 }],
  ] as const;
  expect(orderOf(figures)).toEqual([["a", "b"], ["c"]]);
  expect(isToldApart(figures[0][1], figures[1][1])).toBe(false);
  expect(isToldApart(figures[0][1], figures[2][1])).toBe(true);
});
