// The program: its jumps, which predicates it visits, and each operator against the host's integers.

import { type Condition, Meter, NEVER, type Truth } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { bind, parseFilter, program, run, visited } from "../src/index.js";
import { typed, typedEvent } from "./events.js";

/** Letters for eight predicates, as the kernel's own test of this has them: each is one bit of a number. */
const BITS = "abcdefgh";

function lettered(text: string): Condition {
  const bits = text.replace(/[a-h]/g, (letter) => `c & ${1 << BITS.indexOf(letter)}`);
  const negations = bits.replace(/!(c & \d+)/g, "!($1)");
  const parsed = parseFilter(negations, typed, "extended");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

describe("a program", () => {
  test("is that of the example which its file opens with", () => {
    const { entries, start } = program(lettered("a && !(!b || (c && g)) || d || e && !f"), typed);
    expect(start).toBe(0);
    expect(entries.map(({ when, target }) => [when, target])).toEqual([
      [false, 4],
      [false, 4],
      [false, 7],
      [false, 7],
      [true, 7],
      [false, 8],
      [true, 8],
    ]);
  });

  // Filter, the letters that are true, the answer, and the letters that must not be visited.
  test.each([
    ["a && b && c && d", "abcd", true, ""],
    ["a && b && c && d", "bcd", false, "bcd"],
    ["a && b && c && d", "ab", false, "d"],
    ["a || b || c || d", "a", true, "bcd"],
    ["a || b || c || d", "c", true, "d"],
    ["a || b || c || d", "", false, ""],
    ["a && b || c && d", "ab", true, "cd"],
    ["a && b || c && d", "cd", true, "b"],
    ["(a || b) && (c || d)", "ac", true, "bd"],
    ["(a || b) && (c || d)", "cd", false, "cd"],
    ["(a && b || c) && !d", "ab", true, "c"],
    ["!(a || b) && c", "a", false, "bc"],
    ["!(a && b) || c", "", true, "bc"],
    ["!(!a || (b && c)) || d", "ab", true, "d"],
    ["!(!a || (b && c)) || d", "abcd", true, ""],
    ["!(!a || (b && c)) || d", "d", true, "bc"],
    ["a && (b || (c && (d || e)))", "acd", true, "e"],
    ["a && (b || (c && (d || e)))", "ab", true, "cde"],
  ])("of `%s` with `%s` is %s and does not visit `%s`", (text, letters, answer, unvisited) => {
    const made = program(lettered(text), typed);
    const bits = [...letters].reduce((sum, letter) => sum | (1 << BITS.indexOf(letter)), 0);
    const event = typedEvent({ c: bits });
    expect(run(made, event)).toBe(answer);
    const used = [...text.replace(/[^a-h]/g, "")];
    const seen = visited(made, event).map((i) => used[i]);
    expect(used.filter((letter) => !seen.includes(letter)).join("")).toBe(unvisited);
  });

  test("that never holds starts at FALSE and has no entries", () => {
    expect(program(NEVER, typed)).toEqual({ entries: [], start: 1, bytes: 32 });
    expect(run(program(NEVER, typed), typedEvent({}))).toBe(false);
  });

  test("takes 16 bytes an entry, 64 a predicate and 272 a pattern", () => {
    const parsed = parseFilter("a == 1 && text ~ 'x*' || text in {'a', 'b'}", typed, "extended");
    if (!parsed.ok) throw new Error("refused");
    expect(program(parsed.value, typed).bytes).toBe(16 * 5 + 64 * 3 + 272 * 3);
  });

  test.each<[string, number | null, number | null, Truth, number[]]>([
    ["a == 1 || b == 1", null, 1, true, [0, 1]],
    ["a == 1 || b == 1", null, 0, "unknown", [0, 1]],
    ["a == 1 && b == 1", null, 0, false, [0, 1]],
    ["a == 1 && b == 1", 0, null, false, [0]],
    ["a == 1 || !(a == 1)", null, 0, "unknown", [0, 1]],
    ["a == 1 && (b == 1 || b == 2)", 1, null, "unknown", [0, 1, 2]],
  ])("of `%s` with a=%s, b=%s, null being unknown, is %s", (text, a, b, answer, seen) => {
    const parsed = parseFilter(text, typed, "extended");
    if (!parsed.ok) throw new Error("refused");
    const made = bind(program(parsed.value, typed));
    expect(made.run(typedEvent({ a, b }))).toBe(answer);
    expect(made.visited(typedEvent({ a, b }))).toEqual(seen);
  });

  test("reads each slot once, however often it compares it", () => {
    const parsed = parseFilter("c == 1 || c == 2 || b == 3", typed, "extended");
    if (!parsed.ok) throw new Error("refused");
    const meter = new Meter();
    const { run } = bind(program(parsed.value, typed), meter);
    const read = (values: Parameters<typeof typedEvent>[0]) => meter.measure(run, typedEvent(values));
    expect(read({ c: 2, b: 0 })).toEqual({ predicates: 2, bytes: 8 + 2 * 80 });
    expect(read({ c: 0, b: 3 })).toEqual({ predicates: 3, bytes: 16 + 3 * 80 });
    // What the trace does not show is asked of it all the same, whatever the answer.
    expect(read({ c: null, b: 3 })).toEqual({ predicates: 3, bytes: 16 + 3 * 80 });
  });
});

describe("each operator, against the host's integers", () => {
  const registers = [
    0n,
    1n,
    0x7fn,
    0x80n,
    0xffn,
    2n ** 31n - 1n,
    2n ** 31n,
    2n ** 32n - 1n,
    2n ** 32n,
  ].concat(
    [2n ** 32n + 1n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 63n + 1n, 2n ** 64n - 1n],
    [0x1234_5678_0000_0000n, 0x1234_5678_ffff_ffffn],
  );
  const oracles: readonly (readonly [string, (field: bigint, value: bigint) => boolean])[] = [
    ["==", (field, value) => field === value],
    ["!=", (field, value) => field !== value],
    ["<", (field, value) => field < value],
    ["<=", (field, value) => field <= value],
    [">", (field, value) => field > value],
    [">=", (field, value) => field >= value],
    ["&", (field, value) => (field & value) !== 0n],
  ];
  const cases = oracles.flatMap(([op, holds]) =>
    typed.fields.filter(({ kind }) => kind === "number").map((field) => ({ op, holds, ...field })),
  );

  test.each(cases)("$type $op", ({ op, holds, name, size, signed }) => {
    const cut = (value: bigint) => (signed ? BigInt.asIntN : BigInt.asUintN)(8 * size, value);
    for (const value of new Set(registers.map(cut))) {
      const parsed = parseFilter(`${name} ${op} ${value}`, typed, "6.18");
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
      const made = program(parsed.value, typed);
      for (const register of registers) {
        const found = run(made, typedEvent({ [name]: register }));
        expect([value, register, found]).toEqual([value, register, holds(cut(register), value)]);
      }
    }
  });
});
