// Code for the book's pages, as it stands in the source.

import { readFileSync } from "node:fs";

const ROOT = new URL("../../../../", import.meta.url);

/**
 * `packages/core/src/decide.ts#decide` is a declaration, `…#load.evaluate` a method in one, `…#grammar` the grammar in a
 * file's opening comment.
 */
export function codeAt(place: string): string[] {
  const [path = "", name = ""] = place.split("#");
  const lines = readFileSync(new URL(path, ROOT), "utf8").split("\n");
  const found = name === "grammar" ? grammarIn(lines) : namedIn(lines, name);
  if (found.length === 0) throw new ReferenceError(`${path} has no \`${name}\``);
  return found;
}

function namedIn(lines: readonly string[], name: string): string[] {
  const [outer = "", method] = name.split(".");
  const declaration = declarationIn(lines, outer);
  return method === undefined ? declaration : methodIn(declaration, method);
}

/** A declaration of the top level, with the comment that stands directly before it. */
function declarationIn(lines: readonly string[], name: string): string[] {
  const head = new RegExp(`^(?:export )?(?:const|function|type|class|interface) ${name}\\b`);
  const start = lines.findIndex((line) => head.test(line));
  if (start < 0) return [];
  // The formatter indents all that belongs to a declaration, but for the brackets that close its parts.
  const after = lines.findIndex((line, at) => at > start && /^[^\s})\]]/.test(line));
  const end = after < 0 ? lines.length : after;
  const before = lines.slice(0, start).findLastIndex((line) => !/^(?:\/\*\*| \*|\/\/)/.test(line));
  return withoutBlankEnds(lines.slice(before + 1, end));
}

/** A method, as if it stood alone. */
function methodIn(lines: readonly string[], name: string): string[] {
  const start = lines.findIndex((line) => line.trimStart().startsWith(`${name}(`));
  const [indent = ""] = /^ */.exec(lines[start] ?? "") ?? [];
  const end = lines.findIndex((line, at) => at > start && line.startsWith(`${indent}}`));
  return lines.slice(start, end + 1).map((line) => line.slice(indent.length).replace(/^},$/, "}"));
}

/** What is set in, in the comment that opens the file. */
function grammarIn(lines: readonly string[]): string[] {
  const end = lines.findIndex((line) => !line.startsWith("//"));
  const comment = lines.slice(0, end).map((line) => line.slice(2));
  const first = comment.findIndex((line) => /^ {3}\S/.test(line));
  if (first < 0) return [];
  const after = comment.findIndex((line, at) => at > first && /^ {1,2}\S/.test(line));
  const grammar = comment.slice(first, after < 0 ? comment.length : after);
  return withoutBlankEnds(grammar.map((line) => line.slice(3)));
}

function withoutBlankEnds(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line.trim() !== "");
  const last = lines.findLastIndex((line) => line.trim() !== "");
  return first < 0 ? [] : lines.slice(first, last + 1);
}
