import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { unusedDependencies } from "./dependencies.js";

let folder = "";
afterEach(() => rmSync(folder, { recursive: true }));

function addPackage(manifest: unknown, files: Readonly<Record<string, string>>): void {
  folder = mkdtempSync(join(tmpdir(), "gatehouse-dependencies-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

const USED = { "@here/core": "1", "left-pad": "1", "@there/parts": "1" };
const SOURCE = `import { a } from "@here/core";
import type { B } from "left-pad/types";
export const parts = () => import("@there/parts");
`;

test("a package whose dependencies are all imported is right", () => {
  addPackage({ dependencies: USED }, { "src/index.ts": SOURCE });
  expect(unusedDependencies(folder)).toEqual([]);
});

test("a dependency that nothing imports is refused, of the workspace or not", () => {
  addPackage(
    { dependencies: { ...USED, "@here/catalog": "1", "right-pad": "1" } },
    { "src/index.ts": SOURCE, "src/deep/more.ts": 'import "node:fs";\nimport { c } from "../index.js";\n' },
  );
  expect(unusedDependencies(folder)).toEqual(["@here/catalog", "right-pad"]);
});

test("a dependency that only tests import is none of what ships, and may be one of development", () => {
  const files = { "src/index.ts": SOURCE, "test/a.test.ts": 'import { d } from "@here/catalog";\n' };
  addPackage({ dependencies: { ...USED, "@here/catalog": "1" } }, files);
  expect(unusedDependencies(folder)).toEqual(["@here/catalog"]);
  rmSync(folder, { recursive: true });
  addPackage({ dependencies: USED, devDependencies: { "@here/catalog": "1", ajv: "1" } }, files);
  expect(unusedDependencies(folder)).toEqual(["ajv"]);
});
