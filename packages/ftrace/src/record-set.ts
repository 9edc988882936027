// Records to try filters on, as one JSON object: the set lines of `gatehouse filter match` and of the recorded answers.
//
//   { "event": NAME, "fields": [NAME…], "arg_index": [0, 1], "values": [["0x1", "0x2"], …] }    registers, by tuple
//   { "event": NAME, "fields": [NAME…] }                              every combination of 0 and 1, the first field lowest
//   { "event": NAME, "field": NAME, "values": […] }                   one field; what a value is, its class says
//   { "event": { "fields": […] }, "records_hex": ["2c01…", …] }       the records themselves
//
// The common fields of a record are as perf's are: `common_pid` above 0, `common_preempt_count` 1.

import { linux618 } from "@gatehouse/catalog";
import { type ByteString, fail, type Result, succeed } from "@gatehouse/core";
import type { KernelDialectName } from "./dialect.js";
import { kernelEvent } from "./event-filter.js";
import type { KernelField } from "./field-class.js";
import { type Formats, isObject, readFormat, readNumber, readSymbols } from "./formats.js";
import type { KernelEvent } from "./kernel-dialect.js";
import {
  type Circumstances,
  COMM_BYTES,
  type EventRecord,
  eventRecord,
  type RecordFormat,
} from "./record.js";
import { MAX_RECORD_BYTES, writeRecord } from "./write-record.js";

export type RecordSet = {
  readonly event: KernelEvent;
  readonly records: readonly EventRecord[];
  /** The field that the set is about, where it is about one. */
  readonly field: KernelField | null;
};

/** On failure: what is wrong with the object, in words. */
export function readRecordSet(
  json: unknown,
  formats: Formats,
  dialect: KernelDialectName,
): Result<RecordSet, string> {
  if (!isObject(json)) return fail("the set is no object");
  const format = formatOf(json.event, formats);
  if (typeof format === "string") return fail(format);
  const symbols = json.symbols === undefined ? formats.machine.symbols : readSymbols(json.symbols);
  if (symbols === null) return fail("`symbols` has something else than pairs of addresses");
  const event = kernelEvent(dialect, format, { cpus: formats.machine.cpus, symbols });
  const field = typeof json.field === "string" ? event.fields.get(json.field) : null;
  if (field === undefined) return fail(`\`${format.name}\` has no field \`${json.field}\``);
  const records = recordsOf(json, format, field);
  return typeof records === "string" ? fail(records) : succeed({ event, records, field });
}

function formatOf(event: unknown, { events }: Formats): RecordFormat | string {
  if (typeof event === "string") return events.get(event) ?? `the formats have no event \`${event}\``;
  return readFormat("event", event) ?? "`event` is no name and no format";
}

type Json = Readonly<Record<string, unknown>>;

/** Or what is wrong. */
function recordsOf(json: Json, format: RecordFormat, field: KernelField | null): EventRecord[] | string {
  if (json.records_hex !== undefined) return hexRecords(json.records_hex, format);
  if (field !== null) return fieldRecords(json, format, field);
  const names = json.fields;
  if (!Array.isArray(names) || !names.every(isText)) return "there is no `field` and no list of `fields`";
  const unknown = names.find((name) => !format.fields.some((each) => each.name === name));
  if (unknown !== undefined) return `\`${format.name}\` has no field \`${unknown}\``;
  return json.values === undefined ? bitRecords(names, format) : registerRecords(json, names, format);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function hexRecords(records: unknown, { fields }: RecordFormat): EventRecord[] | string {
  if (!Array.isArray(records)) return "`records_hex` is no list";
  const least = fields.reduce((end, { offset, size }) => Math.max(end, offset + size), 0);
  const made: EventRecord[] = [];
  for (const hex of records) {
    const bytes = bytesOfHex(hex);
    if (bytes === null) return "`records_hex` has something else than bytes in hex";
    if (bytes.length < least) return `a record has ${bytes.length} bytes, and its fields need ${least}`;
    made.push(eventRecord(bytes));
  }
  return made;
}

/** Null: it is no hex. */
export function bytesOfHex(hex: unknown): Uint8Array | null {
  if (typeof hex !== "string" || !/^(?:[0-9a-fA-F]{2})*$/.test(hex)) return null;
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) =>
    Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  );
}

/** Of more fields there would be too many records. */
const MAX_BIT_FIELDS = 12;

function bitRecords(names: readonly string[], format: RecordFormat): EventRecord[] | string {
  if (names.length > MAX_BIT_FIELDS) return `a set without values has at most ${MAX_BIT_FIELDS} fields`;
  return Array.from({ length: 2 ** names.length }, (_, k) =>
    recordOf(format, new Map(names.map((name, i) => [name, BigInt((k >> i) & 1)]))),
  );
}

function registerRecords(json: Json, names: readonly string[], format: RecordFormat): EventRecord[] | string {
  const { arg_index: registers = names.map((_, i) => i), values } = json;
  if (!Array.isArray(registers) || !Array.isArray(values)) return "`arg_index` or `values` is no list";
  const made: EventRecord[] = [];
  for (const tuple of values) {
    const record = new Map<string, bigint>();
    for (const [i, name] of names.entries()) {
      const value = Array.isArray(tuple) ? readNumber(tuple[registers[i]]) : null;
      if (value === null) return "`values` has a tuple without a number for each field";
      record.set(name, value);
    }
    made.push(recordOf(format, record));
  }
  return made;
}

/** One value a record. */
function fieldRecords(json: Json, format: RecordFormat, field: KernelField): EventRecord[] | string {
  const { values, str2 } = json;
  if (!Array.isArray(values)) return "`values` is no list";
  if (str2 !== undefined && !(isBytes(str2) && str2.length <= MAX_VALUE_BYTES))
    return "`str2` is no string of bytes";
  const constant: readonly (readonly [string, ByteString])[] = str2 === undefined ? [] : [["str2", str2]];
  const made: EventRecord[] = [];
  for (const value of values) {
    const placed = place(value, format, field);
    if (placed === null) return `\`values\` has something that \`${field.name}\` cannot hold`;
    made.push(recordOf(format, new Map([...constant, ...placed.values]), placed.around));
  }
  return made;
}

type Placed = {
  readonly values: readonly (readonly [string, bigint | ByteString])[];
  readonly around: Circumstances;
};

/** What is left for one string where a record has a few. */
const MAX_VALUE_BYTES = MAX_RECORD_BYTES >> 2;

/** Where a value belongs: in the record, behind a pointer, or beside both. Null: nowhere. */
function place(value: unknown, format: RecordFormat, { name, class: its }: KernelField): Placed | null {
  if (typeof value === "string" && value.length > MAX_VALUE_BYTES) return null;
  switch (its) {
    case "STATIC_STRING":
      if (Array.isArray(value)) return placePair(value, format);
      return isBytes(value) ? { values: [[name, value]], around: {} } : null;
    case "DYN_STRING":
    case "RDYN_STRING":
      return isBytes(value) ? { values: [[name, value]], around: {} } : null;
    case "PTR_STRING":
      return placePointed(value, name);
    case "COMM":
      return isBytes(value) ? { values: [], around: { comm: commOf(value) } } : null;
    case "CPU":
      return typeof value === "number" ? { values: [], around: { cpu: value } } : null;
    default: {
      const number = readNumber(value);
      return number === null ? null : { values: [[name, number]], around: {} };
    }
  }
}

/** `[old, new]`: for the event's fixed arrays, in their order. */
function placePair(pair: readonly unknown[], { fields }: RecordFormat): Placed | null {
  const arrays = fields.filter(({ type }) => type.includes("[") && type.includes("char"));
  const values: [string, ByteString][] = [];
  for (const [i, text] of pair.entries()) {
    const array = arrays[i];
    if (array === undefined || !isBytes(text)) return null;
    values.push([array.name, text]);
  }
  return { values, around: {} };
}

/** An address of user space; at 0 nothing can be read. */
const SOMEWHERE = 0x7fff_0000n;

function placePointed(value: unknown, name: string): Placed | null {
  if (value === null) return { values: [[name, 0n]], around: {} };
  if (!isBytes(value)) return null;
  const text = bytesOf(value);
  const user = (address: bigint) => (address === SOMEWHERE ? text : null);
  return { values: [[name, SOMEWHERE]], around: { memory: { user, kernel: () => null } } };
}

/** One code unit a byte. */
export function isBytes(value: unknown): value is ByteString {
  if (typeof value !== "string") return false;
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 0xff) return false;
  return true;
}

function bytesOf(text: ByteString): Uint8Array {
  return Uint8Array.from(text, (unit) => unit.charCodeAt(0));
}

function commOf(name: ByteString): Uint8Array {
  const comm = new Uint8Array(COMM_BYTES);
  comm.set(bytesOf(name.slice(0, COMM_BYTES - 1)));
  return comm;
}

function recordOf(
  format: RecordFormat,
  values: ReadonlyMap<string, bigint | ByteString>,
  around?: Circumstances,
): EventRecord {
  const common = new Map<string, bigint>([
    ["common_type", BigInt(format.id ?? 1)],
    ["common_pid", 1000n],
    ["common_preempt_count", 1n],
    ["__syscall_nr", numberOf(format.name)],
  ]);
  return eventRecord(writeRecord(format, new Map([...common, ...values])), around);
}

/** The number of the call whose event it is; 0 for others. */
function numberOf(event: string): bigint {
  const call = /\/sys_(?:enter|exit)_(.+)$/.exec(event)?.[1];
  const format = call === undefined ? undefined : linux618.byName(`sys_enter_${call}`);
  return BigInt(format?.id ?? 0);
}
