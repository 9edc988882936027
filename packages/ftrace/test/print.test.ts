// What the dialects say of a condition, and what they cannot.

import { ALWAYS, all, type Condition, constant, NEVER, type Predicate, u64 } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { type DialectName, parseFilter, printFilter } from "../src/index.js";
import { callNamed, typed } from "./events.js";

function condition(text: string, format = typed): Condition {
  const parsed = parseFilter(text, format, "extended");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

function printed(from: Condition, dialect: DialectName, format = typed): string {
  const text = printFilter(from, format, dialect);
  if (!text.ok) throw new Error(JSON.stringify(text.error));
  return text.value;
}

function unsayable(from: Condition, dialect: DialectName, format = typed) {
  const text = printFilter(from, format, dialect);
  if (text.ok) throw new Error(`it says \`${text.value}\``);
  return text.error;
}

describe("6.18 says", () => {
  test.each([
    ["c == O_CREAT", "c == 64"],
    ["c == 0x400", "c == 0x400"],
    ["c == AT_FDCWD", "c == 0xffffff9c || c == 0xffffffffffffff9c"],
    ["c != AT_FDCWD || a == 1", "c != 0xffffff9c && c != 0xffffffffffffff9c || a == 1"],
    ["c == AT_FDCWD && a == 1", "(c == 0xffffff9c || c == 0xffffffffffffff9c) && a == 1"],
    ["c in { 1, AT_FDCWD }", "c == 1 || c == 0xffffff9c || c == 0xffffffffffffff9c"],
    ["b == AT_FDCWD", "b == 0xffffff9c"],
    ["c & (O_CREAT | O_TRUNC)", "c & 576"],
    ["c & 7 == 5", "!(c & 2) && c & 1 && c & 4"],
    ["c & 7 != 5", "c & 2 || !(c & 1) || !(c & 4)"],
    ["c & O_ACCMODE == O_RDONLY", "!(c & 3)"],
    ["c & 0 == 0", "!(c & 0)"],
    ["i == -1 && !(i < 5)", "i == -1 && !(i < 5)"],
    ["text ^= '/etc/'", 'text ~ "/etc/*"'],
    ["text ^= '1a[*'", 'text ~ "\\1a\\[\\**"'],
    ["text ^= '!a'", 'text ~ "\\!a*"'],
    ["text in {'a', '\"'}", 'text == "a" || text == \'"\''],
  ])("%s", (text, expected) => {
    expect(printed(condition(text), "6.18")).toBe(expected);
  });
});

test("6.18 says what README.md shows", () => {
  const openat = callNamed("openat");
  const from = condition("dfd == AT_FDCWD && flags & O_ACCMODE == O_RDONLY", openat);
  const said = "(dfd == 0xffffff9c || dfd == 0xffffffffffffff9c) && !(flags & 3)";
  expect(printed(from, "6.18", openat)).toBe(said);
});

describe("6.18 cannot say", () => {
  test.each([
    ["label & tmp_t", "has no labels"],
    [`text == "${"a".repeat(256)}"`, "fewer than 256"],
  ])("%s", (text, reason) => {
    const from = condition(text);
    expect(unsayable(from, "6.18")).toEqual([{ predicate: from, reason: expect.stringContaining(reason) }]);
  });

  test("each of the parts, named one by one", () => {
    const reasons = unsayable(condition("label & a || b == 1 || label & c"), "6.18");
    expect(reasons.map(({ predicate }) => predicate)).toMatchObject([{ labels: ["a"] }, { labels: ["c"] }]);
  });

  test("a pointer's value, since it takes the field for a string", () => {
    const openat = callNamed("openat");
    const [reason] = unsayable(condition("filename == 0", openat), "6.18", openat);
    expect(reason?.reason).toContain("compares no pointers");
  });

  test("a constant that it would cut", () => {
    const from: Predicate = { kind: "equal", field: "a", op: "==", value: constant(256) };
    expect(unsayable(from, "6.18")).toMatchObject([{ predicate: from }]);
  });

  test("what is longer than a page", () => {
    const from = condition(`a in {${Array.from({ length: 256 }, (_, i) => i).join(", ")}}`);
    const long = all([from, from, from].map((part): Condition => ({ kind: "not", of: part })));
    expect(unsayable(long, "6.18")).toMatchObject([
      { predicate: null, reason: expect.stringContaining("4095") },
    ]);
  });
});

describe("2.6.39 says", () => {
  test.each([
    ["c == O_CREAT", "c == 64"],
    ["!(c == 1 && a < 2)", "c != 1 || a >= 2"],
    ["!(c in {1, 2} || !(a > 3))", "c != 1 && c != 2 && a > 3"],
    ["c in { 1, AT_FDCWD }", "c == 1 || c == 0xffffff9c || c == 0xffffffffffffff9c"],
    ["text ^= '/etc/'", 'text ~ "/etc/*"'],
    ["!(text ^= '/etc/')", 'text ~ "!/etc/*"'],
    ["text ~ '*sh' || text ~ '!a*'", 'text ~ "*sh" || text ~ "!a*"'],
    ["!(text in {'a', 'b'})", 'text != "a" && text != "b"'],
  ])("%s", (text, expected) => {
    expect(printed(condition(text), "2.6.39")).toBe(expected);
  });
});

describe("2.6.38 and 2.6.39 cannot say", () => {
  test.each([
    ["c & 1", "no `&`"],
    ["label & tmp_t", "no labels"],
    ["text ~ 'a[b]'", "only `*` at either end"],
    ["text == ''", "an empty string is no value"],
    ["text == '\"'", "a double quote"],
  ])("%s", (text, reason) => {
    for (const dialect of ["2.6.38", "2.6.39"] as const) {
      expect(unsayable(condition(text), dialect)).toMatchObject([
        { reason: expect.stringContaining(reason) },
      ]);
    }
  });

  test("more than 16 comparisons, in 2.6.38", () => {
    const many = (count: number) =>
      condition(`c in {${Array.from({ length: count }, (_, i) => i).join(", ")}}`);
    expect(printed(many(16), "2.6.38")).toContain("c == 15");
    expect(unsayable(many(17), "2.6.38")).toMatchObject([
      { reason: expect.stringContaining("32 operators") },
    ]);
    expect(printed(many(17), "2.6.39")).toContain("c == 16");
  });

  test("a pointer to a string, which is a number there", () => {
    const openat = callNamed("openat");
    expect(printed(condition("filename == 0", openat), "2.6.39", openat)).toBe("filename == 0");
  });
});

describe("extended says", () => {
  test.each([
    "c == AT_FDCWD || a < 0x10 && (b & 1 || b & 6 == 2)",
    "!(c & (O_CREAT | O_TRUNC)) && !(a == 1 || a == 2)",
    'c in { AT_FDCWD, 3 } && text in { "a", \'"\' }',
    'text ^= "/tmp/" && label & (tmp_t | etc_t) && label & x.y:z-1',
  ])("%s as it was written", (text) => {
    expect(printed(condition(text), "extended")).toBe(text);
  });

  test("numbers where a constant's own text means something else", () => {
    const odd: Predicate = {
      kind: "equal",
      field: "b",
      op: "!=",
      value: { text: "O_CREAT", values: [u64(5)] },
    };
    expect(printed(odd, "extended")).toBe("b != 5");
  });
});

test.each<DialectName>(["6.18", "extended"])("%s has no text for what always or never holds", (dialect) => {
  for (const from of [ALWAYS, NEVER]) expect(unsayable(from, dialect)).toMatchObject([{ predicate: null }]);
});

test.each<DialectName>(["6.18", "extended"])("%s does not say what can never be equal", (dialect) => {
  const [mask, value] = [constant(3), constant(4)];
  const from: Predicate = { kind: "masked", field: "c", mask, op: "==", value };
  expect(unsayable(from, dialect)).toMatchObject([{ predicate: from }]);
});

test.each<DialectName>(["6.18", "extended"])("%s has no quote for a string with both", (dialect) => {
  const from: Predicate = { kind: "string", field: "text", op: "==", value: "'\"" };
  expect(unsayable(from, dialect)).toMatchObject([{ predicate: from }]);
});
