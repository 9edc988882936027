import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { measureSize } from "../src/size.js";

const folder = mkdtempSync(join(tmpdir(), "gatehouse-size-"));
afterAll(() => rmSync(folder, { recursive: true }));

function addPackage(name: string, needs: string[], files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, name, "src", file);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  }
  mkdirSync(join(folder, name), { recursive: true });
  const dependencies = Object.fromEntries(needs.map((needed) => [needed, "0.1.0"]));
  writeFileSync(join(folder, name, "package.json"), JSON.stringify({ name, dependencies }));
}

addPackage("core", [], {
  "index.ts": "// what it is\n\nexport const a = 1; // one\n/* two\n   lines */\nexport const b = 2;\n",
});
addPackage("catalog", ["core"], { "index.ts": "export {};\n", "data/calls.json": "{\n}\n" });
addPackage("design", ["core", "catalog", "left-pad"], { "index.ts": "1;\n2;\n3;\n", "deep/more.ts": "4;\n" });
addPackage("built", ["core"], {});
addPackage("variants", [], {
  "one.ts": 'import { a } from "./shared.js";\n1;\n',
  "two.ts": 'import { a } from "./shared.js";\n2;\n3;\n',
  "shared.ts": "export const a = 1;\n",
});
const packages = pathToFileURL(`${folder}/`);

describe("code size", () => {
  test("is a package's own lines and, each package once, those it stands on", () => {
    expect(measureSize("design", { packages })).toEqual({
      ok: true,
      value: { adds: 4, standsOn: 3, byPackage: { design: 4, core: 2, catalog: 1 } },
    });
  });

  test("from a module on is that of the modules it imports", () => {
    const counted = measureSize("variants", { packages, entry: "one.ts" });
    expect(counted.ok && counted.value.adds).toBe(3);
  });

  test.each([
    ["built", /source of `built` is not here/],
    ["unheard-of", /no package `unheard-of`/],
  ])("of `%s` is not guessed", (name, reason) => {
    const size = measureSize(name, { packages });
    expect(size.ok ? "" : size.error).toMatch(reason);
  });

  test("of this workspace's core is its source's", () => {
    const size = measureSize("@gatehouse/core");
    expect(size.ok && size.value.standsOn).toBe(0);
    expect(size.ok && size.value.adds).toBeGreaterThan(500);
  });
});
