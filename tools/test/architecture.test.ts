// The import table. The package graph is part of what Gatehouse measures (what a design adds, what it stands on), so an
// edge that is not listed here falsifies a result.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { importsOf, unusedDependencies } from "./dependencies.js";

const root = join(import.meta.dirname, "../..");

/** Who may import whom. `*`: anything. */
const TABLE: Readonly<Record<string, readonly string[] | "*">> = {
  core: [],
  catalog: ["core"],
  ftrace: ["core", "catalog"],
  "design-2009-bitmask": ["core", "catalog"],
  "design-2010-filter-engine": ["core", "catalog", "ftrace"],
  "perf-events": ["core", "catalog", "ftrace"],
  "design-2011-event-filters": ["core", "catalog", "ftrace", "perf-events"],
  "classic-bpf": ["core", "catalog"],
  policies: ["core", "catalog", "ftrace"],
  traces: ["core", "catalog"],
  compiled: ["core"],
  // What the faithful evaluators read is each design's own program, so it knows their types.
  native: [
    "core",
    "catalog",
    "ftrace",
    "design-2009-bitmask",
    "design-2010-filter-engine",
    "design-2011-event-filters",
    "classic-bpf",
  ],
  scenarios: ["core", "catalog", "policies"],
  harness: ["core", "catalog"],
  cli: "*",
};

/** These run in a browser as they are. */
const BROWSER_SAFE = [
  "core",
  "catalog",
  "ftrace",
  "perf-events",
  "design-2009-bitmask",
  "design-2010-filter-engine",
  "design-2011-event-filters",
  "classic-bpf",
  "policies",
  "compiled",
  "scenarios",
];

/** The only places that may import vitest and fast-check outside a test folder. */
const TEST_CODE = [
  "scenarios/src/conformance.ts",
  "scenarios/src/back-ends.ts",
  "scenarios/src/growth.ts",
  "policies/src/arbitrary.ts",
];

const packages = readdirSync(join(root, "packages"));

test("every package is in the table, and the table names no other", () => {
  expect([...packages].sort()).toEqual(Object.keys(TABLE).sort());
});

describe.each(packages)("%s", (name) => {
  const folder = join(root, "packages", name);
  const manifest = readJson(join(folder, "package.json"));
  const declared = workspaceNames(manifest.dependencies);
  const allowed = TABLE[name] === "*" ? packages : (TABLE[name] ?? []);
  const sources = filesIn(folder, "src").map((file) => ({
    file: `${name}/${file}`,
    imports: importsOf(readFileSync(join(folder, file), "utf8")),
    text: readFileSync(join(folder, file), "utf8"),
  }));

  test("depends only on what the table allows", () => {
    expect(declared.filter((dependency) => !allowed.includes(dependency))).toEqual([]);
  });

  test("imports only what it declares", () => {
    const imported = sources.flatMap(({ file, imports }) =>
      imports
        .filter((specifier) => specifier.startsWith("@gatehouse/"))
        .map((specifier) => [file, specifier]),
    );
    expect(imported.filter(([, specifier]) => !declared.includes(packageOf(specifier)))).toEqual([]);
  });

  test("declares only what it imports", () => {
    expect(unusedDependencies(folder)).toEqual([]);
  });

  // nx runs tests anew where what they stand on has changed, which it takes from the manifest: from its dependencies or,
  // where those would go in a circle, from the inputs of the test target.
  test("its tests import only what its manifest names", () => {
    const known = [...JSON.stringify(manifest).matchAll(/"@gatehouse\/([^"]+)"/g)].map(([, named]) => named);
    const imported = filesIn(folder, "test").flatMap((file) =>
      importsOf(readFileSync(join(folder, file), "utf8"))
        .filter((specifier) => specifier.startsWith("@gatehouse/"))
        .map((specifier) => [file, specifier]),
    );
    expect(imported.filter(([, specifier]) => !known.includes(packageOf(specifier)))).toEqual([]);
  });

  test("its tsconfig references what it depends on", () => {
    const { references } = readJson(join(folder, "tsconfig.json")) as { references: { path: string }[] };
    expect(references.map(({ path }) => path.replace("../", "")).sort()).toEqual([...declared].sort());
  });

  test("no relative import leaves the package", () => {
    const leaving = sources.flatMap(({ file, imports }) =>
      imports
        .filter((specifier) => specifier.startsWith("."))
        .filter((specifier) => join(file, "..", specifier).split("/")[0] !== name)
        .map((specifier) => [file, specifier]),
    );
    expect(leaving).toEqual([]);
  });

  test("test libraries stay in test code", () => {
    const outside = sources.filter(({ file }) => !TEST_CODE.includes(file));
    const found = outside.filter(({ imports }) => imports.some((from) => /^(vitest|fast-check)/.test(from)));
    expect(found.map(({ file }) => file)).toEqual([]);
  });

  test.runIf(BROWSER_SAFE.includes(name))("runs in a browser: no Node module, Buffer or process", () => {
    const found = sources.filter(
      ({ imports, text }) =>
        imports.some((specifier) => specifier.startsWith("node:")) || /\b(Buffer|process)\b[.[(]/.test(text),
    );
    expect(found.map(({ file }) => file)).toEqual([]);
  });

  test("nothing re-exports a whole module", () => {
    expect(sources.filter(({ text }) => /^export \*/m.test(text)).map(({ file }) => file)).toEqual([]);
  });
});

test("the benchmarks declare only what they import", () => {
  expect(unusedDependencies(join(root, "benchmarks"))).toEqual([]);
});

test("browser-safe packages stand only on browser-safe ones", () => {
  const edges = BROWSER_SAFE.flatMap((name) => {
    const declared = workspaceNames(readJson(join(root, "packages", name, "package.json")).dependencies);
    return declared.filter((dependency) => !BROWSER_SAFE.includes(dependency)).map((to) => [name, to]);
  });
  expect(edges).toEqual([]);
});

test("the lock file names no registry", () => {
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  expect(lock.match(/"resolved": *"https?:/g)).toBeNull();
});

test("there is no configuration beside the one at the root", () => {
  const known = [
    "README.md",
    "bin",
    "binding.gyp",
    "build",
    "cpp",
    "data",
    "gyp.mjs",
    "dist",
    "live-results.json",
    "node_modules",
    "package.json",
    "src",
    "test",
    "test-results.json",
    "tsconfig.json",
  ];
  const strays = packages.flatMap((name) =>
    readdirSync(join(root, "packages", name))
      .filter((entry) => !known.includes(entry))
      .map((entry) => `${name}/${entry}`),
  );
  expect(strays).toEqual([]);
  expect(existsSync(join(root, "nx.json"))).toBe(true);
});

function filesIn(folder: string, part: "src" | "test"): string[] {
  const files = readdirSync(join(folder, part), { recursive: true, encoding: "utf8" });
  return files.filter((file) => file.endsWith(".ts")).map((file) => `${part}/${file}`);
}

function packageOf(specifier: string | undefined): string {
  return (specifier ?? "").split("/")[1] ?? "";
}

function workspaceNames(dependencies: unknown): string[] {
  const names = typeof dependencies === "object" && dependencies !== null ? Object.keys(dependencies) : [];
  return names.filter((name) => name.startsWith("@gatehouse/")).map(packageOf);
}

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, "utf8"));
}
