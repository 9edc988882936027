// `gatehouse size`: designs as patches and as systems.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Workspace } from "@gatehouse/harness/size";
import { afterAll, describe, expect, test } from "vitest";
import { NotPossible } from "../src/failure.js";
import { findDesigns } from "../src/known-designs.js";
import { run } from "../src/main.js";
import { patchTable } from "../src/patch-tables.js";
import { type SizedDesign, size } from "../src/size.js";
import { capture } from "./capture.js";

const folder = mkdtempSync(join(tmpdir(), "gatehouse-size-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function sizesOf(...more: readonly string[]): Promise<readonly SizedDesign[]> {
  const { out } = await capture(() => run(["node", "gatehouse", "size", "--json", ...more]));
  const printed = JSON.parse(out);
  expect(printed.schema).toBe("gatehouse.size/1");
  return printed.designs;
}

describe("as data", () => {
  test("are the posted designs, or those that are asked for", async () => {
    const ids = (await sizesOf()).map(({ design }) => design);
    expect(ids).toEqual(findDesigns(["posted"]).map(({ id }) => id));
    const some = await sizesOf("--designs", "bitmask-2009@and,event-filters-2011");
    expect(some.map(({ design }) => design)).toEqual(["bitmask-2009@and", "event-filters-2011@poc"]);
  });

  test("a patch is the kernel side alone, file by file, and removes nothing that can be counted", async () => {
    for (const { design, asPatch, asSystem } of await sizesOf("--designs", "all")) {
      expect(asPatch.byFile.every(({ file }) => file.startsWith("kernel/"))).toBe(true);
      expect(asPatch.byFile.length, design).toBe(asPatch.files);
      const sum = asPatch.byFile.reduce((lines, { code }) => lines + code, 0);
      expect([asPatch.code, asSystem.adds.kernel]).toEqual([sum, sum]);
      expect(asPatch.removed).toBeNull();
    }
  });

  test("what was there before is the filter language for two of three, and perf's events for one", async () => {
    const before = (await sizesOf("--designs", "best")).map(({ asPatch }) => asPatch.before);
    const has = (name: string) => before.map((some) => some.includes(`@gatehouse/${name}`));
    expect(has("core")).toEqual([true, true, true]);
    expect(has("ftrace")).toEqual([false, true, true]);
    expect(has("perf-events")).toEqual([false, false, true]);
  });

  test("variants of a design differ in lines, and the lines of one are none of another's", async () => {
    const [v2, shipped] = await sizesOf("--designs", "filter-engine-2010@v2,filter-engine-2010@shipped");
    const filesOf = (one?: SizedDesign) => one?.asPatch.byFile.map(({ file }) => file);
    expect(filesOf(v2)).toContain("kernel/task-v2.ts");
    expect(filesOf(v2)).not.toContain("kernel/task-shipped.ts");
    expect(filesOf(shipped)).toContain("kernel/task-shipped.ts");
    expect(filesOf(shipped)).not.toContain("kernel/task-v2.ts");
  });
});

test("the patches' own tables add up to what the mail counts", () => {
  const tables = findDesigns(["all"]).flatMap(({ patch }) => {
    const table = patchTable(patch);
    if (patch === null || table === null) return [];
    const changed = table.files.reduce((sum, each) => sum + each.changed, 0);
    expect([table.files.length, changed]).toEqual([patch.files, patch.added + patch.removed]);
    return [table.source];
  });
  expect(tables).toEqual(["[PATCH 3/5] v2, 11 May 2011", "the proof of concept, 24 May 2011"]);
});

test("as text, the mail's count and the patch's files stand beside ours", async () => {
  const { out, code } = await capture(() =>
    run(["node", "gatehouse", "size", "--designs", "filter-engine-2010"]),
  );
  expect(code).toBe(0);
  expect(out).toMatch(/^filter-engine-2010@v2 +7 +\d+ +\d+ +\d+ +– +18: \+1,100 −21$/m);
  expect(out).toMatch(/^ {4}kernel\/seccomp_filter\.c +581$/m);
  expect(out).toMatch(/^filter-engine-2010@v2 +yes +yes +yes +yes +yes$/m);
});

test("a design that is not known is an error", async () => {
  const { err, code } = await capture(() => run(["node", "gatehouse", "size", "--designs", "bitmask"]));
  expect(code).toBe(2);
  expect(err).toMatch(/^gatehouse: there is no design `bitmask`/);
});

test("without sources there is nothing to count, which is said", () => {
  mkdirSync(join(folder, "bitmask"));
  writeFileSync(join(folder, "bitmask/package.json"), '{"name": "@gatehouse/design-2009-bitmask"}');
  const workspace = new Workspace(pathToFileURL(`${folder}/`));
  const count = () => size({ designs: ["bitmask-2009"] }, workspace);
  expect(count).toThrow(NotPossible);
  expect(count).toThrow(
    /source of `@gatehouse\/design-2009-bitmask` is not here, so its lines cannot be counted/,
  );
});
