// The modules of a workspace's packages: where a specifier leads, by the packages' own `exports`, and each module parsed
// once. Needs Node.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fail, type Result, succeed } from "@gatehouse/core";
import { type Module, parseModule } from "./modules.js";

/** In a package's `exports`, the condition beside which its source stands. */
const SOURCE = "@gatehouse/source";

type Manifest = {
  readonly name: string;
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/** A module by its package and its place in the package's `src/`. */
export type Place = { readonly package: string; readonly file: string };

export class Workspace {
  readonly #folders = new Map<string, { readonly url: URL; readonly manifest: Manifest }>();
  readonly #modules = new Map<string, Result<Module, string>>();

  /** `packages`: a folder of package folders, each with a package.json and its code in src/. */
  constructor(packages: URL) {
    for (const folder of readdirSync(packages)) {
      const url = new URL(`${folder}/`, packages);
      const file = new URL("package.json", url);
      if (!existsSync(file)) continue;
      const manifest: Manifest = JSON.parse(readFileSync(file, "utf8"));
      this.#folders.set(manifest.name, { url, manifest });
    }
  }

  module({ package: name, file }: Place): Result<Module, string> {
    const key = `${name}/${file}`;
    const known = this.#modules.get(key);
    if (known !== undefined) return known;
    const read = this.#read(name, file);
    this.#modules.set(key, read);
    return read;
  }

  #read(name: string, file: string): Result<Module, string> {
    const found = this.#folders.get(name);
    if (found === undefined) return fail(`there is no package \`${name}\` here to count`);
    const source = new URL("src/", found.url);
    if (!existsSync(source))
      return fail(`the source of \`${name}\` is not here, so its lines cannot be counted`);
    const url = new URL(file, source);
    if (!existsSync(url)) return fail(`\`${name}\` has no module \`${file}\` to count`);
    return parseModule(`${name}/${file}`, readFileSync(url, "utf8"));
  }

  /** Null: another's package, Node's own module or data, none of which is code of the workspace. */
  find(specifier: string, from: Place): Result<Place | null, string> {
    if (specifier.endsWith(".json")) return succeed(null);
    if (specifier.startsWith(".")) {
      const { pathname } = new URL(specifier, `file:///${from.file}`);
      return succeed({ package: from.package, file: pathname.slice(1).replace(/\.js$/, ".ts") });
    }
    const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
    const found = this.#folders.get(name);
    if (found === undefined) return succeed(null);
    const source = found.manifest.exports?.[`.${specifier.slice(name.length)}`]?.[SOURCE];
    if (source === undefined) return fail(`\`${name}\` does not export \`${specifier}\``);
    return succeed({ package: name, file: source.replace(/^\.\/src\//, "") });
  }
}
