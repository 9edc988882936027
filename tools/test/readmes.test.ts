// Every package's README is one screen whose example is true: a line `expression; // → value` is a check.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
/** Inside the project, so that imports resolve as in any package. */
const scratch = join(import.meta.dirname, "../node_modules/.readmes");

beforeAll(() => {
  mkdirSync(scratch, { recursive: true });
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

describe.each(readdirSync(join(root, "packages")))("%s", (name) => {
  const readme = readFileSync(join(root, "packages", name, "README.md"), "utf8");
  const [, example = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const checks = example.split("\n").filter((line) => CHECK.test(line)).length;

  test("its README is one screen and says who may import it", () => {
    expect(readme.split("\n").length).toBeLessThan(60);
    expect(readme).toMatch(/import/i);
  });

  test.runIf(checks > 0)(`its README's example does what it says (${checks} lines)`, async () => {
    const file = join(scratch, `${name}.ts`);
    const found = await run(file, example);
    expect(found.map(([value]) => value)).toEqual(found.map(([, expected]) => expected));
    expect(found).toHaveLength(checks);
  });
});

const CHECK = /^(.+); \/\/ → (.+)$/;

async function run(file: string, example: string): Promise<[unknown, unknown][]> {
  const lines = example.split("\n").map((line) => line.replace(CHECK, "found.push([($1), ($2)]);"));
  writeFileSync(file, `const found: [unknown, unknown][] = [];\n${lines.join("\n")}\nexport { found };\n`);
  const { found } = await import(file);
  return found;
}
