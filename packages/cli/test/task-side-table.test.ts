// Every cell of the table in docs/task-side.md, one test each: the variant is asked again.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { questions } from "./book/task-side.js";
import { taskSideVariants } from "./book/task-side-calls.js";
import { taskSideResults } from "./book/task-side-cost.js";

const PAGE = readFileSync(join(import.meta.dirname, "../../../docs/task-side.md"), "utf8");
const [, table = ""] = /<!-- generated: task-side -->\n([\s\S]*?)<!-- end -->/.exec(PAGE) ?? [];
const rows = new Map(
  table
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.slice(2, -2).split(" | "))
    .map(([question = "", ...cells]) => [question, cells] as const),
);

test("the page asks what is asked here, of every variant", () => {
  const asked = questions.map(({ question }) => question);
  expect([...rows.keys()].filter((question) => question !== "" && question !== "---")).toEqual(asked);
  for (const question of asked) expect(rows.get(question)).toHaveLength(taskSideVariants.length);
});

describe.each(taskSideVariants.map((variant, column) => ({ id: variant.design.id, variant, column })))(
  "$id",
  ({ variant, column }) => {
    test.each(
      questions.map(({ question, ask }) => ({
        question,
        ask,
        cell: rows.get(question)?.[column] ?? "nothing",
      })),
    )("$question $cell", ({ ask, cell }) => {
      expect(ask(variant)).toBe(cell);
    });
  },
);

describe("the counts of benchmarks/results/task-side.json", () => {
  const { variants } = taskSideResults().details;
  const points = (id: string) => variants.find(({ design }) => design === id)?.entries ?? [];

  test.each([
    ["filter-engine-2010@v2", 45_450],
    ["filter-engine-2010@shipped", 45_450],
    ["filter-engine-2010@corrected", 45_450],
    ["filter-engine-2010@array", 45_150],
  ])("%s: each of n writes reads all texts again, and so does enforcing but in the array", (id, last) => {
    const enforcing = (n: number) => (id.endsWith("@array") ? 0 : n);
    const expected = points(id).map(({ entries: n }) => (n * (n + 1)) / 2 + enforcing(n));
    expect(points(id).map(({ parses }) => parses)).toEqual(expected);
    expect(expected.at(-1)).toBe(last);
  });

  test.each(["event-filters-2011@poc", "event-filters-2011@vision"])("%s: each text is read once", (id) => {
    expect(points(id).map(({ parses }) => parses)).toEqual(points(id).map(({ entries }) => entries));
  });

  test.each(["bitmask-2009@and", "bitmask-2009@subset"])("%s: there is no text", (id) => {
    expect(points(id).map(({ parses, calls }) => [parses, calls])).toEqual(points(id).map(() => [0, 1]));
  });
});
