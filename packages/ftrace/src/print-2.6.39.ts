// What 2.6.39 says: comparisons joined by `&&` and `||`, and no more. A `!` is pushed into the comparisons, each of which
// has an opposite; what needs bits has none and cannot be said.
//
//   !(fd == 0 || fd > 9)       fd != 0 && fd <= 9
//   fd in {1, 2}               fd == 1 || fd == 2
//   filename ^= "/etc/"        filename ~ "/etc/*"

import {
  all,
  any,
  type Condition,
  type Field,
  not,
  type Order,
  type Predicate,
  unreachable,
} from "@gatehouse/core";
import { isString, kernelField2011 } from "./field-class.js";
import { anyOf, type Phrase, predicatePhrase } from "./phrase.js";
import { sayNumber } from "./print-6.18.js";

const OPPOSITE: Readonly<Record<Order, Order>> = { "<": ">=", "<=": ">", ">": "<=", ">=": "<" };

/** The same without a `!`, but for one on what this dialect cannot say anyway. */
export function withoutNot(condition: Condition): Condition {
  switch (condition.kind) {
    case "all":
      return all(condition.of.map(withoutNot));
    case "any":
      return any(condition.of.map(withoutNot));
    case "not":
      return opposite(condition.of);
    default:
      return condition;
  }
}

function opposite(condition: Condition): Condition {
  switch (condition.kind) {
    case "not":
      return withoutNot(condition.of);
    case "all":
      return any(condition.of.map(opposite));
    case "any":
      return all(condition.of.map(opposite));
    case "equal":
      return { ...condition, op: condition.op === "==" ? "!=" : "==" };
    case "order":
      return { ...condition, op: OPPOSITE[condition.op] };
    case "in": {
      const { field, values } = condition;
      return all(values.map((value): Predicate => ({ kind: "equal", field, op: "!=", value })));
    }
    case "stringIn": {
      const { field, values } = condition;
      return all(values.map((value): Predicate => ({ kind: "string", field, op: "!=", value })));
    }
    case "string":
      return oppositeString(condition);
    default:
      return not(condition);
  }
}

/** A pattern that begins with `!` is inverted. */
function oppositeString(predicate: Predicate & { kind: "string" }): Condition {
  const { op, value } = predicate;
  if (op === "==" || op === "!=") return { ...predicate, op: op === "==" ? "!=" : "==" };
  if (op === "~") return { ...predicate, value: value.startsWith("!") ? value.slice(1) : `!${value}` };
  return { ...predicate, op: "~", value: `!${value}*` }; // where that means another thing, `sayGlob` refuses it
}

/** The predicate's text, or the reason why there is none. */
export function say2639(predicate: Predicate, field: Field): Phrase | string {
  const isText = isString(kernelField2011(field));
  switch (predicate.kind) {
    case "equal":
    case "in":
    case "order":
      return isText ? `2.6.39 takes \`${field.name}\` for a string` : sayNumber(predicate, field);
    case "anyBit":
    case "masked":
      return `2.6.39 has no \`&\`: nothing can be said of single bits of \`${field.name}\``;
    case "string":
    case "stringIn":
      return isText ? sayString(predicate, field) : `2.6.39 takes \`${field.name}\` for a number`;
    case "labels":
      return `2.6.39 has no labels: \`${field.name}\` is none of its fields`;
    default:
      return unreachable(predicate);
  }
}

function sayString(
  predicate: Extract<Predicate, { kind: "string" | "stringIn" }>,
  field: Field,
): Phrase | string {
  if (predicate.kind === "string") {
    const { op, value } = predicate;
    if (op === "==" || op === "!=") return sayText(field, op, value);
    if (op === "~") return sayGlob(field, value);
    const isOdd = value === "" || value.startsWith("!") || hasWildcard(value);
    return isOdd ? noPattern(`${value}*`) : sayText(field, "~", `${value}*`);
  }
  if (predicate.values.length === 0) return "a set without members";
  const each = predicate.values.map((value) => sayText(field, "==", value));
  return (
    each.find((said) => typeof said === "string") ?? anyOf(each.filter((said) => typeof said !== "string"))
  );
}

/** What means the same to 2.6.39: a `*` at the end, or a text without any. What is at the front looks behind the string. */
function sayGlob(field: Field, pattern: string): Phrase | string {
  const text = pattern.replace(/^!/, "").replace(/\*$/, "");
  const isPrefix = pattern.endsWith("*");
  const endsWildcards = isPrefix && /^[0-9]/.test(text); // today's rule for a digit, which 2.6.39 has not
  if (text === "" || hasWildcard(text) || text.startsWith("!") || endsWildcards) return noPattern(pattern);
  return sayText(field, "~", pattern);
}

function noPattern(pattern: string): string {
  return `2.6.39 has no pattern like \`${pattern}\``;
}

function hasWildcard(text: string): boolean {
  return /[*?[\\]/.test(text);
}

/** A word has at most 255 bytes; `"` cannot stand in one, and an empty one is none. */
function sayText(field: Field, op: "==" | "!=" | "~", text: string): Phrase | string {
  if (text === "") return "an empty string, which 2.6.39 does not see";
  if (/["\0]/.test(text)) return 'a string with `"` or NUL in it, and there are no escapes';
  if (text.length > 255) return `a string of ${text.length} bytes, and 2.6.39 takes 255`;
  return predicatePhrase(`${field.name} ${op} "${text}"`);
}
