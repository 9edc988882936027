// The checks of 2.6.38 and 2.6.39 over a text in postfix order (postfix.ts), in their order: is it meaningful at all,
// then operator by operator. A comparison takes the last two words since the operator before it.
//
//   filter = comparisons joined by "&&" and "||", of which there are fewer ;
//
// The caret is always in column 0; `start` and `end` are ours.

import { type ByteString, fail, type Result, succeed } from "@gatehouse/core";
import type { Comparison } from "./comparison.js";
import { type Fields, isComparable, isString, type KernelField } from "./field-class.js";
import { integer2638, integer2639, type ReadInteger } from "./integer-2011.js";
import { type KernelDiagnostic, type KernelErrorCode2011, kernelError2011 } from "./kernel-errors.js";
import type { PostfixStep } from "./kernel-filter.js";
import { type Operator2011, type PostfixItem, postfix, type Word } from "./postfix.js";
import { MAX_OPERATORS } from "./postfix-program.js";

/** In what the two releases differ. */
export type Rules2011 = {
  readonly readInteger: ReadInteger;
  /** How many operators a filter may have, comparisons among them. */
  readonly maxOperators: number;
  /** Whether it must be one expression. Of several side by side the other takes the last. */
  readonly isOneTree: boolean;
};

export const RULES: Readonly<Record<"2.6.38" | "2.6.39", Rules2011>> = {
  "2.6.38": { readInteger: integer2638, maxOperators: MAX_OPERATORS, isOneTree: false },
  // 16383 operators, and a page has no room for a fifth of them
  "2.6.39": { readInteger: integer2639, maxOperators: Number.POSITIVE_INFINITY, isOneTree: true },
};

export function parse2011(
  text: ByteString,
  fields: Fields,
  rules: Rules2011,
): Result<readonly PostfixStep[], KernelDiagnostic> {
  const items = postfix(text);
  if (!items.ok) return items;
  const all = { start: 0, end: text.length };
  if (!isMeaningful(items.value)) return fail(kernelError2011("INVALID_FILTER", all));
  return build(items.value, fields, rules, all);
}

function isMeaningful(items: readonly PostfixItem[]): boolean {
  let margin = 0;
  for (const { kind } of items) if (kind !== "word") margin += isConnective(kind) ? -1 : 1;
  return margin > 0;
}

function isConnective(kind: Operator2011): kind is "&&" | "||" {
  return kind === "&&" || kind === "||";
}

type Span = { readonly start: number; readonly end: number };

function build(
  items: readonly PostfixItem[],
  fields: Fields,
  rules: Rules2011,
  all: Span,
): Result<readonly PostfixStep[], KernelDiagnostic> {
  const steps: PostfixStep[] = [];
  let name: Word | null = null;
  let value: Word | null = null;
  let depth = 0; // of the stack of complete expressions
  for (const item of items) {
    const { kind } = item;
    if (kind === "word") {
      if (value !== null) return refuse("TOO_MANY_OPERANDS", item);
      if (name === null) name = item;
      else value = item;
      continue;
    }
    if (steps.length === rules.maxOperators) return refuse("TOO_MANY_PREDS", item);
    if (isConnective(kind)) {
      if (rules.isOneTree && depth < 2) return refuse("NONE", item);
      steps.push({ kind });
      depth -= 1;
    } else {
      if (name === null || value === null) return refuse("MISSING_FIELD", item);
      const comparison = compare(name, kind, value, fields, rules);
      if (!comparison.ok) return comparison;
      steps.push({ kind: "comparison", comparison: comparison.value });
      depth += 1;
    }
    name = null;
    value = null;
  }
  return rules.isOneTree && depth !== 1 ? refuse("NONE", all) : succeed(steps);
}

function compare(
  name: Word,
  op: Exclude<Operator2011, "&&" | "||">,
  value: Word,
  fields: Fields,
  rules: Rules2011,
): Result<Comparison, KernelDiagnostic> {
  const { text } = value;
  const field = fields.get(name.text);
  if (field === undefined) return refuse("FIELD_NOT_FOUND", name);
  const [start, end] = [Math.min(name.start, value.start), Math.max(name.end, value.end)];
  if (!isLegal(field, op)) return refuse("ILLEGAL_FIELD_OP", { start, end });
  if (isString(field)) {
    return succeed({ field, userString: false, op, operand: { kind: "string", value: text }, start, end });
  }
  const number = rules.readInteger(text, field.signed);
  if (number === null) return refuse("ILLEGAL_INTVAL", value);
  if (!isComparable(field)) return refuse("INVALID_OP", { start, end });
  return succeed({
    field,
    userString: false,
    op,
    operand: { kind: "number", value: number, text },
    start,
    end,
  });
}

function isLegal(field: KernelField, op: Comparison["op"]): boolean {
  if (isString(field)) return op === "==" || op === "!=" || op === "~";
  return op !== "~";
}

function refuse(code: KernelErrorCode2011, at: Span): Result<never, KernelDiagnostic> {
  return fail(kernelError2011(code, at));
}
