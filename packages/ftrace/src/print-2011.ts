// What 2.6.38 and 2.6.39 say of each predicate. They have no bits, no `!` (without-not.ts) and of globs only `*` at
// either end.
//
//   fd in {1, 2}               fd == 1 || fd == 2
//   filename ^= "/etc/"        filename ~ "/etc/*"
//   flags & 1                  nothing

import { type Field, type Predicate, unreachable } from "@gatehouse/core";
import { classOf2011, isComparable, isString, kernelField } from "./field-class.js";
import { patternFor2011 } from "./glob-2011.js";
import { anyOf, type Phrase, predicatePhrase } from "./phrase.js";
import { sayNumber } from "./print-6.18.js";
import { prefixGlob } from "./without-not.js";

/** The predicate's text, or the reason why there is none. */
export function say2011(predicate: Predicate, field: Field): Phrase | string {
  switch (predicate.kind) {
    case "equal":
    case "in":
    case "order":
      return notANumber(field) ?? sayNumber(predicate, field);
    case "anyBit":
    case "masked":
      return "the kernels of 2011 have no `&`";
    case "string":
    case "stringIn":
      return notAString(field) ?? sayString(predicate, field);
    case "labels":
      return `the kernels of 2011 have no labels: \`${field.name}\` is none of their fields`;
    default:
      return unreachable(predicate);
  }
}

function notANumber(field: Field): string | null {
  const known = kernelField(field, classOf2011);
  if (isString(known)) return `\`${field.name}\` (${field.type}) is a string`;
  return isComparable(known)
    ? null
    : `no numbers of ${field.size} bytes are compared, as \`${field.name}\` is`;
}

function notAString(field: Field): string | null {
  if (isString(kernelField(field, classOf2011))) return null;
  return `in 2011 \`${field.name}\` (${field.type}) is a number`;
}

function sayString(predicate: Predicate & { kind: "string" | "stringIn" }, field: Field): Phrase | string {
  if (predicate.kind === "string") {
    const { op, value } = predicate;
    if (op === "==" || op === "!=") return sayText(field, op, value);
    return sayPattern(field, op === "^=" ? prefixGlob(value) : value);
  }
  const each = predicate.values.map((value) => sayText(field, "==", value));
  const reason = each.find((said) => typeof said === "string");
  return reason ?? anyOf(each.filter((said) => typeof said !== "string"));
}

function sayPattern(field: Field, glob: string): Phrase | string {
  const pattern = patternFor2011(glob);
  if (pattern === null) return "in 2011 only `*` at either end of a pattern is a wildcard";
  if (kernelField(field, classOf2011).class === "STATIC_STRING" && /^!?\*/.test(pattern))
    return `\`*\` first looks behind the end of the string in \`${field.name}\` (${field.type})`;
  return sayText(field, "~", pattern);
}

/** A word of 2011 has fewer bytes. */
const MAX_WORD_BYTES = 256;

function sayText(field: Field, op: "==" | "!=" | "~", text: string): Phrase | string {
  if (text === "") return "in 2011 an empty string is no value";
  if (text.includes('"')) return "a string with a double quote, and there are no escapes";
  if (text.includes("\0")) return "a string with a NUL in it";
  if (text.length >= MAX_WORD_BYTES) return `a string of ${text.length} bytes, and words have at most 255`;
  return predicatePhrase(`${field.name} ${op} "${text}"`);
}
