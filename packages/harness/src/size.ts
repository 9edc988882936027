// How much code a design is: the lines that it adds, and the lines that it stands on. Counted from source, along
// the workspace's own package graph, so that a convenient import shows up in the result. Needs Node.
//
// A line is one with code on it; blank lines and comments are none, and data (*.json) is not code.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fail, type Result, succeed } from "@gatehouse/core";
import sloc from "sloc";

export type CodeSize = {
  /** Lines of the package itself. */
  readonly adds: number;
  /** Lines of all workspace packages that it needs, each counted once. */
  readonly standsOn: number;
  /** Lines of each of these, its own among them. */
  readonly byPackage: Readonly<Record<string, number>>;
};

/** The folder of the workspace's packages. This file is two levels below it, as source and when built. */
const PACKAGES = new URL("../../", import.meta.url);

export type Counted = {
  /** A folder of package folders, each with a package.json and its code in src/. */
  readonly packages?: URL;
  /** A module of the package's src/: of its own lines, those of what it imports, and its own. Else all are counted. */
  readonly entry?: string;
};

export function measureSize(name: string, counted: Counted = {}): Result<CodeSize, string> {
  const { packages = PACKAGES, entry } = counted;
  const workspace = readWorkspace(packages);
  if (!workspace.has(name)) return fail(`there is no package \`${name}\` here to count`);
  const byPackage: Record<string, number> = {};
  for (const needed of closure(name, workspace)) {
    const lines = countLines(workspace.get(needed)?.src, needed === name ? entry : undefined);
    if (lines === null)
      return fail(`the source of \`${needed}\` is not here, so its lines cannot be counted`);
    byPackage[needed] = lines;
  }
  const adds = byPackage[name] ?? 0;
  const all = Object.values(byPackage).reduce((sum, lines) => sum + lines, 0);
  return succeed({ adds, standsOn: all - adds, byPackage });
}

type Package = { readonly src: URL; readonly needs: readonly string[] };

function readWorkspace(packages: URL): ReadonlyMap<string, Package> {
  const found = new Map<string, Package>();
  for (const folder of readdirSync(packages)) {
    const manifest = new URL(`${folder}/package.json`, packages);
    if (!existsSync(manifest)) continue;
    const { name, dependencies = {} }: Manifest = JSON.parse(readFileSync(manifest, "utf8"));
    found.set(name, { src: new URL(`${folder}/src/`, packages), needs: Object.keys(dependencies) });
  }
  return found;
}

type Manifest = { readonly name: string; readonly dependencies?: Readonly<Record<string, string>> };

/** The package and every workspace package that it needs, however far down. */
function closure(name: string, workspace: ReadonlyMap<string, Package>): ReadonlySet<string> {
  const reached = new Set([name]);
  for (const each of reached) {
    for (const needed of workspace.get(each)?.needs ?? []) if (workspace.has(needed)) reached.add(needed);
  }
  return reached;
}

/** Null where there is no source. */
function countLines(src: URL | undefined, entry: string | undefined): number | null {
  if (src === undefined || !existsSync(src)) return null;
  const files =
    entry === undefined
      ? readdirSync(src, { recursive: true, encoding: "utf8" })
          .filter((file) => file.endsWith(".ts"))
          .map((file) => new URL(file, src))
      : modulesFrom(new URL(entry, src));
  return files
    .map((file) => sloc(readFileSync(file, "utf8"), "ts").source)
    .reduce((sum, lines) => sum + lines, 0);
}

/** A module and those of the same package that it imports, however far down. */
function modulesFrom(entry: URL): URL[] {
  const reached = new Set([entry.href]);
  for (const each of reached) {
    const text = readFileSync(new URL(each), "utf8");
    for (const [, module = ""] of text.matchAll(/ from "(\.[^"]*)\.js"/g)) {
      reached.add(new URL(`${module}.ts`, each).href);
    }
  }
  return [...reached].map((href) => new URL(href));
}
