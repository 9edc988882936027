// The programs that three kernels make of the same text: entries, bytes, and the way for a record.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  applyEventFilter,
  eventRecord,
  type KernelDialectName,
  type KernelFilter,
  kernelEvent,
  type RecordFormat,
  writeRecord,
} from "../src/index.js";

const NAMES = ["a", "b", "c", "d", "e", "f", "g"];
const format: RecordFormat = {
  name: "test/letters",
  fields: NAMES.map((name, i) => ({ name, type: "u8", offset: 8 + i, size: 1, signed: false })),
};
const machine = { cpus: 1, symbols: new Map() };

/** `a` stands for `a == 1`. */
function hold(short: string, dialect: KernelDialectName): KernelFilter {
  const text = short.replace(/[a-g]/g, "$& == 1");
  const { filter, msg } = applyEventFilter(text, kernelEvent(dialect, format, machine), "tracefs");
  if (filter === null) throw new Error(`\`${text}\`: ${msg}`);
  return filter.hold();
}

/** The letters that are 1. */
function record(ones: string) {
  return eventRecord(writeRecord(format, new Map([...ones].map((name) => [name, 1n]))));
}

/** Each entry by its letter or connective. */
function shown({ program }: KernelFilter): string[] {
  return program.entries.map((entry) => {
    if ("comparison" in entry) return entry.comparison.field.name;
    return entry.kind;
  });
}

/** What is looked at for a record, in order. */
function visited(filter: KernelFilter, ones: string): string {
  const entries = shown(filter);
  return filter
    .walk(record(ones))
    .steps.map(({ entry }) => entries[entry])
    .join(" ");
}

describe("2.6.38", () => {
  test("holds postfix order in 32 places and takes every step", () => {
    const filter = hold("a && b || c", "2.6.38");
    expect(shown(filter)).toEqual(["a", "b", "&&", "c", "||"]);
    expect(filter.bytes).toBe(32 * (8 + 312));
    expect(visited(filter, "")).toBe("a b && c ||");
    expect(visited(filter, "abc")).toBe("a b && c ||");
  });

  test("keeps the last of several expressions, and none where a connective lacks an operand", () => {
    expect(hold("(a) (b)", "2.6.38").matches(record("a"))).toBe(false);
    expect(hold("(a) (b)", "2.6.38").matches(record("b"))).toBe(true);
    expect(hold("(&& a) (b)", "2.6.38").matches(record("ab"))).toBe(false);
  });
});

describe("2.6.39", () => {
  test("links a tree and folds what has one connective", () => {
    const filter = hold("a && b && c || d && e", "2.6.39");
    expect(shown(filter)).toEqual(["a", "b", "&&", "c", "&&", "d", "e", "&&", "||"]);
    if (filter.program.kind !== "tree") throw new Error("it is no tree");
    expect(filter.program.root).toBe(8);
    expect(filter.program.entries.map(({ folded }) => folded)).toEqual([
      ...[null, null, null, null],
      [0, 1, 3],
      ...[null, null],
      [5, 6],
      null,
    ]);
    expect(filter.program.entries[4]).toMatchObject({ left: 2, right: 3, parent: 8 });
    expect(filter.bytes).toBe(9 * 320 + 5 * 2);
  });

  test.each([
    ["", "a d"],
    ["a", "a b d"],
    ["ab", "a b c d"],
    ["abc", "a b c"],
    ["de", "a d e"],
  ])("is lazy: of `a && b && c || d && e` with %j it looks at %s", (ones, expected) => {
    expect(visited(hold("a && b && c || d && e", "2.6.39"), ones)).toBe(expected);
  });
});

describe("6.18", () => {
  test("jumps forward only, as the kernel's own example does", () => {
    const filter = hold("a && !(!b || (c && g)) || d || e && !f", "6.18");
    if (filter.program.kind !== "branches") throw new Error("it has no branches");
    const ways = filter.program.entries.map(({ comparison, when, target }) => [
      comparison.field.name,
      when,
      target,
    ]);
    expect(ways).toEqual([
      ["a", false, 4],
      ["b", false, 4],
      ["c", false, 7],
      ["g", false, 7],
      ["d", true, 7],
      ["e", false, 8],
      ["f", true, 8],
    ]);
    expect(filter.bytes).toBe(9 * 16 + 7 * 64);
  });

  test("holds a pattern only for strings", () => {
    const event = kernelEvent("6.18", format, machine);
    expect(applyEventFilter('comm == "sh"', event, "tracefs").filter?.hold().bytes).toBe(3 * 16 + 64 + 272);
  });
});

/** Texts that all three kernels read, with parentheses around every join. */
const texts = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(...NAMES),
    fc
      .tuple(tie("text"), fc.constantFrom(" && ", " || "), tie("text"))
      .filter(([left, , right]) => left.length + right.length < 80)
      .map(([left, op, right]) => `(${left}${op}${right})`),
  ),
})).text;

test("all three answer alike, walk to their own answer, and the lazy two look at the same comparisons", () => {
  fc.assert(
    fc.property(texts, fc.subarray(NAMES), (text, ones) => {
      fc.pre((text.match(/[a-g]/g) ?? []).length <= 16);
      const [all, tree, branches] = (["2.6.38", "2.6.39", "6.18"] as const).map((dialect) =>
        hold(text, dialect),
      );
      if (all === undefined || tree === undefined || branches === undefined) throw new Error("not three");
      const event = record(ones.join(""));
      const expected = branches.matches(event);
      for (const filter of [all, tree, branches]) {
        expect(filter.matches(event)).toBe(expected);
        expect(filter.walk(event).match).toBe(expected);
      }
      expect(visited(tree, ones.join(""))).toBe(visited(branches, ones.join("")));
    }),
    { seed: 20110526, numRuns: 300 },
  );
});
