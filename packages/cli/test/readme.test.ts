// README's screenful is what the command prints. Times differ from run to run and lines of code from commit to commit,
// so in the table that holds them only the words are compared.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withoutMeasurements } from "./book/measured.js";

const root = join(import.meta.dirname, "../../..");

/** The block that `npm start` is said to print, to its last newline. */
function screenfulOf(readme: string): string {
  const [, shown] = /```console\n([\s\S]*?\n)```\n/.exec(readme) ?? [];
  if (shown === undefined) throw new Error("README has no block of what `npm start` prints");
  return shown;
}

test("README shows what `npm start` prints", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const shown = screenfulOf(readme);
  const printed = execFileSync(process.execPath, [join(root, "packages/cli/bin/gatehouse.js"), "compare"], {
    encoding: "utf8",
  });
  const screenful = printed.split("\n").slice(0, shown.split("\n").length - 1);
  expect(withoutMeasurements(shown.split("\n").slice(0, -1))).toEqual(withoutMeasurements(screenful));
});

test("README's words about the screenful have its figures", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const shown = screenfulOf(readme);
  const [, words = ""] = /\nRead it so\.([\s\S]*?)\n## /.exec(readme) ?? [];
  const figures = words.match(/\b\d{1,3}(?:,\d{3})+\b|\b\d+(?= clauses)/g) ?? [];
  expect(figures.length).toBeGreaterThan(2);
  expect(figures.filter((figure) => !shown.split(/[^\d,]+/).includes(figure))).toEqual([]);
});

test("README's sample policy is one that the bitmask can only approximate", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const [, policy = ""] = /```\n(# pdf\.gate[^`]*)```/.exec(readme) ?? [];
  const report = JSON.parse(
    execFileSync(
      process.execPath,
      [join(root, "packages/cli/bin/gatehouse.js"), "compare", "--json", "--policy", "-"],
      {
        encoding: "utf8",
        input: policy,
      },
    ),
  );
  const kinds = report.designs.map((design: { compilation: string }) => design.compilation);
  expect(kinds).toEqual(["approximate", "exact", "approximate", "exact"]);
  expect(report.designs[0].lost).toHaveLength(2);
});
