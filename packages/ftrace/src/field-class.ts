// What a kernel takes a field for. It decides by the text of the declared type alone, and only then by size and sign.

import type { EventFormat, Field } from "@gatehouse/core";
import type { KernelDialectName } from "./dialect.js";
import type { RecordField, RecordFormat } from "./record.js";

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
  /** Where in a record it is; of CPU, COMM and STACKTRACE nothing is there. */
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
  /** The event's own field in a trace; null for what no row of a trace holds. */
  readonly own: Field | null;
};

export function isString({ class: its }: KernelField): boolean {
  return its === "COMM" || its.endsWith("_STRING");
}

/** Whether its numbers can be compared. 6.18 accepts the others too, and never finds them equal or unequal. */
export function isComparable({ size }: KernelField): boolean {
  return size === 1 || size === 2 || size === 4 || size === 8;
}

/** 6.18's rule. */
function classOf(type: string): FieldClass {
  const isText = type.includes("char");
  if (type.includes("__data_loc") && isText) return "DYN_STRING";
  if (type.includes("__data_loc") && type.includes("cpumask_t")) return "CPUMASK";
  if (type.includes("__rel_loc") && isText) return "RDYN_STRING";
  if (type.includes("[") && isText) return "STATIC_STRING";
  return type === "char *" || type === "const char *" ? "PTR_STRING" : "OTHER";
}

/** That of 2011: a pointer to a string is a number. */
export function classOf2011(type: string): FieldClass {
  if (!type.includes("char")) return "OTHER";
  if (type.includes("__data_loc")) return "DYN_STRING";
  return type.includes("[") ? "STATIC_STRING" : "OTHER";
}

export function kernelField(field: RecordField | Field, rule = classOf): KernelField {
  const { name, type, offset, size, signed } = field;
  return { name, class: rule(type), offset, size, signed, own: "slot" in field ? field : null };
}

const generic = (name: string, its: FieldClass, signed: boolean): KernelField => ({
  name,
  class: its,
  offset: 0,
  size: 0,
  signed,
  own: null,
});

/** Hidden by an event's own fields of these names, and hiding the common ones. */
const GENERIC: readonly KernelField[] = [
  ...["CPU", "cpu", "common_cpu"].map((name) => generic(name, "CPU", true)),
  ...["COMM", "comm"].map((name) => generic(name, "COMM", false)),
  ...["stacktrace", "STACKTRACE"].map((name) => generic(name, "STACKTRACE", false)),
];

/** Every record of 6.18 begins with them. */
const COMMON: readonly RecordField[] = [
  { name: "common_type", type: "unsigned short", offset: 0, size: 2, signed: false, common: true },
  { name: "common_flags", type: "unsigned char", offset: 2, size: 1, signed: false, common: true },
  { name: "common_preempt_count", type: "unsigned char", offset: 3, size: 1, signed: false, common: true },
  { name: "common_pid", type: "int", offset: 4, size: 4, signed: true, common: true },
];

/** The head of a system call's record, which repeats the event's own number. */
export const SYSCALL_NR: RecordField = {
  name: "__syscall_nr",
  type: "int",
  offset: 8,
  size: 4,
  signed: true,
};

export const SYSCALL_NR_2011: RecordField = { ...SYSCALL_NR, name: "nr", offset: 12 };

/** In 2011 one more field was common, and took the place of the call's number. */
const COMMON_2011: RecordField = { ...SYSCALL_NR, name: "common_padding", common: true };

const HEADS: Readonly<Record<KernelDialectName, readonly RecordField[]>> = {
  "2.6.38": [{ ...COMMON_2011, name: "common_lock_depth" }, SYSCALL_NR_2011],
  "2.6.39": [COMMON_2011, SYSCALL_NR_2011],
  "6.18": [SYSCALL_NR],
};

/** The records that a kernel writes for an event of a catalog. */
export function recordFormatOf(format: EventFormat, dialect: KernelDialectName = "6.18"): RecordFormat {
  const head = format.kind === "syscall" ? HEADS[dialect] : [];
  return {
    name: `${format.system}/${format.event ?? format.name}`,
    fields: [...COMMON, ...head, ...format.fields],
  };
}

export type Fields = ReadonlyMap<string, KernelField>;

/** Name to field, as 6.18 looks them up: of two of one name, the event's last. */
export function fields618({ fields }: RecordFormat): Fields {
  const common = fields.filter((field) => field.common === true);
  const own = fields.filter((field) => field.common !== true);
  return byName([
    ...common.map((field) => kernelField(field)),
    ...GENERIC,
    ...own.map((field) => kernelField(field)),
  ]);
}

/** In 2011 the common fields hide the event's own, and there are no others. */
export function fields2011({ fields }: RecordFormat): Fields {
  const own = fields.filter((field) => field.common !== true);
  const common = fields.filter((field) => field.common === true);
  return byName([...own, ...common].map((field) => kernelField(field, classOf2011)));
}

/** Of two of one name, the last. */
function byName(fields: readonly KernelField[]): Fields {
  return new Map(fields.map((field) => [field.name, field]));
}

/** The fields of an event in a trace, as a kernel looks them up. */
export function fieldsOf(format: EventFormat, dialect: KernelDialectName): Fields {
  const known = ofTraces[dialect].get(format) ?? lookUp(format, dialect);
  ofTraces[dialect].set(format, known);
  return known;
}

function lookUp(format: EventFormat, dialect: KernelDialectName): Fields {
  const records = recordFormatOf(format, dialect);
  return dialect === "6.18" ? fields618(records) : fields2011(records);
}

const ofTraces: Readonly<Record<KernelDialectName, WeakMap<EventFormat, Fields>>> = {
  "2.6.38": new WeakMap(),
  "2.6.39": new WeakMap(),
  "6.18": new WeakMap(),
};
