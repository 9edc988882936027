// A record from the values of its fields, as the kernel would write it: little-endian, and behind the fields the strings
// that `__data_loc` (and `__rel_loc`) fields point at, each with its NUL.
//
//   [ fields, each at its offset | "abc\0" | "x\0" ]
//     └ 32 bits: the place of the string in the low 16, its length with the NUL in the high 16

import type { ByteString } from "@gatehouse/core";
import type { RecordField, RecordFormat } from "./record.js";

/** By field. A field without one is 0 or empty. A string for a number, or the other way round, is our own bug. */
export type RecordValues = ReadonlyMap<string, bigint | ByteString>;

export function writeRecord({ fields }: RecordFormat, values: RecordValues): Uint8Array {
  const fixed = fields.reduce((end, { offset, size }) => Math.max(end, offset + size), 0);
  const strings: (readonly [RecordField, ByteString])[] = [];
  for (const field of fields) {
    const value = values.get(field.name) ?? "";
    if (typeof value === "string" && isLocation(field)) strings.push([field, value]);
  }
  const end = strings.reduce((sum, [, text]) => sum + text.length + 1, fixed);
  if (end > MAX_RECORD_BYTES) throw new RangeError(`a record has at most ${MAX_RECORD_BYTES} bytes`);
  const bytes = new Uint8Array(end);
  for (const field of fields) {
    const value = values.get(field.name) ?? "";
    if (typeof value === "bigint") writeNumber(bytes, field, value);
    else if (!isLocation(field)) writeText(bytes, field.offset, value.slice(0, Math.max(0, field.size - 1)));
  }
  let at = fixed;
  for (const [field, text] of strings) {
    writeText(bytes, at, text);
    const place = field.type.includes("__rel_loc") ? at - field.offset - 4 : at;
    writeNumber(bytes, field, (BigInt(text.length + 1) << 16n) | BigInt(place));
    at += text.length + 1;
  }
  return bytes;
}

export const MAX_RECORD_BYTES = 65_535;

function isLocation({ type }: RecordField): boolean {
  return type.includes("__data_loc") || type.includes("__rel_loc");
}

function writeNumber(bytes: Uint8Array, { offset, size }: RecordField, value: bigint): void {
  for (let i = 0; i < size; i++) bytes[offset + i] = Number((value >> BigInt(8 * i)) & 0xffn);
}

function writeText(bytes: Uint8Array, start: number, text: ByteString): void {
  for (let i = 0; i < text.length; i++) bytes[start + i] = text.charCodeAt(i);
}
