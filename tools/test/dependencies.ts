// What a package declares and what it imports.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The declared dependencies that nothing imports: those that ship not in the code that ships, the others nowhere. */
export function unusedDependencies(folder: string): string[] {
  const { dependencies = {}, devDependencies = {} }: Manifest = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const shipped = new Set(codeFiles(folder, SHIPPED).flatMap(packagesIn));
  const all = new Set(codeFiles(folder, ["."]).flatMap(packagesIn));
  return [
    ...Object.keys(dependencies).filter((name) => !shipped.has(name)),
    ...Object.keys(devDependencies).filter((name) => !all.has(name) && !isNamedInBuild(folder, name)),
  ];
}

type Manifest = {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
};

/** Else a package's code stands beside its manifest. */
const SHIPPED = ["src", "bin"];
const GENERATED = new Set(["node_modules", "dist", "build", "results"]);

function codeFiles(folder: string, parts: readonly string[]): string[] {
  const here = parts.filter((part) => existsSync(join(folder, part)));
  if (here.length === 0) return codeFiles(folder, ["."]);
  return here.flatMap((part) =>
    readdirSync(join(folder, part), { withFileTypes: true }).flatMap((entry) => {
      const path = join(part, entry.name);
      if (entry.isDirectory()) return GENERATED.has(entry.name) ? [] : codeFiles(folder, [path]);
      return /\.(ts|js|mjs)$/.test(entry.name) ? [join(folder, path)] : [];
    }),
  );
}

function packagesIn(file: string): string[] {
  return importsOf(readFileSync(file, "utf8")).flatMap(
    (specifier) => /^(?:@[^/]+\/)?[^./@][^/]*/.exec(specifier)?.[0] ?? [],
  );
}

/** What is compiled by another tool names what it needs in that tool's files. */
function isNamedInBuild(folder: string, name: string): boolean {
  return ["binding.gyp", "gyp.mjs"]
    .map((file) => join(folder, file))
    .some((file) => existsSync(file) && readFileSync(file, "utf8").includes(name));
}

export function importsOf(text: string): string[] {
  const found = text.matchAll(
    /^\s*(?:import|export)\b[^;]*?\bfrom\s+"([^"]+)"|\bimport\(\s*"([^"]+)"|^import\s+"([^"]+)"/gm,
  );
  return [...found].map(([, from, dynamic, bare]) => from ?? dynamic ?? bare ?? "");
}
