// Every cell of the table in docs/task-side.md, one test each: the variant is asked again.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { questions } from "./book/task-side.js";
import { taskSideVariants } from "./book/task-side-calls.js";

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
