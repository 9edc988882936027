// A module as its statements: the lines of each, what each declares, and where a name that it uses or exports comes from.
// The lines of a module are shared out, so that each belongs to one statement: those before a statement to that statement,
// but for the comment that opens the file, which belongs to none.

import { fail, type Result, succeed } from "@gatehouse/core";
import { type ImportDeclarationSpecifier, type Node, parseSync } from "oxc-parser";
import { kindsOf, type LineKind, lineFinder, type Span } from "./lines.js";
import { membersIn, namesDeclared, type Uses, usesOf } from "./uses.js";

/**
 * `type`: nothing of it is there when the program runs. `effect`: it declares nothing and is run with the module, as is
 * an import without names.
 */
export type Statement = {
  readonly kind: "value" | "type" | "effect";
  readonly node: Node;
  readonly span: Span;
  readonly uses: Uses;
  /** The names of what its object literals have. */
  readonly members: ReadonlySet<string>;
};

/** Something of another module: `name` as that one exports it. */
export type Foreign = { readonly specifier: string; readonly name: string };

/** Where a name leads: to the statement that has it, and from an import or a re-export on to another module. */
export type Leads = { readonly statement: Statement; readonly to: Foreign | null; readonly isType: boolean };

export type Module = {
  readonly kinds: readonly LineKind[];
  readonly lineOf: (offset: number) => number;
  /** The lines before the first statement's. */
  readonly head: Span;
  readonly statements: readonly Statement[];
  /** By the module's own names. A name can be a value's and a type's. */
  readonly names: ReadonlyMap<string, readonly Leads[]>;
  /** By the names that other modules use; a `local` one is to be looked up among the module's own. */
  readonly exports: ReadonlyMap<string, Leads | { readonly statement: Statement; readonly local: string }>;
  /** Modules that are imported for what they do. */
  readonly effects: readonly string[];
};

export function parseModule(file: string, text: string): Result<Module, string> {
  const { program, comments, errors } = parseSync(file, text, { astType: "ts", lang: "ts" });
  const [error] = errors;
  if (error !== undefined) return fail(`${file} cannot be parsed: ${error.message}`);
  const lineOf = lineFinder(text);
  const kinds = kindsOf(text, comments);
  const head = headOf(kinds);
  const statements: Statement[] = [];
  const names = new Map<string, Leads[]>();
  const exports = new Map<string, Leads | { readonly statement: Statement; readonly local: string }>();
  const effects: string[] = [];
  let first = head.last + 1;
  for (const node of program.body) {
    if (node.type === "ExportAllDeclaration") return fail(`${file} re-exports a whole module`);
    const last = Math.max(lineOf(node.end - 1), first - 1);
    const statement = asked(node, { first, last });
    first = last + 1;
    statements.push(statement);
    const isType = statement.kind === "type";
    if (node.type === "ImportDeclaration") {
      const specifier = node.source.value;
      if (node.specifiers.length === 0) effects.push(specifier);
      for (const each of node.specifiers) {
        if (each.type === "ImportNamespaceSpecifier") return fail(`${file} imports a whole module`);
        const to = { specifier, name: importedName(each) };
        const typeOnly = isType || (each.type === "ImportSpecifier" && each.importKind === "type");
        add(names, each.local.name, { statement, to, isType: typeOnly });
      }
      continue;
    }
    for (const name of namesDeclared(inside(node))) {
      add(names, name, { statement, to: null, isType });
      if (node.type === "ExportNamedDeclaration") exports.set(name, { statement, local: name });
    }
    if (node.type === "ExportDefaultDeclaration") exports.set("default", { statement, to: null, isType });
    if (node.type !== "ExportNamedDeclaration") continue;
    for (const { local, exported, exportKind } of node.specifiers) {
      const to = node.source === null ? null : { specifier: node.source.value, name: wordOf(local) };
      const typeOnly = isType || exportKind === "type";
      exports.set(
        wordOf(exported),
        to === null ? { statement, local: wordOf(local) } : { statement, to, isType: typeOnly },
      );
    }
  }
  return succeed({ kinds, lineOf, head, statements, names, exports, effects });
}

/** What few statements are asked for is found out when it is. */
function asked(node: Node, span: Span): Statement {
  let uses: Uses | null = null;
  let members: ReadonlySet<string> | null = null;
  return {
    kind: kindOf(node),
    node,
    span,
    get uses() {
      uses ??= usesOfStatement(node);
      return uses;
    },
    get members() {
      members ??= membersIn(node);
      return members;
    },
  };
}

/** Up to the first blank line, if there is nothing but a comment before that. */
function headOf(kinds: readonly LineKind[]): Span {
  const end = kinds.findIndex((kind) => kind !== "comment");
  return { first: 0, last: end > 0 && kinds[end] === "blank" ? end - 1 : -1 };
}

function kindOf(node: Node): Statement["kind"] {
  switch (node.type) {
    case "ImportDeclaration":
      if (node.specifiers.length === 0) return "effect";
      return node.importKind === "type" ? "type" : "value";
    case "ExportNamedDeclaration":
      if (node.declaration !== null) return kindOf(node.declaration);
      return node.exportKind === "type" ? "type" : "value";
    case "TSTypeAliasDeclaration":
    case "TSInterfaceDeclaration":
      return "type";
    case "ExportDefaultDeclaration":
      return "value";
    default:
      return namesDeclared(node).length === 0 ? "effect" : "value";
  }
}

/** The names in an import or a re-export are followed one by one, when something uses them. */
function usesOfStatement(node: Node): Uses {
  const passesOn = node.type === "ImportDeclaration" || inside(node).type === "ExportNamedDeclaration";
  return passesOn ? { values: new Set(), types: new Set(), passedOver: [] } : usesOf(inside(node));
}

/** What an export declares, or the statement itself. */
function inside(node: Node): Node {
  if (node.type === "ExportNamedDeclaration" && node.declaration !== null) return node.declaration;
  return node;
}

function importedName(specifier: ImportDeclarationSpecifier): string {
  return specifier.type === "ImportSpecifier" ? wordOf(specifier.imported) : "default";
}

function wordOf(name: { readonly name: string } | { readonly value: string }): string {
  return "name" in name ? name.name : name.value;
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
