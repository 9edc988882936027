// A condition without `!`, for the dialects that have none: it moves inward until a comparison takes it.
//
//   !(a == 1 && b < 2)      a != 1 || b >= 2

import { all, any, type Condition, not, type Order, type Predicate } from "@gatehouse/core";

/** What cannot take it keeps it. */
export function withoutNot(condition: Condition, inverted = false): Condition {
  switch (condition.kind) {
    case "constant":
      return inverted ? not(condition) : condition;
    case "not":
      return withoutNot(condition.of, !inverted);
    case "all":
    case "any": {
      const operands = condition.of.map((operand) => withoutNot(operand, inverted));
      return (condition.kind === "all") === inverted ? any(operands) : all(operands);
    }
    default:
      return inverted ? opposite(condition) : condition;
  }
}

const OPPOSITE = { "<": ">=", "<=": ">", ">": "<=", ">=": "<" } as const satisfies Record<Order, Order>;

function opposite(predicate: Predicate): Condition {
  switch (predicate.kind) {
    case "equal":
      return { ...predicate, op: predicate.op === "==" ? "!=" : "==" };
    case "order":
      return { ...predicate, op: OPPOSITE[predicate.op] };
    case "in":
      return all(
        predicate.values.map((value) => ({ kind: "equal", field: predicate.field, op: "!=", value })),
      );
    case "string":
      return oppositeString(predicate);
    case "stringIn":
      return all(
        predicate.values.map((value) => ({ kind: "string", field: predicate.field, op: "!=", value })),
      );
    default:
      return not(predicate);
  }
}

function oppositeString(predicate: Predicate & { readonly kind: "string" }): Condition {
  const { op, value } = predicate;
  if (op === "==" || op === "!=") return { ...predicate, op: op === "==" ? "!=" : "==" };
  if (op === "^=") return { ...predicate, op: "~", value: `!${prefixGlob(value)}` };
  // Of two `!` only the first inverts.
  if (value.startsWith("!!")) return not(predicate);
  return { ...predicate, value: value.startsWith("!") ? value.slice(1) : `!${value}` };
}

/** A backslash also keeps a leading digit from ending all wildcards and a leading `!` from inverting. */
export function prefixGlob(prefix: string): string {
  return `${prefix.replace(/[*?[\\]|^[!0-9]/g, "\\$&")}*`;
}
