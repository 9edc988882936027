import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  compareResults,
  type Relation,
  type Results,
  record,
  relation,
  showComparison,
} from "../src/index.js";
import { machine, tree } from "../src/machine.js";
import { processor } from "../src/processor.js";
import { readResults, refusalToWrite, writeResults } from "../src/results-file.js";
import { settle } from "../src/settle.js";

const folder = mkdtempSync(join(tmpdir(), "gatehouse-results-"));
afterAll(() => rmSync(folder, { recursive: true }));

const here = machine();

function run(figures: Readonly<Record<string, number>>, relations: readonly Relation[] = []): Results {
  return {
    ...{ schema: "gatehouse.results/1", name: "made", machine: here, isTrial: false, relations, details: {} },
    figures: Object.fromEntries(
      Object.entries(figures).map(([name, ns]) => [
        name,
        record([[ns, 1.01 * ns], [0.98 * ns], [1.02 * ns]]),
      ]),
    ),
  };
}

/** A ratio that varies by a twentieth. */
const told = (text: string, ratio: number, limit: Relation["limit"]) =>
  relation(text, limit, [[ratio], [1.05 * ratio], [0.95 * ratio]], [[1], [1], [1]]);

describe("two runs", () => {
  const before = run({ a: 10, b: 20, c: 30 }, [told("b over a", 2, { atMost: 3 })]);

  test("agree where every figure and relation meets", () => {
    const compared = compareResults(
      before,
      run({ a: 10.4, b: 19.5, c: 30 }, [told("b over a", 1.9, { atMost: 3 })]),
    );
    expect(compared).toMatchObject({
      agrees: true,
      figures: 3,
      moved: [],
      relations: 1,
      changed: [],
      missing: [],
    });
    expect(showComparison(compared)).toEqual([
      "3 of 3 figures agree within their spreads",
      "1 of 1 relations agree",
    ]);
  });

  test("disagree where a figure moved, though every relation holds: all that moved are named", () => {
    const compared = compareResults(
      before,
      run({ a: 10, b: 25, c: 40 }, [told("b over a", 2, { atMost: 3 })]),
    );
    expect(compared.agrees).toBe(false);
    expect(compared.moved.map(({ name }) => name)).toEqual(["b", "c"]);
    expect(showComparison(compared)).toEqual([
      "1 of 3 figures agree within their spreads",
      "  b: 20.0 ± 0.6 before, 25.0 ± 0.8 now",
      "  c: 30.0 ± 0.9 before, 40 ± 1 now",
      "1 of 1 relations agree",
    ]);
  });

  test("disagree where a relation holds in one and fails in the other", () => {
    const compared = compareResults(
      run({}, [told("b over a", 2.8, { atMost: 3 })]),
      run({}, [told("b over a", 3.2, { atMost: 3 })]),
    );
    expect(compared).toMatchObject({ agrees: false, changed: [{ name: "b over a" }] });
    expect(showComparison(compared)[2]).toMatch(
      /b over a: holds, 2\.8 ± 0\.1 before; fails, 3\.2 ± 0\.2 now/,
    );
  });

  test("agree on a relation that one of them cannot tell, which is said", () => {
    const compared = compareResults(
      run({}, [told("b over a", 2.8, { atMost: 3 })]),
      run({}, [told("b over a", 2.9, { atMost: 3 })]),
    );
    expect(compared).toMatchObject({ agrees: true, untold: ["b over a"] });
    expect(showComparison(compared)).toContain("  b over a: only one of the runs can tell");
  });

  test("disagree where a figure is not there any more", () => {
    const compared = compareResults(before, run({ a: 10, b: 20 }));
    expect(compared).toMatchObject({ agrees: false, missing: ["c", "b over a"] });
    expect(showComparison(compared)).toContain("  c: not in this run");
  });

  test("on different processors are said to be that", () => {
    const elsewhere = { ...here, processor: { ...here.processor, stepping: -1 } };
    const compared = compareResults({ ...before, machine: elsewhere }, before);
    expect(compared.sameProcessor).toBe(false);
    expect(showComparison(compared)[0]).toBe("the two runs were on different processors");
  });
});

describe("a results file", () => {
  const file = join(folder, "made.json");

  test("is read as it was written, a figure a line, its samples rounded", () => {
    const made = run({ a: 10.123456, b: 20 });
    writeResults(file, made);
    expect(readResults(file)).toEqual({ ok: true, value: made });
    expect(made.figures.a?.samples[0]).toEqual([10.12, 10.22]);
    const lines = readFileSync(file, "utf8").split("\n");
    expect(lines.filter((line) => line.includes('"samples"'))).toHaveLength(2);
  });

  test.each([
    ["no.json", null, /no\.json: ENOENT/],
    ["text.json", "{", /text\.json: .*JSON/],
    [
      "half.json",
      '{"schema": "gatehouse.results/1", "name": "made", "figures": {"a": 3}}',
      /half\.json: this is no/,
    ],
    ["old.json", '{"machine": {}}', /old\.json: this is no results file of schema gatehouse\.results\/1/],
  ])("%s is refused", (name, content, message) => {
    const path = join(folder, name);
    if (content !== null) writeFileSync(path, content);
    expect(readResults(path)).toEqual({ ok: false, error: expect.stringMatching(message) });
  });
});

describe("a run that is held against a file", () => {
  const file = join(folder, "never-written.json");
  const against = run({ a: 10, b: 20 });
  const asked = { file, against, isDirtyAllowed: true };

  test("ends with 0 where all figures agree, and with 1 where one does not; neither is written", () => {
    expect(settle(run({ a: 10.2, b: 20 }), asked).exitCode).toBe(0);
    const { lines, exitCode } = settle(run({ a: 10, b: 30 }), asked);
    expect(exitCode).toBe(1);
    expect(lines[0]).toMatch(/^beside the run of .*, commit /);
    expect(lines).toContain("  1 of 2 figures agree within their spreads");
    expect(lines).toContain("    b: 20.0 ± 0.6 before, 30.0 ± 0.9 now");
    expect(existsSync(file)).toBe(false);
  });

  test("that writes says all the same what moved", () => {
    const replaced = join(folder, "replaced.json");
    writeResults(replaced, against);
    const { lines, exitCode } = settle(run({ a: 10, b: 30 }), { ...asked, file: replaced, against: null });
    expect(exitCode).toBe(0);
    expect(lines).toContain("    b: 20.0 ± 0.6 before, 30.0 ± 0.9 now");
    expect(readResults(replaced)).toEqual({ ok: true, value: run({ a: 10, b: 30 }) });
  });
});

describe("a tree", () => {
  const checkout = join(folder, "checkout");
  const git = (...args: readonly string[]) => {
    const who = ["-c", "user.name=test", "-c", "user.email=test@invalid"];
    const { status, stderr } = spawnSync("git", [...who, ...args], { cwd: checkout, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
  };
  mkdirSync(join(checkout, "benchmarks/results"), { recursive: true });
  git("init", "--quiet");
  const [source, results] = [join(checkout, "code.ts"), join(checkout, "benchmarks/results/one.json")];
  for (const file of [source, results]) writeFileSync(file, "1\n");
  git("add", ".");
  git("commit", "--quiet", "--message", "one");

  test("that is what was committed may give results, also while they are written", () => {
    expect(refusalToWrite(checkout)).toBeNull();
    writeFileSync(results, "2\n");
    expect(tree(checkout)).toEqual({ commit: expect.stringMatching(/^[0-9a-f]{12}$/), isDirty: false });
  });

  test("that is not is refused", () => {
    writeFileSync(source, "2\n");
    expect(refusalToWrite(checkout)).toMatch(/^the tree differs from commit [0-9a-f]{12}: .* not written/);
  });

  test("that is not gives no results, unless they are asked for", () => {
    const file = join(folder, "dirty.json");
    const asked = { file, against: null, checkout };
    const { lines, exitCode } = settle(run({ a: 10 }), { ...asked, isDirtyAllowed: false });
    expect([exitCode, lines]).toEqual([1, [expect.stringContaining("not written")]]);
    expect(existsSync(file)).toBe(false);
    expect(settle(run({ a: 10 }), { ...asked, isDirtyAllowed: true })).toEqual({ lines: [], exitCode: 0 });
    expect(readResults(file)).toEqual({ ok: true, value: run({ a: 10 }) });
  });

  test("that is no checkout has no commit", () => {
    expect(tree(folder)).toEqual({ commit: null, isDirty: false });
  });
});

describe("a processor", () => {
  test("is named by family, model and stepping, with clock and caches", () => {
    const cpuinfo = join(folder, "cpuinfo");
    const first =
      "processor\t: 0\ncpu family\t: 25\nmodel\t\t: 17\nstepping\t: 1\ncpu MHz\t\t: 2599.998\nflags\t\t: fpu hypervisor";
    writeFileSync(cpuinfo, `${first}\n\nprocessor\t: 1\ncpu family\t: 6\n`);
    const index = join(folder, "cache/index0");
    mkdirSync(index, { recursive: true });
    for (const [name, text] of [
      ["level", "1"],
      ["type", "Data"],
      ["size", "32K"],
    ] as const)
      writeFileSync(join(index, name), `${text}\n`);
    expect(processor(cpuinfo, join(folder, "cache"))).toEqual({
      ...{ family: 25, model: 17, stepping: 1, mhz: 2600, caches: "L1 Data 32K", isVirtual: true },
    });
  });

  test("of which nothing is said has nothing", () => {
    expect(processor(join(folder, "none"), join(folder, "none"))).toEqual({
      ...{ family: null, model: null, stepping: null, mhz: null, caches: null, isVirtual: null },
    });
  });
});
