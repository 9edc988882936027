// JSON whose values know where they stand, and whose numbers keep their digits: a profile holds 64-bit values, which
// `JSON.parse` would round, and a mistake in it deserves a caret.

import { type Diagnostic, fail, type Result, succeed } from "@gatehouse/core";
import { Scanner, show } from "./scanner.js";

type Place = { readonly start: number; readonly end: number };

export type JsonString = Place & { readonly kind: "string"; readonly text: string };
export type JsonObject = Place & { readonly kind: "object"; readonly members: readonly Member[] };
export type Member = { readonly key: JsonString; readonly value: Json };

export type Json =
  | JsonString
  | JsonObject
  | (Place & { readonly kind: "array"; readonly items: readonly Json[] })
  /** As it is written. */
  | (Place & { readonly kind: "number"; readonly text: string })
  | (Place & { readonly kind: "boolean" | "null"; readonly text: string });

/** Objects and arrays inside each other; each takes a part of the stack. */
export const MAX_JSON_DEPTH = 64;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const WORD = /[A-Za-z]+/y;
const SPACE = " \t\r\n";

/** The first mistake ends it: what follows one could only be guessed. */
export function parseJson(text: string): Result<Json, readonly Diagnostic[]> {
  const scanner = new Scanner(text, text.startsWith("\ufeff") ? 1 : 0);
  const value = readValue(scanner, 0);
  if (value === null) return fail(scanner.errors);
  skipSpace(scanner);
  if (!scanner.done) scanner.report(oneUnit(scanner), "the file should end here");
  return scanner.done ? succeed(value) : fail(scanner.errors);
}

function readValue(scanner: Scanner, depth: number): Json | null {
  skipSpace(scanner);
  const unit = scanner.text[scanner.at];
  if ((unit === "{" || unit === "[") && depth === MAX_JSON_DEPTH)
    return scanner.report(oneUnit(scanner), `more than ${MAX_JSON_DEPTH} objects and arrays in each other`);
  if (unit === "{") return readObject(scanner, depth + 1);
  if (unit === "[") return readArray(scanner, depth + 1);
  if (unit === '"') return readString(scanner);
  const number = scanner.take(NUMBER);
  return number === null ? readWord(scanner) : { kind: "number", ...number };
}

function readWord(scanner: Scanner): Json | null {
  const word = scanner.take(WORD);
  if (word?.text === "null") return { kind: "null", ...word };
  if (word?.text === "true" || word?.text === "false") return { kind: "boolean", ...word };
  if (word !== null) return scanner.report(word, `${show(word.text)} is no JSON`);
  return scanner.report(oneUnit(scanner), "a value is missing");
}

function readString(scanner: Scanner): JsonString | null {
  const string = scanner.quoted();
  if (string !== null) return { kind: "string", ...string };
  return scanner.report(
    oneUnit(scanner),
    "this string is not closed, is too long, or has an escape unlike JSON's",
  );
}

function readArray(scanner: Scanner, depth: number): Json | null {
  const start = scanner.at++;
  const items: Json[] = [];
  if (skipSign(scanner, "]")) return { kind: "array", items, start, end: scanner.at };
  for (;;) {
    const item = readValue(scanner, depth);
    if (item === null) return null;
    items.push(item);
    if (skipSign(scanner, "]")) return { kind: "array", items, start, end: scanner.at };
    if (!skipSign(scanner, ",")) return scanner.report(oneUnit(scanner), "`,` or `]` should stand here");
  }
}

function readObject(scanner: Scanner, depth: number): Json | null {
  const start = scanner.at++;
  const members: Member[] = [];
  const keys = new Set<string>();
  if (skipSign(scanner, "}")) return { kind: "object", members, start, end: scanner.at };
  for (;;) {
    const member = readMember(scanner, depth);
    if (member === null) return null;
    // Readers differ on which of two counts.
    if (keys.has(member.key.text))
      return scanner.report(member.key, `${show(member.key.text)} is given twice`);
    keys.add(member.key.text);
    members.push(member);
    if (skipSign(scanner, "}")) return { kind: "object", members, start, end: scanner.at };
    if (!skipSign(scanner, ",")) return scanner.report(oneUnit(scanner), "`,` or `}` should stand here");
  }
}

function readMember(scanner: Scanner, depth: number): Member | null {
  skipSpace(scanner);
  if (scanner.text[scanner.at] !== '"')
    return scanner.report(oneUnit(scanner), "a name in quotes should stand here");
  const key = readString(scanner);
  if (key === null) return null;
  if (!skipSign(scanner, ":")) return scanner.report(oneUnit(scanner), "`:` should stand here");
  const value = readValue(scanner, depth);
  return value === null ? null : { key, value };
}

function skipSign(scanner: Scanner, sign: string): boolean {
  skipSpace(scanner);
  return scanner.skip(sign);
}

/** JSON's blanks, line feeds among them. */
function skipSpace(scanner: Scanner): void {
  while (!scanner.done && SPACE.includes(scanner.text.charAt(scanner.at))) scanner.at++;
}

function oneUnit({ text, at }: Scanner): Place {
  return { start: at, end: Math.min(at + 1, text.length) };
}
