// From the text of one filter to its condition, in any dialect.

import {
  type ByteString,
  type Condition,
  type EventFormat,
  fail,
  type Result,
  succeed,
  unreachable,
} from "@gatehouse/core";
import { conditionOf, ROWS_618 } from "./condition-6.18.js";
import type { DialectName } from "./dialect.js";
import { fieldsOf } from "./field-class.js";
import { withHint } from "./hints.js";
import { isKernelDiagnostic } from "./kernel-errors.js";
import { parse2639 } from "./parse-2.6.39.js";
import { parse618 } from "./parse-6.18.js";
import { parseExtended } from "./parse-extended.js";
import { convert } from "./tree.js";

/**
 * The condition over the fields of `format`. Diagnostics are offsets into `text`; but in `extended` they are KernelDiagnostics,
 * but where the kernel accepts what a trace has no slot for. `labels`: the label names that the text may use;
 * undefined: any.
 */
export function parseFilter(
  text: ByteString,
  format: EventFormat,
  dialect: DialectName,
  labels?: ReadonlySet<string>,
): Result<Condition> {
  switch (dialect) {
    case "2.6.39":
      return parse2639(text, format);
    case "6.18": {
      const fields = fieldsOf(format);
      const parsed = parse618(text, { fields, machine: null });
      if (parsed.ok) return conditionOf(parsed.value, format, ROWS_618);
      const { error } = parsed;
      return fail([isKernelDiagnostic(error) ? withHint(error, { text, fields, dialect }) : error]);
    }
    case "extended": {
      const parsed = parseExtended(text, { format, labels });
      return parsed.ok ? succeed(convert(parsed.value, (predicate) => predicate)) : parsed;
    }
    default:
      return unreachable(dialect);
  }
}
