import { describe, expect, test } from "vitest";
import { wantsColour } from "../src/terminal.js";
import { clip, columnsOf, count, number, printable, table, WIDTH, wrap } from "../src/text.js";

describe("text", () => {
  test("has numbers with separators", () => {
    expect([
      number(1_048_576),
      number(0),
      number(12.345, 1),
      count(1, "event"),
      count(2_000, "event"),
    ]).toEqual(["1,048,576", "0", "12.3", "1 event", "2,000 events"]);
  });

  test("lines columns up and leaves no blanks at the end", () => {
    const rows = [
      ["design", "denied"],
      ["a", "12"],
      ["bitmask", ""],
    ];
    expect(table(rows, 1)).toEqual(["design   denied", "a            12", "bitmask"]);
  });

  test("wraps between words, with an indent, and keeps a word that is too long whole", () => {
    const long = "w".repeat(100);
    const lines = wrap(`${"word ".repeat(40)}${long}`, "    ", "  ");
    expect(lines[0]?.startsWith("  word")).toBe(true);
    expect(lines[1]?.startsWith("    word")).toBe(true);
    expect(lines.slice(0, -1).every((line) => line.length <= WIDTH)).toBe(true);
    expect(lines.at(-1)).toBe(`    ${long}`);
  });

  test("shows nothing that a terminal would obey", () => {
    expect(printable("a\u001b[31mb\u0007\u202ec")).toBe("a\ufffd[31mb\ufffd\ufffdc");
  });

  test("says where it was cut", () => {
    expect([clip("abcdef", 6), clip("abcdefg", 6)]).toEqual(["abcdef", "abcde\u2026"]);
  });
});

test.each([
  [true, {}, true],
  [true, { CI: "1", TERM: "xterm" }, true],
  [true, { NO_COLOR: "1" }, false],
  [true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
  [true, { TERM: "dumb" }, false],
  [false, { CI: "1", FORCE_COLOR: "1" }, false],
])("colour on a terminal (%j) in %j: %j", (isTerminal, env, expected) => {
  expect(wantsColour(isTerminal, env)).toBe(expected);
});

test("a table that is too wide stands closer, and then its first column is cut", () => {
  const rows = [
    ["design", "denied"],
    ["filter-engine-2010", "12"],
  ];
  expect(table(rows, 1, 25)).toEqual(["design             denied", "filter-engine-2010     12"]);
  expect(table(rows, 1, 20)).toEqual(["design        denied", "filter-engin…     12"]);
});

test.each([
  [{ isTTY: true, columns: 100 }, 100],
  [{ isTTY: true, columns: 10 }, 40],
  [{ isTTY: true, columns: 500 }, 120],
  [{ isTTY: true, columns: 0 }, 80],
  [{ isTTY: true }, 80],
  [{ columns: 100 }, 80],
])("of a terminal that says %j lines have %i columns", (stream, expected) => {
  expect(columnsOf(stream)).toBe(expected);
});
