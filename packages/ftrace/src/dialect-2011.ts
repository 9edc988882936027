// 2.6.38 and 2.6.39: one language and one filter file; numbers, limits and what is held differ.

import { type ByteString, type Result, succeed } from "@gatehouse/core";
import type { Comparison } from "./comparison.js";
import { isSpace, skip } from "./ctype.js";
import { fields2011 } from "./field-class.js";
import type { KernelDialect, KernelEvent, ParsedFilter } from "./kernel-dialect.js";
import type { KernelDiagnostic } from "./kernel-errors.js";
import type { KernelFilter, PostfixStep } from "./kernel-filter.js";
import { parse2011, RULES, type Rules2011 } from "./parse-2011.js";
import { holdPostfix } from "./postfix-program.js";
import { holdTree } from "./tree-program.js";

export const dialect2638: KernelDialect = dialect2011(holdPostfix, RULES["2.6.38"]);
export const dialect2639: KernelDialect = dialect2011(holdTree, RULES["2.6.39"]);

function dialect2011(hold: (steps: readonly PostfixStep[]) => KernelFilter, rules: Rules2011): KernelDialect {
  return {
    fieldsOf: fields2011,
    trim,
    parse: (text, event) => parse(text, event, rules, hold),
    hasColumns: false,
    refusedText: (text, { reason }) => `${text}\n^\nparse_error: ${reason}\n`,
  };
}

/** A text of nothing but blanks is left as it is. */
function trim(text: ByteString): ByteString {
  if (skip(text, 0, isSpace) === text.length) return text;
  let end = text.length;
  while (isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

function parse(
  text: ByteString,
  { fields }: KernelEvent,
  rules: Rules2011,
  hold: (steps: readonly PostfixStep[]) => KernelFilter,
): Result<ParsedFilter, KernelDiagnostic> {
  const parsed = parse2011(text, fields, rules);
  if (!parsed.ok) return parsed;
  const steps = parsed.value;
  return succeed({ comparisons: () => comparisonsIn(steps), hold: () => hold(steps) });
}

function comparisonsIn(steps: readonly PostfixStep[]): Comparison[] {
  return steps.flatMap((step) => (step.kind === "comparison" ? [step.comparison] : []));
}
