// What some code reaches: from names along the imports that happen, statement by statement and across packages. A module
// that is imported for one name gives that name's statement, what this one uses, and what the module does when it is run.

import { fail, type Result, succeed } from "@gatehouse/core";
import { addLines, countLines, type Lines, NO_LINES, type Span } from "./lines.js";
import type { Foreign, Leads, Module, Statement } from "./modules.js";
import { type Uses, usesOf } from "./uses.js";
import type { Place, Workspace } from "./workspace.js";

/** `type`: by types alone, so that nothing of it is there when the program runs. */
type Way = "value" | "type";

/** A statement that is reached. `without`: members of it that are not. */
export type Found = {
  readonly place: Place;
  readonly module: Module;
  readonly statement: Statement;
  readonly way: Way;
  readonly without: readonly Span[];
};

/** Lines, and how many of those with code only types reach. */
export type Counted = Lines & { readonly types: number };

export class Reach {
  readonly #workspace: Workspace;
  readonly #found = new Map<Statement, Found>();
  readonly #waiting: { readonly found: Found; readonly uses: Uses }[] = [];
  #failed: string | null = null;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Everything that a module exports. */
  addModule(place: Place): void {
    const module = this.#moduleAt(place);
    if (module === null) return;
    for (const name of module.exports.keys()) this.#export(place, name, "value");
  }

  /** What another reach found. */
  addAll(found: readonly Found[]): void {
    for (const { place, module, statement, way } of found) this.#take(place, module, statement, way);
  }

  /** Of a statement that another reach found: the members of these names, and nothing where it has none. */
  addMembers({ place, module, statement, way }: Found, members: ReadonlySet<string>): void {
    if (![...members].some((member) => statement.members.has(member))) return;
    const uses = usesOf(statement.node, members);
    const without = uses.passedOver.map((node) => ({
      first: module.lineOf(node.start),
      last: module.lineOf(node.end - 1),
    }));
    const found: Found = { place, module, statement, way, without };
    if (this.#found.has(statement)) return;
    this.#found.set(statement, found);
    this.#waiting.push({ found, uses });
  }

  /** The statements in the order in which they were found; else why there is no telling. */
  all(): Result<readonly Found[], string> {
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop()) {
      const { found, uses } = next;
      for (const name of uses.values) this.#name(found, name, found.way);
      for (const name of uses.types) this.#name(found, name, "type");
    }
    return this.#failed === null ? succeed([...this.#found.values()]) : fail(this.#failed);
  }

  #take(place: Place, module: Module, statement: Statement, way: Way): void {
    const known = this.#found.get(statement);
    const isWhole = known !== undefined && known.without.length === 0;
    if (isWhole && (known.way === "value" || way === "type")) return;
    const found: Found = {
      place,
      module,
      statement,
      way: known?.way === "value" ? "value" : way,
      without: [],
    };
    this.#found.set(statement, found);
    this.#waiting.push({ found, uses: statement.uses });
    if (found.way === "value") this.#run(place, module);
  }

  /** What a module does when it is run. */
  #run(place: Place, module: Module): void {
    for (const statement of module.statements) {
      if (statement.kind === "effect") this.#take(place, module, statement, "value");
    }
    for (const specifier of module.effects) {
      const target = this.#placeOf(specifier, place);
      const imported = target === null ? null : this.#moduleAt(target);
      if (target !== null && imported !== null) this.#run(target, imported);
    }
  }

  /** A name that a statement uses, among its module's own. Those that the module does not have are the language's. */
  #name({ place, module, statement }: Omit<Found, "way" | "without">, name: string, way: Way): void {
    for (const leads of module.names.get(name) ?? []) {
      if (leads.statement !== statement) this.#follow(place, module, leads, way);
    }
  }

  #follow(place: Place, module: Module, { statement, to, isType }: Leads, way: Way): void {
    const as = isType ? "type" : way;
    this.#take(place, module, statement, as);
    if (to !== null) this.#foreign(place, to, as);
  }

  #foreign(from: Place, { specifier, name }: Foreign, way: Way): void {
    const place = this.#placeOf(specifier, from);
    if (place !== null) this.#export(place, name, way);
  }

  #export(place: Place, name: string, way: Way): void {
    const module = this.#moduleAt(place);
    if (module === null) return;
    const exported = module.exports.get(name);
    if (exported === undefined) this.#failed ??= `\`${place.package}\`, ${place.file} has no \`${name}\``;
    else if ("local" in exported) {
      for (const leads of module.names.get(exported.local) ?? []) this.#follow(place, module, leads, way);
      this.#take(place, module, exported.statement, way);
    } else this.#follow(place, module, exported, way);
  }

  #placeOf(specifier: string, from: Place): Place | null {
    const place = this.#workspace.find(specifier, from);
    if (place.ok) return place.value;
    this.#failed ??= place.error;
    return null;
  }

  #moduleAt(place: Place): Module | null {
    const module = this.#workspace.module(place);
    if (module.ok) return module.value;
    this.#failed ??= module.error;
    return null;
  }
}

/** The lines of what was found, with the comments that open its modules. */
export function count(found: readonly Found[]): Counted {
  let lines = NO_LINES;
  let types = 0;
  const modules = new Set<Module>();
  for (const { module, statement, way, without } of found) {
    const own = countLines(module.kinds, statement.span, without);
    lines = addLines(lines, own);
    if (way === "type") types += own.code;
    modules.add(module);
  }
  for (const { kinds, head } of modules) lines = addLines(lines, countLines(kinds, head));
  return { ...lines, types };
}
