// From the text of one filter to its condition, in any dialect.

import {
  type ByteString,
  type Condition,
  type Diagnostic,
  type EventFormat,
  fail,
  NEVER,
  possible,
  type Result,
  succeed,
  unreachable,
} from "@gatehouse/core";
import type { Comparison } from "./comparison.js";
import { type DialectName, type KernelDialectName, MAX_FILTER_BYTES } from "./dialect.js";
import { type Fields, fieldsOf } from "./field-class.js";
import { withHint } from "./hints.js";
import { conditionOf, type Header } from "./kernel-condition.js";
import { bareError, isKernelDiagnostic, type KernelDiagnostic } from "./kernel-errors.js";
import type { PostfixStep } from "./kernel-filter.js";
import { parse618 } from "./parse-6.18.js";
import { parse2011, RULES } from "./parse-2011.js";
import { parseExtended } from "./parse-extended.js";
import { convert, type Tree } from "./tree.js";

/**
 * The condition over the fields of `format`. Diagnostics are offsets into `text`; in a kernel's dialect they are
 * KernelDiagnostics, but where the kernel accepts what a trace has no slot for. `labels`: the label names that the text
 * may use; undefined: any. `header`: what the common fields hold where a kernel's dialect asks for them; with `perf` the
 * condition is over the fields of `perfRecord`.
 */
export function parseFilter(
  text: ByteString,
  format: EventFormat,
  dialect: DialectName,
  labels?: ReadonlySet<string>,
  header: Header = "unseen",
): Result<Condition> {
  switch (dialect) {
    case "2.6.38":
    case "2.6.39":
    case "6.18":
      return parseKernel(text, format, dialect, header);
    case "extended": {
      const parsed = parseExtended(text, { format, labels });
      if (!parsed.ok) return parsed;
      return succeed(
        possible(
          convert(parsed.value, (predicate) => predicate),
          format,
        ),
      );
    }
    default:
      return unreachable(dialect);
  }
}

function parseKernel(
  text: ByteString,
  format: EventFormat,
  dialect: KernelDialectName,
  header: Header,
): Result<Condition> {
  const fields = fieldsOf(format, dialect);
  const parsed =
    dialect === "6.18" ? parse618(text, { fields, machine: null }) : read2011(text, fields, dialect);
  if (parsed.ok)
    return parsed.value === null ? succeed(NEVER) : conditionOf(parsed.value, format, dialect, header);
  const { error } = parsed;
  return fail([isKernelDiagnostic(error) ? withHint(error, { text, fields, dialect }) : error]);
}

/** Null: it never holds. */
function read2011(
  written: ByteString,
  fields: Fields,
  dialect: keyof typeof RULES,
): Result<Tree<Comparison> | null, Diagnostic> {
  const most = MAX_FILTER_BYTES[dialect];
  if (written.length > most) return fail(tooLong(most, written));
  const parsed = parse2011(written.split("\0", 1)[0] ?? "", fields, RULES[dialect]);
  return parsed.ok ? succeed(treeOf(parsed.value)) : parsed;
}

function tooLong(most: number, { length: end }: ByteString): KernelDiagnostic {
  return bareError("EINVAL", `a filter has at most ${most} bytes`, { start: most, end });
}

/** Of several expressions side by side the last, and null where a connective lacks an operand: so 2.6.38 runs them. */
function treeOf(steps: readonly PostfixStep[]): Tree<Comparison> | null {
  const stack: Tree<Comparison>[] = [];
  for (const step of steps) {
    if (step.kind === "comparison") stack.push({ kind: "leaf", leaf: step.comparison });
    else {
      const [right, left] = [stack.pop(), stack.pop()];
      if (right === undefined || left === undefined) return null;
      stack.push({ kind: step.kind === "&&" ? "all" : "any", of: [left, right] });
    }
  }
  return stack.pop() ?? null;
}
