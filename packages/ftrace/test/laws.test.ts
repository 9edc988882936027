// Laws over generated conditions and events.

import { type Condition, truth } from "@gatehouse/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  applyEventFilter,
  type DialectName,
  type EventRecord,
  eventRecord,
  type KernelDialectName,
  kernelEvent,
  parseFilter,
  printFilter,
  program,
  recordFormatOf,
  run,
  visited,
  writeRecord,
} from "../src/index.js";
import { condition, kernelCondition, values } from "./arbitrary.js";
import { callNamed, typed, typedEvent, type Values } from "./events.js";

const seeded = { seed: 20110526, numRuns: 2000 };

function printed(from: Condition, dialect: DialectName): string {
  const text = printFilter(from, typed, dialect);
  if (!text.ok) throw new Error(JSON.stringify(text.error));
  return text.value;
}

function parsed(text: string, dialect: DialectName): Condition {
  const condition = parseFilter(text, typed, dialect);
  if (!condition.ok) throw new Error(`${text}: ${JSON.stringify(condition.error)}`);
  return condition.value;
}

describe("printing", () => {
  test("in extended, what is printed is read again as the same condition", () => {
    fc.assert(
      fc.property(condition, (from) => {
        expect(parsed(printed(from, "extended"), "extended")).toEqual(from);
      }),
      seeded,
    );
  });

  test("in 6.18, what is printed has the same meaning", () => {
    fc.assert(
      fc.property(kernelCondition, fc.array(values, { minLength: 5, maxLength: 5 }), (from, rows) => {
        const said = parsed(printed(from, "6.18"), "6.18");
        for (const event of rows.map(typedEvent))
          expect(truth(said, typed, event)).toBe(truth(from, typed, event));
      }),
      seeded,
    );
  });
});

describe("what is printed, and every dialect of a kernel can say,", () => {
  const kernels = ["2.6.38", "2.6.39", "6.18"] as const;

  test.each(kernels)("means the same in %s, over a trace and over the bytes of a record", (dialect) => {
    const event = kernelEvent(dialect, recordFormatOf(typed, dialect), { cpus: 1, symbols: new Map() });
    let said = 0;
    fc.assert(
      fc.property(kernelCondition, values, (from, row) => {
        const text = printFilter(from, typed, dialect);
        if (!text.ok || Object.values(row).includes(null)) return;
        said++;
        const expected = truth(from, typed, typedEvent(row));
        expect(truth(parsed(text.value, dialect), typed, typedEvent(row))).toBe(expected);
        const { filter } = applyEventFilter(text.value, event, "perf");
        expect(filter?.hold().matches(recordOf(row, dialect))).toBe(expected);
      }),
      { seed: 20110526, numRuns: 1000 },
    );
    expect(said).toBeGreaterThan(100);
  });

  function recordOf(row: Values, dialect: KernelDialectName): EventRecord {
    const given = new Map<string, bigint | string>();
    for (const [name, value] of Object.entries(row)) {
      if (typeof value === "string") given.set(name, value);
      else if (typeof value === "bigint" || typeof value === "number") given.set(name, BigInt(value));
    }
    return eventRecord(writeRecord(recordFormatOf(typed, dialect), given));
  }
});

describe("the program of a condition", () => {
  test("answers as the condition does, also where slots are not known", () => {
    fc.assert(
      fc.property(condition, fc.array(values, { minLength: 5, maxLength: 5 }), (from, rows) => {
        const made = program(from, typed);
        for (const event of rows.map(typedEvent)) expect(run(made, event)).toBe(truth(from, typed, event));
      }),
      seeded,
    );
  });

  test("visits its entries forwards and each at most once", () => {
    fc.assert(
      fc.property(condition, values, (from, row) => {
        const indexes = visited(program(from, typed), typedEvent(row));
        expect(indexes).toEqual([...new Set(indexes)].sort((a, b) => a - b));
      }),
      seeded,
    );
  });
});

describe("any text", () => {
  const soup = fc.array(
    fc.constantFrom(
      ..."()!&|=<>~^{},'\" \n\0\xa0\xe9",
      "fd",
      "offset",
      "fd == 1",
      "&&",
      "||",
      "in",
      "O_CREAT",
      "-1",
      "CPUS{",
    ),
    { maxLength: 300 },
  );
  const bytes = fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
    maxLength: 4096,
  });

  test.each<DialectName>(["2.6.38", "2.6.39", "6.18", "extended"])(
    "is read or refused in %s, with positions inside it",
    (dialect) => {
      const format = callNamed("lseek");
      fc.assert(
        fc.property(
          fc.oneof(
            bytes,
            soup.map((tokens) => tokens.join("")),
          ),
          (text) => {
            const condition = parseFilter(text, format, dialect);
            for (const { start, end } of condition.ok ? [] : condition.error) {
              expect(start).toBeGreaterThanOrEqual(0);
              expect(end).toBeGreaterThanOrEqual(start);
              expect(start).toBeLessThanOrEqual(text.length);
              expect(end).toBeLessThanOrEqual(text.length + 1);
            }
          },
        ),
        { seed: 20110526, numRuns: 1000 },
      );
    },
  );
});
