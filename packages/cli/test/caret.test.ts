import { describe, expect, test } from "vitest";
import { drawDiagnostics, lineNumbers } from "../src/caret.js";

/** Draws the place of `wanted` in `text`. */
function draw(text: string, wanted: string): string[] {
  const start = text.indexOf(wanted);
  const diagnostic = { message: "wrong", start, end: start + wanted.length };
  return drawDiagnostics("p.gate", text, [diagnostic]).flatMap((drawn) => drawn.split("\n"));
}

describe("a diagnostic", () => {
  test("says file, line, column and message, then shows the line, the place and the hint", () => {
    const text = "policy p\nallow raed if fd == 0\nallow write\n";
    const diagnostic = { message: "there is no `raed`", start: 15, end: 19, hint: "did you mean `read`?" };
    expect(drawDiagnostics("p.gate", text, [diagnostic]).flatMap((drawn) => drawn.split("\n"))).toEqual([
      "p.gate:2:7: there is no `raed`",
      "  allow raed if fd == 0",
      "        ^~~~",
      "hint: did you mean `read`?",
    ]);
  });

  test.each([
    ["after a tab", "\tallow raed", "raed", ["  \tallow raed", "  \t      ^~~~"]],
    ["after two-byte letters", "# \u00e9\u00e9 raed", "raed", ["  # \u00e9\u00e9 raed", "       ^~~~"]],
    [
      "after letters two columns wide",
      "# \u6f22\u5b57 raed",
      "raed",
      ["  # \u6f22\u5b57 raed", "         ^~~~"],
    ],
    ["after a combining mark", "# e\u0301 raed", "raed", ["  # e\u0301 raed", "      ^~~~"]],
    [
      "after a letter outside the first plane",
      "# \u{1d11e} raed",
      "raed",
      ["  # \u{1d11e} raed", "      ^~~~"],
    ],
    ["after a byte order mark", "\ufeffallow raed", "raed", ["  allow raed", "        ^~~~"]],
    ["of a line that ends in CR LF", "allow raed\r\n", "raed", ["  allow raed", "        ^~~~"]],
    ["that runs over the line's end", "allow read\nallow", "read\nallow", ["  allow read", "        ^~~~"]],
    ["beside what a terminal would obey", "\u001b[2J raed", "raed", ["  \ufffd[2J raed", "       ^~~~"]],
  ])("%s stands under its place", (_, text, wanted, expected) => {
    expect(draw(text, wanted).slice(1)).toEqual(expected);
  });

  test("of an empty place at the text's end is one caret", () => {
    const found = drawDiagnostics("p", "allow", [{ message: "more", start: 5, end: 5 }]);
    expect(found).toEqual(["p:1:6: more\n  allow\n       ^"]);
  });

  test.each([0, 39, 5_000, 99_990])("at %i of a very long line shows a window of it", (at) => {
    const text = `${"x".repeat(at)}raed${"y".repeat(100_000 - at)}`;
    const [, line = "", caret = ""] = draw(text, "raed");
    expect(line.length).toBeLessThanOrEqual(80);
    expect(line.slice(caret.indexOf("^"), caret.lastIndexOf("~") + 1)).toBe("raed");
  });

  test("counts columns from one, in characters", () => {
    const [where = ""] = drawDiagnostics("p", "a\n\u{1d11e}b", [{ message: "wrong", start: 4, end: 5 }]);
    expect(where).toMatch(/^p:2:2: /);
  });

  test("before the first line feed is on the first line", () => {
    expect(draw("\nallow", "\n")).toEqual(["p.gate:1:1: wrong", "  ", "  ^"]);
  });
});

test.each([
  ["", [1]],
  ["a", [1, 1]],
  ["\n", [1, 2]],
  ["\n\na\n", [1, 2, 3, 3, 4]],
])("the offsets of %j are on the lines %j", (text, expected) => {
  expect(expected.map((_, offset) => lineNumbers(text)(offset))).toEqual(expected);
});
