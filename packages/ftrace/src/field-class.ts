// What the kernel takes a field for. It decides by the text of the declared type alone, and only then by size and
// sign; fields that every event has come after the event's own.

import type { EventFormat, Field } from "@gatehouse/core";

export type FieldClass =
  | "DYN_STRING"
  | "RDYN_STRING"
  | "STATIC_STRING"
  | "PTR_STRING"
  | "CPUMASK"
  | "OTHER"
  | "CPU"
  | "COMM"
  | "STACKTRACE";

/** A field as a filter's text finds it. */
export type KernelField = {
  readonly name: string;
  readonly class: FieldClass;
  readonly size: number;
  readonly signed: boolean;
  /** The event's own field; null for those of every event, which no row of a trace holds. */
  readonly own: Field | null;
};

export function isString({ class: its }: KernelField): boolean {
  return its === "COMM" || its.endsWith("_STRING");
}

/** Whether its numbers can be compared. The kernel accepts the others too, and never finds them equal or unequal. */
export function isComparable({ size }: KernelField): boolean {
  return size === 1 || size === 2 || size === 4 || size === 8;
}

export function classOf(type: string): FieldClass {
  const isText = type.includes("char");
  if (type.includes("__data_loc") && isText) return "DYN_STRING";
  if (type.includes("__data_loc") && type.includes("cpumask_t")) return "CPUMASK";
  if (type.includes("__rel_loc") && isText) return "RDYN_STRING";
  if (type.includes("[") && isText) return "STATIC_STRING";
  return type === "char *" || type === "const char *" ? "PTR_STRING" : "OTHER";
}

export function kernelField(field: Field): KernelField {
  const { name, type, size, signed } = field;
  return { name, class: classOf(type), size, signed, own: field };
}

const ofEveryEvent = (name: string, its: FieldClass, size: number, signed: boolean): KernelField => ({
  name,
  class: its,
  size,
  signed,
  own: null,
});

/** Hidden by an event's own fields of these names, and hiding the common ones. */
const GENERIC: readonly KernelField[] = [
  ...["CPU", "cpu", "common_cpu"].map((name) => ofEveryEvent(name, "CPU", 0, true)),
  ...["COMM", "comm"].map((name) => ofEveryEvent(name, "COMM", 0, false)),
  ...["stacktrace", "STACKTRACE"].map((name) => ofEveryEvent(name, "STACKTRACE", 0, false)),
];

const COMMON: readonly KernelField[] = [
  ofEveryEvent("common_type", "OTHER", 2, false),
  ofEveryEvent("common_flags", "OTHER", 1, false),
  ofEveryEvent("common_preempt_count", "OTHER", 1, false),
  ofEveryEvent("common_pid", "OTHER", 4, true),
];

/** The head of a system call's record, which repeats the event's own number. */
const SYSCALL_NR = ofEveryEvent("__syscall_nr", "OTHER", 4, true);

/** Name to field, as 6.18 looks them up: of two of one name, the event's last. */
export function fieldsOf(format: EventFormat): ReadonlyMap<string, KernelField> {
  const known = fields.get(format) ?? lookUp(format);
  fields.set(format, known);
  return known;
}

const fields = new WeakMap<EventFormat, ReadonlyMap<string, KernelField>>();

function lookUp(format: EventFormat): ReadonlyMap<string, KernelField> {
  const head = format.kind === "syscall" ? [SYSCALL_NR] : [];
  const inOrder = [...COMMON, ...GENERIC, ...head, ...format.fields.map(kernelField)];
  return new Map(inOrder.map((field) => [field.name, field]));
}
