// What the filter language's pages say of a text is what the text is answered.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { answerTo, examplesIn } from "./book/filter-examples.js";
import { parsePage } from "./book/page.js";

const DOCS = join(import.meta.dirname, "../../../docs");

describe.each(["filter-language", "surprises"])("docs/%s.md", (name) => {
  const examples = parsePage(readFileSync(join(DOCS, `${name}.md`), "utf8")).flatMap((part) =>
    part.kind === "fence" && part.info.startsWith("filter ") ? examplesIn(part) : [],
  );

  test("has examples of every dialect", () => {
    expect(new Set(examples.map(({ dialect }) => dialect))).toEqual(
      new Set(["2.6.38", "2.6.39", "6.18", "extended"]),
    );
  });

  test.each(examples)("line $at, $dialect: $text", (example) => {
    expect(answerTo(example)).toBe(example.answer);
  });
});
