// From a kernel's comparisons to conditions over the slots of a trace. A call's number is the same in all its rows, so
// what is asked of it is known here. What a trace has no slot for is refused, with its reason: the kernel's own fields
// (`common_pid`, `CPU`, `comm`), lists of CPUs, `.function`, strings behind a pointer, and globs that look behind a
// string's end.

import {
  ALWAYS,
  type Condition,
  type Constant,
  type Diagnostic,
  type EventFormat,
  NEVER,
  possible,
  type Result,
  u64,
  unreachable,
} from "@gatehouse/core";
import type { Comparison } from "./comparison.js";
import type { KernelDialectName } from "./dialect.js";
import { isComparable, SYSCALL_NR, SYSCALL_NR_2011 } from "./field-class.js";
import { globOf2011 } from "./glob-2011.js";
import { cut } from "./integer.js";
import { patterns618 } from "./pattern.js";
import { perfRecord } from "./perf-record.js";
import { eventRecord } from "./record.js";
import { recordTest } from "./record-test.js";
import { convert, type Tree } from "./tree.js";
import { writeRecord } from "./write-record.js";

/**
 * The common fields of a record: 0 in the filter engine's, which asks nobody for them; filled in perf's; not seen in a
 * trace's rows. The condition of a filter on perf's is over the fields of `perfRecord`.
 */
export type Header = "zeroed" | "perf" | "unseen";

export function conditionOf(
  tree: Tree<Comparison>,
  format: EventFormat,
  dialect: KernelDialectName,
  header: Header,
): Result<Condition> {
  const errors: Diagnostic[] = [];
  const record = header === "perf" ? perfRecord(format, dialect) : format;
  const value = convert(tree, (written) => {
    const comparison = record === format ? written : inRecord(written, record);
    const constant = constantHead(comparison, format, header);
    const condition = constant === null ? predicateOf(comparison, dialect) : inHead(comparison, constant);
    if (typeof condition !== "string") return condition;
    errors.push({ message: condition, start: comparison.start, end: comparison.end });
    return NEVER;
  });
  return errors.length > 0 ? { ok: false, error: errors } : { ok: true, value: possible(value, record) };
}

/** A common field as perf's record has it. */
function inRecord(comparison: Comparison, record: EventFormat): Comparison {
  const { field } = comparison;
  if (field.own !== null) return comparison;
  const own = record.fields.find(({ name }) => name === field.name) ?? null;
  return { ...comparison, field: { ...field, own } };
}

/** What a field holds in the head of every record of a call alike; null where records differ, or a trace has its slot. */
function constantHead({ field }: Comparison, format: EventFormat, header: Header): bigint | null {
  if (field.own !== null) return null;
  if (field.name === SYSCALL_NR.name || field.name === SYSCALL_NR_2011.name) return BigInt(format.id);
  return header === "zeroed" && field.name.startsWith("common_") ? 0n : null;
}

/** Whether a comparison holds on that value, the same for all records. */
function inHead(comparison: Comparison, value: bigint): Condition {
  const { name, offset, size, signed } = comparison.field;
  const head = { name: "head", fields: [{ ...SYSCALL_NR, name, offset, size, signed }] };
  const record = eventRecord(writeRecord(head, new Map([[name, value]])));
  return recordTest(comparison, patterns618)(record) ? ALWAYS : NEVER;
}

/** The comparison as a predicate, or why there is none. */
function predicateOf(comparison: Comparison, dialect: KernelDialectName): Condition | string {
  const { field, operand } = comparison;
  if (field.own === null) return `\`${field.name}\` is in the kernel's records and not in a trace's rows`;
  if (field.own.kind === "labels")
    return `\`${field.name}\` is a set of labels, which ${dialect} cannot compare`;
  switch (operand.kind) {
    case "number":
      return numberPredicate(comparison, operand);
    case "string":
      return stringPredicate(comparison, operand.value, dialect);
    case "cpus":
      return "a list of CPUs is not evaluated over traces";
    case "function":
      return "`.function` is not evaluated over traces";
    default:
      return unreachable(operand);
  }
}

function numberPredicate(
  { field, op }: Comparison,
  { value, text }: { readonly value: bigint; readonly text: string },
): Condition | string {
  if (field.class === "CPUMASK") return `\`${field.name}\` is a set of CPUs, which no row of a trace holds`;
  // Accepted on arrays and the like, and never true, not even `!=`.
  if (!isComparable(field)) return NEVER;
  // The constant is cut to the field's width: `u8 == 256` is `u8 == 0`.
  const left = cut(value, field.size, field.signed);
  const constant: Constant = { text: left === value ? text : String(left), values: [u64(left)] };
  const { name } = field;
  if (op === "&") return { kind: "anyBit", field: name, mask: constant };
  if (op === "==" || op === "!=") return { kind: "equal", field: name, op, value: constant };
  if (op === "~") throw new Error("`~` was let through for a number");
  return { kind: "order", field: name, op, value: constant };
}

function stringPredicate(
  { field, op }: Comparison,
  value: string,
  dialect: KernelDialectName,
): Condition | string {
  if (field.own?.kind !== "string") {
    return `\`${field.name}\` is a pointer in a trace: the string that it points at is not there`;
  }
  if (op !== "==" && op !== "!=" && op !== "~") throw new Error(`\`${op}\` was let through for a string`);
  if (op !== "~") return { kind: "string", field: field.name, op, value };
  if (field.class === "STATIC_STRING" && /^!?\*/.test(value)) {
    return `\`*\` first looks behind the end of the string in \`${field.name}\`, and a trace does not hold those bytes`;
  }
  return { kind: "string", field: field.name, op, value: dialect === "6.18" ? value : globOf2011(value) };
}
