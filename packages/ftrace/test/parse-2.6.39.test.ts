// 2.6.39's texts over the rows of a trace. What its kernel accepts and refuses is conformance's matter.

import { linux2639 } from "@gatehouse/catalog";
import { type EventFormat, fromByteString } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { isKernelDiagnostic, parseFilter, printFilter } from "../src/index.js";

const callNamed = (name: string): EventFormat => {
  const format = linux2639.byName(name);
  if (format === undefined) throw new RangeError(name);
  return format;
};

const write = callNamed("write");

test.each([
  ["fd == 1 || fd == 2", "fd == 1 || fd == 2"],
  ["fd == 1 2", "fd == 12"],
  ["(fd == 0) && fd == 1 || fd == 2", "fd == 0 && fd == 1 || fd == 2"],
  ['"fd" == 0x10 && c"ou"nt < 0777', "fd == 16 && count < 511"],
  ["buf == 0", "buf == 0"],
])("`%s` means `%s`", (text, meaning) => {
  const parsed = parseFilter(text, write, "2.6.39");
  if (!parsed.ok) throw new Error(parsed.error[0]?.message);
  const printed = printFilter(parsed.value, write, "2.6.39");
  expect(printed.ok && fromByteString(printed.value)).toBe(meaning);
});

test("a call's number is known beforehand", () => {
  for (const [text, value] of [
    ["nr == 1", true],
    ["nr != 1 || fd == 1 && nr > 7", false],
  ] as const) {
    expect(parseFilter(text, write, "2.6.39")).toEqual({ ok: true, value: { kind: "constant", value } });
  }
});

// What the thread of May 2011 takes for granted, and its parser does not know.
describe("is refused with EINVAL", () => {
  test.each(["1", "0", "!(fd == 0)", "(1) && fd == 0", "fd == -1", "fd & 1", "size < 100", "fd == NULL", ""])(
    "`%s`",
    (text) => {
      const parsed = parseFilter(text, write, "2.6.39");
      expect(!parsed.ok && parsed.error.map((each) => isKernelDiagnostic(each) && each.errno)).toEqual([22]);
    },
  );
});
