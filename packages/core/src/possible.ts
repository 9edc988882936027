// Which conditions an event can be asked. Whoever is given a condition asks here first, so a condition is refused by all or
// by none, and in the same words: decide and truth, lower, every design's compile, and the filter language. What parsers make
// is always possible; a user of the library may build what is not.

import type { EventFormat, Field } from "./catalog.js";
import type { Condition, Constant, Predicate } from "./condition.js";
import { unreachable } from "./diagnostic.js";

/** Conditions are plain data that nobody changes: one that was found possible stays so. */
const found = new WeakMap<EventFormat, WeakSet<Condition>>();

/** The condition itself. Throws RangeError where no event of `format` can be asked it, wherever in it the reason stands. */
export function possible(condition: Condition, format: EventFormat): Condition {
  const known = found.get(format) ?? new WeakSet();
  found.set(format, known);
  if (known.has(condition)) return condition;
  const reason = impossible(condition, format);
  if (reason !== null) throw new RangeError(reason);
  known.add(condition);
  return condition;
}

/** Why no event of `format` can be asked the condition; null: each can. */
export function impossible(condition: Condition, format: EventFormat): string | null {
  switch (condition.kind) {
    case "constant":
      return null;
    case "not":
      return impossible(condition.of, format);
    case "all":
    case "any":
      if (condition.of.length === 0)
        return `\`${condition.kind === "all" ? "&&" : "||"}\` joins no condition`;
      return first(condition.of.map((part) => impossible(part, format)));
    default:
      return impossiblePredicate(condition, format);
  }
}

function impossiblePredicate(predicate: Predicate, format: EventFormat): string | null {
  const field = format.fields.find(({ name }) => name === predicate.field);
  if (field === undefined) return `\`${format.name}\` has no field \`${predicate.field}\``;
  const kind = kindOf(predicate);
  if (kind !== field.kind) return `\`${field.name}\` is a ${NOUN[field.kind]} and no ${NOUN[kind]}`;
  switch (predicate.kind) {
    case "equal":
      return valueless(predicate.value);
    case "in":
      return memberless(predicate, predicate.values) ?? first(predicate.values.map(valueless));
    case "order":
      return notSingle(predicate.value);
    case "anyBit":
      return notSingle(predicate.mask);
    case "masked":
      return notSingle(predicate.mask) ?? notSingle(predicate.value);
    case "string":
      return null;
    case "stringIn":
      return memberless(predicate, predicate.values);
    case "labels":
      return memberless(predicate, predicate.labels);
    default:
      return unreachable(predicate);
  }
}

/** The kind of fields that a predicate is for. */
function kindOf({ kind }: Predicate): Field["kind"] {
  if (kind === "labels") return "labels";
  return kind === "string" || kind === "stringIn" ? "string" : "number";
}

const NOUN: Readonly<Record<Field["kind"], string>> = {
  number: "number",
  string: "string",
  labels: "set of labels",
};

function valueless({ text, values }: Constant): string | null {
  return values.length === 0 ? `\`${text}\` has no value` : null;
}

function notSingle({ text, values }: Constant): string | null {
  return values.length === 1 ? null : `\`${text}\` has no single value`;
}

function memberless({ field }: Predicate, members: readonly unknown[]): string | null {
  return members.length === 0 ? `a set on \`${field}\` has no member` : null;
}

function first(reasons: readonly (string | null)[]): string | null {
  return reasons.find((reason) => reason !== null) ?? null;
}
