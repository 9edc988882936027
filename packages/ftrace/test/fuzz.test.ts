// Any text, in every dialect: 20,000 in `npm test`, a million where GATEHOUSE_NIGHTLY is 1.

import { truth } from "@gatehouse/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  applyEventFilter,
  type DialectName,
  type EventRecord,
  type KernelDialectName,
  type KernelEvent,
  kernelEvent,
  type ParsedFilter,
  parseFilter,
  printFilter,
  type RecordField,
} from "../src/index.js";
import { condition, kernelCondition, values } from "./arbitrary.js";
import { corpora } from "./corpus.js";
import { typed, typedEvent } from "./events.js";
import { everyClass, records } from "./every-class.js";
import { filterText, mutated } from "./filter-text.js";

const STRINGS = process.env.GATEHOUSE_NIGHTLY === "1" ? 1_000_000 : 20_000;
const seeded = (share: number) => ({ seed: 20110526, numRuns: share * STRINGS });
const NIGHTLY = { timeout: 3_600_000 };

const DIALECTS = ["2.6.38", "2.6.39", "6.18"] as const satisfies readonly KernelDialectName[];
const machine = { cpus: 2, symbols: new Map([["schedule", { start: 0x1000n, end: 0x1100n }]]) };
const events = DIALECTS.map((dialect) => kernelEvent(dialect, everyClass, machine));
const someRecords = fc.sample(records, { seed: 20110526, numRuns: 3 });
const texts = filterText(everyClass, ["schedule"]);

describe("any text", NIGHTLY, () => {
  test("is read or refused in every dialect, and what is held answers as its walk does", () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const event of events) tryText(text, event, someRecords);
      }),
      seeded(0.3),
    );
  });

  test("near one that a kernel was asked is read or refused in every dialect", () => {
    const [corpus] = corpora;
    if (corpus === undefined) throw new Error("there are no recorded answers");
    const { events: formats } = corpus.formats("formats-parse");
    const asked = corpus
      .lines("parse-6.18")
      .map((line): { event: string; filter?: string } => JSON.parse(line));
    const near = fc
      .constantFrom(...asked)
      .chain(({ event, filter = "" }) =>
        fc.tuple(fc.constantFrom(...DIALECTS), fc.constant(event), mutated(fc.constant(filter))),
      );
    fc.assert(
      fc.property(near, ([dialect, name, text]) => {
        const format = formats.get(name);
        if (format !== undefined) tryText(text, kernelEvent(dialect, format, machine), []);
      }),
      seeded(0.4),
    );
  });

  test("of 4 KB takes less than a second", () => {
    const long = texts.map((text) =>
      (text === "" ? " " : text).repeat(Math.ceil(4095 / Math.max(1, text.length))),
    );
    fc.assert(
      fc.property(fc.oneof(long, fc.constantFrom(...LONG)), (text) => {
        for (const event of events) expect(secondsFor(text.slice(0, 4095), event)).toBeLessThan(1);
      }),
      seeded(0.01),
    );
  });
});

/** By both ways in. */
function tryText(text: string, event: KernelEvent, over: readonly EventRecord[]): void {
  parseFilter(text, typed, "extended");
  const perf = applyEventFilter(text, event, "perf");
  const { ok, errno, filter } = applyEventFilter(text, event, "tracefs");
  if (ok !== (errno === 0) || perf.ok !== (perf.errno === 0)) throw new Error("accepted with an errno");
  if (filter !== null) tryFilter(filter, over);
}

function tryFilter(filter: ParsedFilter, over: readonly EventRecord[]): void {
  const held = filter.hold();
  for (const record of over) {
    const { match, steps } = held.walk(record);
    if (held.matches(record) !== match) throw new Error("the walk has another answer");
    if (steps.length === 0) throw new Error("an answer without a step");
  }
}

/** Where the ways in which a text can be long meet: depth, negations, stars, one word, many predicates. */
const LONG = [
  "(",
  "!",
  "(!",
  "fd==1||",
  "u8==1&&!(",
  '"',
  "dynamic ~ '*a*a*a*a*a*a*a*a*a*b' && ",
  "u64 == CPUS{0-1:1/2,0,1,,} || ",
  "u64.function == 0x1000 && ",
  "a",
  "\xa0",
  "&&",
].map((part) => part.repeat(4095));

function secondsFor(text: string, event: KernelEvent): number {
  const start = performance.now();
  tryText(text, event, someRecords);
  return (performance.now() - start) / 1000;
}

describe("what is read from a text", NIGHTLY, () => {
  test.each<DialectName>([...DIALECTS, "extended"])(
    "in %s means the same when it is printed and read",
    (dialect) => {
      let read = 0;
      fc.assert(
        fc.property(typedText(dialect), fc.array(values, { minLength: 3, maxLength: 3 }), (text, rows) => {
          const first = parseFilter(text, typed, dialect);
          const printed = first.ok ? printFilter(first.value, typed, dialect) : first;
          if (!first.ok || !printed.ok) return;
          const second = parseFilter(printed.value, typed, dialect);
          if (!second.ok) throw new Error(`${printed.value} is refused`);
          for (const event of rows.map(typedEvent))
            expect(truth(second.value, typed, event)).toBe(truth(first.value, typed, event));
          read++;
        }),
        seeded(0.06),
      );
      expect(read).toBeGreaterThan(0.01 * STRINGS);
    },
  );
});

/** What the kernel's language has, what the dialect itself says, and what is near that. */
function typedText(dialect: DialectName): fc.Arbitrary<string> {
  const said = (dialect === "extended" ? condition : kernelCondition).map((from) => {
    const printed = printFilter(from, typed, dialect);
    return printed.ok ? printed.value : ""; // 2011 cannot say all of it
  });
  const unlabelled = { name: "typed", fields: typed.fields.filter(({ kind }) => kind !== "labels") };
  return fc.oneof(filterText(unlabelled), said, mutated(said));
}

// What docs/filter-language.md calls the common ground.
describe("the common ground of the dialects", NIGHTLY, () => {
  test("has the same answers in all three kernels", () => {
    const numbers = everyClass.fields.filter(({ name }) => /^[us]\d+$/.test(name));
    fc.assert(
      fc.property(commonText(numbers), fc.array(records, { minLength: 4, maxLength: 4 }), (text, some) => {
        const held = events.map((event) => applyEventFilter(text, event, "tracefs").filter?.hold());
        for (const record of some) {
          const [old, ...others] = held.map((filter) => filter?.matches(record));
          expect([true, false]).toContain(old);
          for (const answer of others) expect(answer).toBe(old);
        }
      }),
      seeded(0.04),
    );
  });

  test("is the same condition in 6.18 and in extended", () => {
    fc.assert(
      fc.property(commonText(typed.fields.filter(({ kind }) => kind === "number")), (text) => {
        const kernel = parseFilter(text, typed, "6.18");
        expect(kernel.ok).toBe(true);
        expect(parseFilter(text, typed, "extended")).toEqual(kernel);
      }),
      seeded(0.05),
    );
  });
});

type NumberField = Pick<RecordField, "name" | "size" | "signed">;

/**
 * Numbers compared with `== != < <= > >=`, joined by `&&`, `||` and parentheses, with blanks where they please the eye.
 * Of 16 comparisons at most: 2.6.38 has no room for more.
 */
function commonText(fields: readonly NumberField[]): fc.Arbitrary<string> {
  const comparison = fc.constantFrom(...fields).chain(({ name, size, signed }) => {
    const most = 2n ** BigInt(8 * size - Number(signed)) - 1n;
    const value = fc.oneof(fc.constantFrom(0n, 1n, most, most - 1n), fc.bigInt({ min: 0n, max: most }));
    return fc
      .tuple(fc.constantFrom("==", "!=", "<", "<=", ">", ">="), value, fc.boolean())
      .map(([op, number, isHex]) => `${name} ${op} ${isHex ? `0x${number.toString(16)}` : number}`);
  });
  const joined = (part: fc.Arbitrary<string>) =>
    fc
      .array(fc.tuple(fc.constantFrom(" && ", " || "), part), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.map(([joint, text], i) => (i === 0 ? text : joint + text)).join(""));
  const group = joined(comparison).map((text) => `(${text})`);
  return joined(fc.oneof(comparison, group));
}
