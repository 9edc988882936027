// The formats of a machine's events as one JSON value: what `gatehouse filter --formats` reads, and the shape that the
// recorded answers come with.
//
//   { "nr_cpus": 2, "symbols": { NAME: ["0x…", "0x…"] }, "events": { "syscalls/sys_enter_read": { "fields": […] } } }

import { fail, type Result, succeed } from "@gatehouse/core";
import type { AddressRange } from "./comparison.js";
import type { Machine } from "./kernel-dialect.js";
import type { RecordField, RecordFormat } from "./record.js";

export type Formats = {
  readonly machine: Machine;
  readonly events: ReadonlyMap<string, RecordFormat>;
};

/** Other keys are left alone. On failure: what is wrong, in words. */
export function readFormats(json: unknown): Result<Formats, string> {
  if (!isObject(json)) return fail("the formats are no object");
  const { nr_cpus: cpus, symbols = {}, events } = json;
  if (typeof cpus !== "number" || !Number.isInteger(cpus) || cpus < 1)
    return fail("`nr_cpus` is no number of CPUs");
  if (!isObject(events)) return fail("`events` is no object");
  const functions = readSymbols(symbols);
  if (functions === null) return fail("`symbols` has something else than pairs of addresses");
  const formats = new Map<string, RecordFormat>();
  for (const [name, event] of Object.entries(events)) {
    const format = readFormat(name, event);
    if (format === null) return fail(`\`${name}\` has no fields with name, type, offset, size and signed`);
    formats.set(name, format);
  }
  return succeed({ machine: { cpus, symbols: functions }, events: formats });
}

/** Null: it is none. */
export function readFormat(name: string, event: unknown): RecordFormat | null {
  if (!isObject(event) || !Array.isArray(event.fields)) return null;
  const fields: readonly unknown[] = event.fields;
  if (!fields.every(isField)) return null;
  return isCount(event.id) ? { name, id: event.id, fields } : { name, fields };
}

function isField(field: unknown): field is RecordField {
  if (!isObject(field)) return false;
  const { name, type, offset, size, signed } = field;
  return (
    typeof name === "string" &&
    typeof type === "string" &&
    isCount(offset) &&
    isCount(size) &&
    typeof signed === "boolean"
  );
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 65_536;
}

/** Null: something in it is no pair of addresses. */
export function readSymbols(symbols: unknown): ReadonlyMap<string, AddressRange> | null {
  if (!isObject(symbols)) return null;
  const ranges = new Map<string, AddressRange>();
  for (const [name, range] of Object.entries(symbols)) {
    const [start, end] = Array.isArray(range) ? range.map(readNumber) : [];
    if (start === undefined || end === undefined || start === null || end === null) return null;
    ranges.set(name, { start, end });
  }
  return ranges;
}

/** A number, or its text as C writes it. */
export function readNumber(value: unknown): bigint | null {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  return typeof value === "string" && /^(?:0x[0-9a-fA-F]{1,16}|-?[0-9]{1,20})$/.test(value)
    ? BigInt(value)
    : null;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
