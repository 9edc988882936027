// An event with a field of every class, size and sign that a kernel knows, and records of it.

import fc from "fast-check";
import { type EventRecord, eventRecord, type RecordFormat, writeRecord } from "../src/index.js";
import { register } from "./arbitrary.js";

const COMMON: readonly (readonly [string, string, number, boolean])[] = [
  ["common_type", "unsigned short", 2, false],
  ["common_flags", "unsigned char", 1, false],
  ["common_preempt_count", "unsigned char", 1, false],
  ["common_pid", "int", 4, true],
];

const OWN: readonly (readonly [string, string, number, boolean])[] = [
  ["u64", "u64", 8, false],
  ["s64", "s64", 8, true],
  ["u32", "u32", 4, false],
  ["s32", "s32", 4, true],
  ["u16", "u16", 2, false],
  ["s16", "s16", 2, true],
  ["u8", "u8", 1, false],
  ["s8", "s8", 1, true],
  ["array", "unsigned long[6]", 48, false],
  ["fixed", "char[16]", 16, false],
  ["pointer", "const char *", 8, false],
  ["dynamic", "__data_loc char[]", 4, false],
  ["relative", "__rel_loc char[]", 4, false],
  ["mask", "__data_loc cpumask_t", 4, false],
];

/** Fields u8 … s64 by their types, array, fixed, pointer, dynamic, relative, mask. */
export const everyClass: RecordFormat = { name: "every_class", fields: placed() };

function placed() {
  let end = 0;
  return [...COMMON, ...OWN].map(([name, type, size, signed], i) => {
    const offset = end;
    end += size;
    return { name, type, offset, size, signed, common: i < COMMON.length };
  });
}

/** Numbers in all numbers, strings in all strings. */
export const records: fc.Arbitrary<EventRecord> = fc
  .record({
    numbers: fc.array(register, { minLength: 8, maxLength: 8 }),
    text: fc.string({ unit: fc.constantFrom(..."ab1*bash"), maxLength: 16 }),
    cpu: fc.nat({ max: 1 }),
    isReadable: fc.boolean(),
  })
  .map(({ numbers, text, cpu, isReadable }) => {
    const values = new Map<string, bigint | string>(
      ["fixed", "dynamic", "relative"].map((name) => [name, text]),
    );
    for (const [i, [name]] of OWN.slice(0, 8).entries()) values.set(name, numbers[i] ?? 0n);
    const bytes = Uint8Array.from(text, (unit) => unit.charCodeAt(0));
    const read = () => (isReadable ? bytes : null);
    const comm = Uint8Array.from({ length: 16 }, (_, i) => bytes[i] ?? 0);
    return eventRecord(writeRecord(everyClass, values), { cpu, comm, memory: { user: read, kernel: read } });
  });
