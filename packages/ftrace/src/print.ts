// From a condition to the text of one filter, or to everything that the dialect cannot say. What is printed always
// means the same.

import {
  type Condition,
  type EventFormat,
  type Field,
  fail,
  fieldOf,
  type Predicate,
  possible,
  type Result,
  succeed,
} from "@gatehouse/core";
import { type DialectName, MAX_FILTER_BYTES, MAX_NESTING } from "./dialect.js";
import { allOf, anyOf, notOf, type Phrase, predicatePhrase } from "./phrase.js";
import { postfix } from "./postfix.js";
import { MAX_OPERATORS } from "./postfix-program.js";
import { say618 } from "./print-6.18.js";
import { say2011 } from "./print-2011.js";
import { sayExtended } from "./print-extended.js";
import { withoutNot } from "./without-not.js";

/** Something that a dialect cannot say; `predicate` is null where that is the filter as a whole. */
export type Unsayable = { readonly predicate: Predicate | null; readonly reason: string };

const SAY: Readonly<Record<DialectName, (predicate: Predicate, field: Field) => Phrase | string>> = {
  "2.6.38": say2011,
  "2.6.39": say2011,
  "6.18": say618,
  extended: sayExtended,
};

/**
 * The condition as text of a dialect (a ByteString), or every part that the dialect cannot say. Throws RangeError where the
 * condition is impossible: then no dialect is asked.
 */
export function printFilter(
  condition: Condition,
  format: EventFormat,
  dialect: DialectName,
): Result<string, readonly Unsayable[]> {
  possible(condition, format);
  const say = SAY[dialect];
  const unsayable: Unsayable[] = [];
  const hasNot = dialect === "6.18" || dialect === "extended";
  const { text, depth } = phraseOf(hasNot ? condition : withoutNot(condition));
  const most = MAX_FILTER_BYTES[dialect];
  if (unsayable.length === 0 && text.length > most) {
    unsayable.push({
      predicate: null,
      reason: `a filter has at most ${most} bytes, and this one ${text.length}`,
    });
  }
  if (unsayable.length === 0 && dialect === "extended" && depth > MAX_NESTING) {
    unsayable.push({
      predicate: null,
      reason: `parentheses nest at most ${MAX_NESTING} deep, here ${depth}`,
    });
  }
  if (unsayable.length === 0 && dialect === "2.6.38" && countOperators(text) > MAX_OPERATORS) {
    unsayable.push({
      predicate: null,
      reason: `2.6.38 holds ${MAX_OPERATORS} operators, comparisons among them`,
    });
  }
  return unsayable.length > 0 ? fail(unsayable) : succeed(text);

  function phraseOf(part: Condition): Phrase {
    switch (part.kind) {
      case "constant":
        return give(null, `a filter cannot say that it ${part.value ? "always" : "never"} holds`);
      case "not":
        if (hasNot) return notOf(phraseOf(part.of));
        phraseOf(part.of); // for its own reasons
        return give(null, `${dialect} has no \`!\``);
      case "all":
        return allOf(part.of.map(phraseOf));
      case "any":
        return anyOf(part.of.map(phraseOf));
      default: {
        const said = say(part, fieldOf(format, part.field));
        return typeof said === "string" ? give(part, said) : said;
      }
    }
  }

  function give(predicate: Predicate | null, reason: string): Phrase {
    unsayable.push({ predicate, reason });
    return predicatePhrase("?"); // never seen
  }
}

function countOperators(text: string): number {
  const items = postfix(text);
  if (!items.ok) throw new Error(items.error.message);
  return items.value.filter(({ kind }) => kind !== "word").length;
}
