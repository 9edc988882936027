// The size of variants of a small workspace: one added line moves the figures of those who reach the statement.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { measureSize, type VariantSize, Workspace } from "../src/size/index.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gatehouse-size-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

type Files = Readonly<Record<string, string>>;

const CORE: Files = {
  "index.ts": `// What there is.

export { both } from "./both.js";
export { type Mask, one } from "./one.js";
export { loaded } from "./loaded.js";
`,
  "one.ts": `/** A type. */
export type Mask = {
  readonly bits: number;
};

export function one(mask: Mask): number {
  return mask.bits;
}

export const unused = 1;
`,
  "both.ts": `import { one as first } from "./one.js";

// Two of them.
export const both = (bits: number) => first({ bits }) + 1;
`,
  "loaded.ts": `import "./effect.js";

export const loaded = { unused: 2 };
`,
  "effect.ts": "globalThis.name = 'x';\n",
};

const DESIGN: Files = {
  "kernel/program.ts": `// What the kernel holds.

import type { Mask } from "@here/core";

export type Program = { readonly mask: Mask };

export function holds(program: Program): boolean {
  return program.mask.bits > 0;
}

export function twice(bits: number): number {
  return 2 * bits;
}
`,
  "kernel/task.ts": `import { one } from "@here/core";
import { holds, type Program, twice } from "./program.js";

export function rules(program: Program) {
  const start = one(program.mask);
  return {
    prctl: () => twice(start),
    check: () => holds(program),
  };
}
`,
  "user/install.ts": `import { both } from "@here/core";

export const install = () => both(3);
`,
  "bench/variant.ts": `import data from "./data.json" with { type: "json" };
import { rules } from "../kernel/task.js";
import { install } from "../user/install.js";

export const variant = (bits: number) => ({ ...rules({ mask: { bits } }), install, data });
`,
  "variants/first.ts": `import { variant } from "../bench/variant.js";

export const first = variant(1);
`,
  "variants/second.ts": `import { loaded } from "@here/core";
import { rules } from "../kernel/task.js";

export const second = [rules({ mask: { bits: loaded.unused } })];
`,
};

function addPackage(name: string, files: Files): void {
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, name, "src", file);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  }
  mkdirSync(join(folder, name), { recursive: true });
  const exports = { ".": { "@gatehouse/source": "./src/index.ts", default: "./dist/index.js" } };
  writeFileSync(join(folder, name, "package.json"), JSON.stringify({ name: `@here/${name}`, exports }));
}

function sizes({ core = {}, design = {} }: { core?: Files; design?: Files } = {}) {
  addPackage("core", { ...CORE, ...core });
  addPackage("design", { ...DESIGN, ...design });
  const workspace = new Workspace(pathToFileURL(`${folder}/`));
  return { first: sizeOf("first", workspace), second: sizeOf("second", workspace) };
}

function sizeOf(variant: string, workspace: Workspace): VariantSize {
  const size = measureSize({ package: "@here/design", file: `variants/${variant}.ts` }, workspace);
  if (!size.ok) throw new Error(size.error);
  return size.value;
}

/** All figures of a size by the paths to them. */
function figures(value: unknown, path = ""): ReadonlyMap<string, unknown> {
  if (typeof value !== "object" || value === null) return new Map([[path, value]]);
  return new Map(
    Object.entries(value).flatMap(([key, each]) => [...figures(each, path === "" ? key : `${path}.${key}`)]),
  );
}

/** Which figures are other ones than before. */
function moved(before: VariantSize, after: VariantSize): string[] {
  const old = figures(before);
  return [...figures(after)].flatMap(([path, value]) => (old.get(path) === value ? [] : [path]));
}

const withLine = (files: Files, file: string, line: string, added: string): Files => {
  const text = files[file] ?? "";
  if (!text.includes(line)) throw new Error(`${file} has no line ${line}`);
  return { [file]: text.replace(line, `${line}\n${added}`) };
};

describe("code size", () => {
  test("is what a variant reaches, statement by statement, by the sides of its own files", () => {
    const { first } = sizes();
    expect(first.patch).toEqual([
      { file: "kernel/program.ts", code: 8, comment: 1, blank: 4, types: 2 },
      { file: "kernel/task.ts", code: 9, comment: 0, blank: 1, types: 0 },
    ]);
    expect(first.before).toEqual(["@here/core"]);
    expect(first.sides.kernel.own).toEqual({ code: 17, comment: 1, blank: 5, types: 2 });
    // The re-export that passes `one` on, `Mask` and `one` itself; not `unused`.
    expect(first.sides.kernel.standsOn).toEqual({ code: 7, comment: 2, blank: 1, types: 3 });
    expect(first.sides.user).toMatchObject({ own: { code: 2 }, standsOn: { code: 3, comment: 2 } });
    expect(first.sides.bench).toMatchObject({ own: { code: 6 }, standsOn: { code: 0 } });
  });

  test("follows the check and the installation apart", () => {
    const { first } = sizes();
    // `rules` without `prctl`, what it imports, `holds` and `Program`; no `twice`.
    expect(first.check).toMatchObject({ own: { code: 13 }, standsOn: { code: 7 } });
    // `rules` without `check`, `twice`, `Program`; no `holds`. The user side's call runs through `both`.
    expect(first.installation).toMatchObject({ own: { code: 15 }, standsOn: { code: 10 } });
  });

  test("moves by a line in the own kernel side only there, and for all that reach it", () => {
    const before = sizes();
    const after = sizes({
      design: withLine(DESIGN, "kernel/task.ts", "  const start = one(program.mask);", "  start + 1;"),
    });
    const paths = ["patch.1.code", "sides.kernel.own.code", "check.own.code", "installation.own.code"];
    expect(moved(before.first, after.first)).toEqual(paths);
    expect(moved(before.second, after.second)).toEqual(paths);
    expect(after.first.sides.kernel.own.code).toBe(before.first.sides.kernel.own.code + 1);
  });

  test("moves by a comment in comments alone", () => {
    const before = sizes();
    const after = sizes({
      design: withLine(DESIGN, "kernel/task.ts", "  const start = one(program.mask);", "  // why"),
    });
    expect(moved(before.first, after.first)).toEqual([
      "patch.1.comment",
      "sides.kernel.own.comment",
      "check.own.comment",
      "installation.own.comment",
    ]);
  });

  test("of a member that is on one way moves with that way alone", () => {
    const before = sizes();
    const after = sizes({
      design: {
        "kernel/task.ts": (DESIGN["kernel/task.ts"] ?? "").replace("holds(program)", "\nholds(program)"),
      },
    });
    expect(moved(before.first, after.first)).toEqual([
      "patch.1.code",
      "sides.kernel.own.code",
      "check.own.code",
    ]);
  });

  test("moves by a line elsewhere for those alone that reach the statement", () => {
    const before = sizes();
    const longer = sizes({ core: { "both.ts": (CORE["both.ts"] ?? "").replace("+ 1", "+\n1") } });
    expect(moved(before.first, longer.first)).toEqual([
      "sides.user.standsOn.code",
      "installation.standsOn.code",
    ]);
    expect(moved(before.second, longer.second)).toEqual([]);
  });

  test("does not move by what nothing reaches", () => {
    const before = sizes();
    const after = sizes({
      core: {
        "one.ts": `${CORE["one.ts"]}export const more = unused;\n`,
        "more.ts": "export const more = 1;\n",
      },
    });
    expect([...moved(before.first, after.first), ...moved(before.second, after.second)]).toEqual([]);
  });

  test("counts what a module does when it is run with each name that is imported of it", () => {
    const before = sizes();
    const after = sizes({ core: { "effect.ts": `${CORE["effect.ts"]}globalThis.name = 'y';\n` } });
    expect(moved(before.first, after.first)).toEqual([]);
    expect(moved(before.second, after.second)).toEqual(["sides.bench.standsOn.code"]);
  });

  test("tells what only types reach", () => {
    const { first, second } = sizes({
      design: {
        "variants/second.ts":
          'import type { rules } from "../kernel/task.js";\n\nexport const second: typeof rules | null = null;\n',
      },
    });
    expect(first.sides.kernel.own).toMatchObject({ code: 17, types: 2 });
    expect(second.sides.kernel.own).toMatchObject({ code: 17, types: 17 });
    expect(second.check.own.code).toBe(0); // nothing of it runs
  });
});

describe("what a name in a function means", () => {
  test.each([
    ["a parameter", "export const second = (unused: number) => unused;"],
    ["a pattern", "export const second = ({ a: [unused] }: { a: number[] }) => unused;"],
    ["a local of a block", "export function second() {\n  { const unused = 1;\n    return unused; }\n}"],
    ["a member", "export const second = { unused: 1 }.unused;"],
    ["a type's parameter", "export type second<unused> = { [k in keyof unused]: unused[k] };"],
    ["what a catch binds", "export const second = () => { try {} catch (unused) { return unused; } };"],
  ])("is %s and no import", (_what, text) => {
    const imports = 'import { unused } from "../bench/unused.js";\n';
    const design = {
      "bench/unused.ts": "export const unused = 1;\n",
      "variants/second.ts": `${imports}${text}\n`,
    };
    const { second } = sizes({ design });
    expect(second.sides.bench.own.code).toBe(text.split("\n").length);
  });

  test("is an import where nothing nearer has the name", () => {
    const design = {
      "bench/used.ts": "export const used = 1;\n",
      "variants/second.ts":
        'import { used } from "../bench/used.js";\nexport const second = (unused: number) => ({ used, unused });\n',
    };
    expect(sizes({ design }).second.sides.bench.own.code).toBe(3);
  });
});

describe("code size is not guessed", () => {
  test.each<[string, string, Files, RegExp]>([
    ["of a package that is not here", "@here/other", {}, /no package `@here\/other`/],
    ["without sources", "@here/built", {}, /the source of `@here\/built` is not here/],
    ["of a variant without a module", "@here/design", {}, /no module `variants\/third\.ts`/],
    [
      "of a name that a module has not",
      "@here/design",
      { "variants/third.ts": 'import { two } from "@here/core";\nexport const third = two;\n' },
      /`@here\/core`, index\.ts has no `two`/,
    ],
    [
      "of what cannot be parsed",
      "@here/design",
      { "variants/third.ts": "export const = 1;\n" },
      /variants\/third\.ts cannot be parsed/,
    ],
    [
      "of a whole module's names",
      "@here/design",
      { "variants/third.ts": 'export * from "./first.js";\n' },
      /re-exports a whole module/,
    ],
  ])("%s", (_what, name, design, reason) => {
    sizes({ design });
    mkdirSync(join(folder, "built"));
    writeFileSync(join(folder, "built/package.json"), JSON.stringify({ name: "@here/built" }));
    const workspace = new Workspace(pathToFileURL(`${folder}/`));
    const size = measureSize({ package: name, file: "variants/third.ts" }, workspace);
    expect(size.ok ? "" : size.error).toMatch(reason);
  });
});
