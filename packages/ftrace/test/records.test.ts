// What a filter makes of a record's bytes, where the recordings do not reach: sets of CPUs, relative strings, memory.

import { describe, expect, test } from "vitest";
import {
  applyEventFilter,
  type Circumstances,
  COMM_BYTES,
  eventRecord,
  type KernelDialectName,
  kernelEvent,
  type Memory,
  type RecordFormat,
  type RecordValues,
  writeRecord,
} from "../src/index.js";

const format: RecordFormat = {
  name: "test/record",
  fields: [
    { name: "u8", type: "u8", offset: 8, size: 1, signed: false },
    { name: "s16", type: "s16", offset: 10, size: 2, signed: true },
    { name: "u64", type: "u64", offset: 16, size: 8, signed: false },
    { name: "near", type: "__rel_loc char[]", offset: 24, size: 4, signed: false },
    { name: "far", type: "__data_loc char[]", offset: 28, size: 4, signed: false },
    { name: "where", type: "__data_loc cpumask_t", offset: 32, size: 4, signed: false },
    { name: "path", type: "const char *", offset: 40, size: 8, signed: false },
    { name: "text", type: "char[8]", offset: 48, size: 8, signed: false },
    { name: "words", type: "unsigned long[2]", offset: 56, size: 16, signed: false },
  ],
};
const machine = { cpus: 8, symbols: new Map([["schedule", { start: 0x1000n, end: 0x1100n }]]) };

function matches(
  text: string,
  values: Readonly<Record<string, bigint | string>>,
  around: Circumstances = {},
  dialect: KernelDialectName = "6.18",
): boolean {
  const { filter, msg } = applyEventFilter(text, kernelEvent(dialect, format, machine), "perf");
  if (filter === null) throw new Error(`\`${text}\`: ${msg}`);
  const given: RecordValues = new Map(Object.entries(values));
  return filter.hold().matches(eventRecord(writeRecord(format, given), around));
}

describe("strings are found", () => {
  test.each([
    ["behind a relative place", 'near == "abc"', { near: "abc", far: "x" }],
    ["behind an absolute place", 'far ~ "*b*"', { near: "x", far: "abc" }],
    ["in a fixed array", 'text ~ "ab*"', { text: "abc" }],
  ])("%s", (_, text, values) => {
    expect(matches(text, values)).toBe(true);
    expect(matches(text, { near: "y", far: "y", text: "y" })).toBe(false);
  });

  test("in the task's name, which is 16 bytes", () => {
    const comm = new Uint8Array(COMM_BYTES);
    comm.set([0x73, 0x68]);
    expect(matches('comm == "sh" && COMM ~ "s*"', {}, { comm })).toBe(true);
    expect(matches('comm ~ "*sh"', {}, { comm })).toBe(false);
  });
});

describe("a string behind a pointer", () => {
  const memory: Memory = {
    user: (address) => (address === 8n ? new Uint8Array(2000).fill(0x61) : null),
    kernel: (address) => (address === 9n ? Uint8Array.of(0x6b, 0, 0x7a) : null),
  };

  test.each([
    ['path == "k"', 9n, true],
    ['path == "k"', 8n, false],
    ['path.ustring ~ "a*a"', 8n, true],
    ['path.ustring ~ "*z*"', 9n, false],
    ['path.ustring != "k"', 9n, false], // it cannot be read there
    ['!path.ustring == "k"', 9n, true],
    ['path ~ "*z*"', 9n, false], // behind the NUL
  ])("%s at %s: %s", (text, path, expected) => {
    expect(matches(text, { path }, { memory })).toBe(expected);
  });

  test("is looked at for 1023 bytes", () => {
    const event = kernelEvent("6.18", format, machine);
    const asked = applyEventFilter(`path.ustring ~ "${"?".repeat(255)}"`, event, "perf").filter;
    const record = (bytes: number) =>
      eventRecord(writeRecord(format, new Map([["path", 8n]])), {
        memory: { user: () => new Uint8Array(bytes).fill(0x61), kernel: () => null },
      });
    expect([255, 256].map((bytes) => asked?.hold().matches(record(bytes)))).toEqual([true, false]);
    const ends = applyEventFilter('path.ustring ~ "*ab"', event, "perf").filter?.hold();
    const long = new Uint8Array(1024).fill(0x61);
    long[1022] = 0x62;
    const memory = { user: () => long, kernel: () => null };
    expect(ends?.matches(eventRecord(writeRecord(format, new Map([["path", 8n]])), { memory }))).toBe(true);
  });
});

describe("a set of CPUs in the record", () => {
  /** CPUs 1 and 3. */
  function asked(text: string): boolean {
    const filter = applyEventFilter(text, kernelEvent("6.18", format, machine), "perf").filter;
    const bytes = new Uint8Array(80);
    new DataView(bytes.buffer).setUint32(32, (8 << 16) | 72, true);
    bytes[72] = 0b1010;
    if (filter === null) throw new Error(`\`${text}\` is refused`);
    return filter.hold().matches(eventRecord(bytes));
  }

  test.each([
    ["where == CPUS{1,3}", true],
    ["where != CPUS{1,3}", false],
    ["where == CPUS{1}", false],
    ["where != CPUS{1}", true],
    ["where & CPUS{1}", true],
    ["where & CPUS{0,2-3}", true],
    ["where & CPUS{0,2}", false],
    ["where & CPUS{ }", false],
  ])("%s: %s", (text, expected) => {
    expect(asked(text)).toBe(expected);
  });
});

describe("a list of CPUs and a number", () => {
  test.each([
    ["u8 == CPUS{3}", 3n, true],
    ["u8 & CPUS{3}", 7n, false],
    ["u8 & CPUS{2-4}", 3n, true],
    ["u8 == CPUS{2-4}", 3n, false],
    ["u8 != CPUS{2-4}", 7n, true],
    ["u8 != CPUS{2-4}", 8n, false], // no such CPU
  ])("%s for %s: %s", (text, u8, expected) => {
    expect(matches(text, { u8 })).toBe(expected);
  });

  test("is of 32 bits, whatever the field's size", () => {
    expect(matches("u64 & CPUS{1-2}", { u64: 0x1_0000_0001n })).toBe(true);
  });

  test("or the current CPU", () => {
    expect(matches("CPU & CPUS{1-2} && CPU == CPUS{2} && cpu > -1", {}, { cpu: 2 })).toBe(true);
  });
});

describe("numbers", () => {
  test.each([
    ["u8 == 256", { u8: 0n }, true],
    ["u8 < 256", { u8: 0n }, false],
    ["s16 < 0 && s16 == 0xffff", { s16: -1n }, true],
    ["u64 > 0x7fffffffffffffff", { u64: 1n << 63n }, true],
    ["words != 1", {}, false],
    ["!words != 1", {}, true],
    ["u64.function == schedule", { u64: 0x10ffn }, true],
    ["u64.function != schedule", { u64: 0x1100n }, true],
  ])("%s", (text, values, expected) => {
    expect(matches(text, values)).toBe(expected);
  });
});

describe("a string without bytes", () => {
  /** `far` has length 0; what stands where it would begin is `record`'s first byte. */
  function asked(text: string, dialect: KernelDialectName) {
    return matches(text, { far: 0n }, {}, dialect);
  }

  test("is equal to anything in 2011, and since then to what happens to stand there", () => {
    expect(asked('far == "abc"', "2.6.38")).toBe(true);
    expect(asked('far == "abc"', "6.18")).toBe(false);
    expect(asked('far == ""', "6.18")).toBe(true);
  });

  test.each(["2.6.39", "6.18"] as const)("has no end in %s", (dialect) => {
    expect(asked('far ~ "*"', dialect)).toBe(false);
    expect(asked('far ~ "**"', dialect)).toBe(true);
  });
});
