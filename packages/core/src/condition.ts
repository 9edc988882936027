// The condition tree: what stands behind `if` in a clause. Names and constants as the author wrote them; which slot
// a field is in, an EventFormat says.
//
//   fd == 1 || fd == 2 && !(flags & (O_CREAT | O_TRUNC))
//
//   any [ fd == 1, all [ fd == 2, not (flags & 0x240) ] ]

import type { ByteString } from "./bytes.js";
import { type U64, u64 } from "./u64.js";

/**
 * A constant. `text` is how it is written (`O_RDONLY`, `0x40`, `(O_CREAT | O_TRUNC)`); `values` what it stands for:
 * one value, or the two forms in which callers pass the few constants that are negative `int`s (`AT_FDCWD`).
 */
export type Constant = { readonly text: string; readonly values: readonly U64[] };

export type Order = "<" | "<=" | ">" | ">=";

/** One comparison, `field op value`. */
export type Predicate =
  /** Equal to one of the constant's values. */
  | { readonly kind: "equal"; readonly field: string; readonly op: "==" | "!="; readonly value: Constant }
  | { readonly kind: "order"; readonly field: string; readonly op: Order; readonly value: Constant }
  /** `field & MASK`: any bit of the mask is set. */
  | { readonly kind: "anyBit"; readonly field: string; readonly mask: Constant }
  /** `field & MASK == VALUE`: one masked comparison. */
  | {
      readonly kind: "masked";
      readonly field: string;
      readonly mask: Constant;
      readonly op: "==" | "!=";
      readonly value: Constant;
    }
  /** `field in {a, b}`. */
  | { readonly kind: "in"; readonly field: string; readonly values: readonly Constant[] }
  /** `==` and `!=` whole, `~` a glob, `^=` a prefix. */
  | {
      readonly kind: "string";
      readonly field: string;
      readonly op: "==" | "!=" | "~" | "^=";
      readonly value: ByteString;
    }
  | { readonly kind: "stringIn"; readonly field: string; readonly values: readonly ByteString[] }
  /** `label & (a | b)`: the object's set of labels and this one meet. */
  | { readonly kind: "labels"; readonly field: string; readonly labels: readonly string[] };

export type Condition =
  | Predicate
  /** `&&` and `||` over two or more, in the order written. */
  | { readonly kind: "all" | "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition }
  /** True: a clause without a condition. False: nothing matches. */
  | { readonly kind: "constant"; readonly value: boolean };

export const ALWAYS: Condition = { kind: "constant", value: true };
export const NEVER: Condition = { kind: "constant", value: false };

/** `&&` of any number, with constants folded and nested `&&` opened. */
export function all(conditions: readonly Condition[]): Condition {
  return join("all", conditions, false);
}

/** `||` of any number, with constants folded and nested `||` opened. */
export function any(conditions: readonly Condition[]): Condition {
  return join("any", conditions, true);
}

export function not(condition: Condition): Condition {
  if (condition.kind === "constant") return condition.value ? NEVER : ALWAYS;
  return condition.kind === "not" ? condition.of : { kind: "not", of: condition };
}

/** `dominant`: the constant that decides the whole; the other one changes nothing. */
function join(kind: "all" | "any", conditions: readonly Condition[], dominant: boolean): Condition {
  const parts: Condition[] = [];
  for (const condition of conditions) {
    if (condition.kind === "constant") {
      if (condition.value === dominant) return condition;
    } else if (condition.kind === kind) parts.push(...condition.of);
    else parts.push(condition);
  }
  const [only] = parts;
  if (only === undefined) return dominant ? NEVER : ALWAYS;
  return parts.length === 1 ? only : { kind, of: parts };
}

/** All predicates, in the order written. */
export function predicatesOf(condition: Condition): Predicate[] {
  switch (condition.kind) {
    case "constant":
      return [];
    case "not":
      return predicatesOf(condition.of);
    case "all":
    case "any":
      return condition.of.flatMap(predicatesOf);
    default:
      return [condition];
  }
}

/** The value of a constant where only one can stand. Throws RangeError where there is none or are two. */
export function singleValue({ text, values }: Constant): U64 {
  const [value] = values;
  if (value === undefined || values.length > 1) throw new RangeError(`\`${text}\` has no single value`);
  return value;
}

/** A constant made here rather than written by somebody. */
export function constant(value: bigint | number, text = String(value)): Constant {
  return { text, values: [u64(value)] };
}
