// One filter as words for the addon: how its record is built, then its program in the form of the kernel that holds it.
// What the words mean is in cpp/core/comparison.hh and the program's own file there.
//
//   fd == 1 || count < 2         in 2.6.39's form, on `write`
//
//   12 40   3  0 16  1 24  2 32          where the number goes and where the record ends; its fields: slot and place
//   3  0 {==, 16, 8 bytes, slot 0: 1}  0 {<, 32, 8 bytes, slot 2: 2}  2          0 a comparison, 1 `&&`, 2 `||`

import {
  type ByteString,
  type EventFormat,
  type Field,
  type Predicate,
  SLOTS,
  type U64,
  u64,
  unreachable,
} from "@gatehouse/core";
import {
  applyEventFilter,
  type Comparison,
  type FilterProgram,
  type KernelDialectName,
  type KernelEvent,
  type KernelField,
  type KernelProgram,
  kernelEvent,
  type PostfixStep,
  parseFilter,
  program,
  recordFormatOf,
} from "@gatehouse/ftrace";
import { AnswerTable } from "./answer-table.js";

/** A filter that looks at nothing has no program. */
export type FilterWords = readonly number[] | boolean;

/** A filter in a kernel's own dialect, as that kernel holds it, with the record that it builds. */
export function kernelFilterWords(
  text: ByteString,
  format: EventFormat,
  dialect: KernelDialectName,
): readonly number[] {
  return [...layoutWords(format, dialect), ...kernelProgram(text, format, dialect, "zeroed")];
}

/** What the common fields of a record hold: 0, or, in perf's, what no column shows. */
type Header = "zeroed" | "perf";

/** Its program alone. The reference has taken the filter before. */
export function kernelProgram(
  text: ByteString,
  format: EventFormat,
  dialect: KernelDialectName,
  header: Header,
): readonly number[] {
  const { filter, refusal } = applyEventFilter(text, kernelEventOf(format, dialect), "perf");
  if (filter === null) {
    throw new RangeError(`${dialect} does not take \`${text}\`: ${refusal?.reason ?? "it is too long"}`);
  }
  return kernelProgramWords(filter.hold().program, header);
}

const events: Readonly<Record<KernelDialectName, WeakMap<EventFormat, KernelEvent>>> = {
  "2.6.38": new WeakMap(),
  "2.6.39": new WeakMap(),
  "6.18": new WeakMap(),
};

function kernelEventOf(format: EventFormat, dialect: KernelDialectName): KernelEvent {
  const known = events[dialect].get(format);
  const event = known ?? kernelEvent(dialect, recordFormatOf(format, dialect), NO_MACHINE);
  events[dialect].set(format, event);
  return event;
}

/** Lists of CPUs and functions are no part of a trace. */
const NO_MACHINE = { cpus: 1, symbols: new Map<string, never>() };

/** The program of an `extended` filter in 6.18's form. `tables`: what its predicates ask of strings and labels goes there. */
export function extendedProgram(text: ByteString, format: EventFormat, tables: AnswerTable[]): FilterWords {
  const parsed = parseFilter(text, format, "extended");
  if (!parsed.ok) throw new RangeError(`\`${format.name}\` does not take \`${text}\``);
  const held = program(parsed.value, format);
  if (held.entries.length === 0) return held.start === 0;
  return extendedProgramWords(held, tables);
}

/** Where a record of this event has its number and its fields. */
export function layoutWords({ kind, fields }: EventFormat, dialect: KernelDialectName): number[] {
  const numberOffset = kind !== "syscall" ? 0 : dialect === "6.18" ? 8 : 12;
  const end = fields.reduce((most, { offset, size }) => Math.max(most, offset + size), 16);
  const placed = [...fields].sort((a, b) => a.offset - b.offset);
  return [numberOffset, end, fields.length, ...placed.flatMap(({ slot, offset }) => [slot, offset])];
}

function kernelProgramWords(held: KernelProgram, header: Header): number[] {
  const { length } = held.entries;
  if (held.kind !== "branches") return [length, ...held.entries.flatMap((step) => stepWords(step, header))];
  return [
    length,
    ...held.entries.flatMap(({ when, target, comparison }) => [
      Number(when),
      target,
      ...kernelComparisonWords(comparison, header),
    ]),
  ];
}

function stepWords(step: PostfixStep, header: Header): number[] {
  if (step.kind === "comparison") return [0, ...kernelComparisonWords(step.comparison, header)];
  return [step.kind === "&&" ? 1 : 2];
}

function kernelComparisonWords({ field, op, operand }: Comparison, header: Header): number[] {
  if (operand.kind !== "number" || op === "~") {
    throw new RangeError(
      `\`${field.name}\` is not compared with a number, and a trace has nothing else of a call`,
    );
  }
  return comparisonWords(field, slotOf(field, header), op, [u64(operand.value)]);
}

/** No call has an argument there, so a comparison that needs it is never known. */
const NEVER_KNOWN = SLOTS - 1;

/** Null: every row shows the field. */
function slotOf({ own, name }: KernelField, header: Header): number | null {
  if (own !== null || header === "zeroed" || !name.startsWith("common_")) return own?.slot ?? null;
  if (name === "common_pid")
    throw new RangeError("`common_pid` is in none of the columns that are handed over");
  return NEVER_KNOWN;
}

function extendedProgramWords({ entries }: FilterProgram, tables: AnswerTable[]): number[] {
  return [
    entries.length,
    ...entries.flatMap(({ when, target, predicate, field }) => [
      Number(when),
      target,
      ...predicateWords(predicate, field, tables),
    ]),
  ];
}

function predicateWords(predicate: Predicate, field: Field, tables: AnswerTable[]): number[] {
  const words = (op: OperatorName, values: readonly U64[]) => comparisonWords(field, field.slot, op, values);
  switch (predicate.kind) {
    case "equal": {
      const { op, value } = predicate;
      if (value.values.length === 1) return words(op, value.values);
      return words(op === "==" ? "one of" : "none of", value.values);
    }
    case "in":
      return words(
        "one of",
        predicate.values.flatMap(({ values }) => values),
      );
    case "order":
      return words(predicate.op, predicate.value.values);
    case "anyBit":
      return words("&", predicate.mask.values);
    case "masked": {
      const { op, mask, value } = predicate;
      return words(op === "==" ? "masked" : "not masked", [...mask.values, ...value.values]);
    }
    case "string":
    case "stringIn":
    case "labels":
      return words("table", [u64(tables.push(new AnswerTable(predicate)) - 1)]);
    default:
      return unreachable(predicate);
  }
}

/** In the order of `enum class Operator`. */
const OPERATORS = [
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "&",
  "masked",
  "not masked",
  "one of",
  "none of",
  "table",
] as const;

type OperatorName = (typeof OPERATORS)[number];

/** `slot`: null for the number of the call, which every row shows. */
function comparisonWords(
  { offset, size, signed }: Pick<Field, "offset" | "size" | "signed">,
  slot: number | null,
  op: OperatorName,
  values: readonly U64[],
): number[] {
  const needs = slot === null ? 0 : 1 << slot;
  const constants = values.flatMap(({ low, high }) => [low, high]);
  return [OPERATORS.indexOf(op), offset, size, Number(signed), needs, values.length, ...constants];
}
