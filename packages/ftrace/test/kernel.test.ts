// The language of 6.18: its errors one by one, its accidents, and what becomes of its texts over a trace.

import { linux618 } from "@gatehouse/catalog";
import { Chunk, Dictionary } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import {
  boundFilter,
  isKernelDiagnostic,
  KERNEL_ERRORS,
  MAX_FILTER_BYTES,
  parseFilter,
} from "../src/index.js";
import { callNamed, typed } from "./events.js";

const lseek = callNamed("lseek");

function refusal(text: string, format = lseek) {
  const parsed = parseFilter(text, format, "6.18");
  if (parsed.ok) throw new Error(`\`${text}\` was read`);
  const [first] = parsed.error;
  if (first === undefined || !isKernelDiagnostic(first)) throw new Error(JSON.stringify(parsed.error));
  const { errno, code, column } = first;
  return { errno, code, column };
}

function condition(text: string, format = lseek) {
  const parsed = parseFilter(text, format, "6.18");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

describe("6.18 refuses", () => {
  test.each([
    ["fd == 'x", 3, "MISSING_QUOTE", 6],
    ["nosuch == 1 && ((fd == 1)", 2, "TOO_MANY_OPEN", 15],
    ["(fd == 1", 2, "TOO_MANY_OPEN", 0],
    ["fd == 1)", 1, "TOO_MANY_CLOSE", 7],
    ["", 22, null, 0],
    ["()", 22, null, 0],
    ["!()", 1, null, 0],
    ["== 1", 1, null, 0],
    ["!=3", 1, null, 0],
    ["(fd == 1 &&)", 1, null, 0],
    ["!!", 22, "NO_FILTER", 2],
    ["nosuch == 1", 22, "FIELD_NOT_FOUND", 7],
    ["fd = 1", 22, "INVALID_OP", 4],
    ["fd == x", 22, "INVALID_VALUE", 7],
    ["common_comm == 'a'", 22, "FIELD_NOT_FOUND", 12],
    ["comm == 1", 22, "EXPECT_STRING", 9],
    ["fd == '1'", 22, "EXPECT_DIGIT", 7],
    ["fd ~ 1", 22, "ILLEGAL_FIELD_OP", 6],
    ["comm < 'a'", 22, "ILLEGAL_FIELD_OP", 8],
    ["fd == -1", 22, "ILLEGAL_INTVAL", 7],
    ["fd == 08", 22, "ILLEGAL_INTVAL", 7],
    ["fd == 18446744073709551616", 22, "ILLEGAL_INTVAL", 7],
    ["fd == 000000000000000000000001", 22, "OPERAND_TOO_LONG", 31],
    [`comm == "${"a".repeat(256)}"`, 22, "OPERAND_TOO_LONG", 266],
    ["fd == CPUS0", 22, "MISSING_BRACE_OPEN", 12],
    ["fd == CPUS{0", 22, "MISSING_BRACE_CLOSE", 13],
    ["fd < CPUS{0}", 22, "ILLEGAL_FIELD_OP", 6],
    ["__syscall_nr.function == schedule", 22, "ILLEGAL_FIELD_OP", 26],
    ["fd.function < schedule", 22, "INVALID_OP", 15],
    ["fd.function == 0xg", 22, "INVALID_VALUE", 19],
    ["fd == 1_0", 1, "TOO_MANY_PREDS", 7],
    ["fd == 1 & whence == 2", 1, "TOO_MANY_PREDS", 8],
    ["fd == 1 || fd == 2 &&", 22, null, 0],
  ] as const)("%s", (text, errno, code, column) => {
    expect(refusal(text)).toEqual({ errno, code, column });
  });

  test("what is longer than a page", () => {
    expect(refusal("fd == 1".padEnd(MAX_FILTER_BYTES["6.18"] + 1))).toEqual({
      errno: 22,
      code: null,
      column: 0,
    });
    expect(condition("fd == 1".padEnd(MAX_FILTER_BYTES["6.18"]))).toMatchObject({ field: "fd" });
  });

  test("with numbers and texts that are all different", () => {
    const all = Object.values(KERNEL_ERRORS);
    expect(new Set(all.map(({ number }) => number)).size).toBe(all.length);
    expect(new Set(all.map(({ text }) => text)).size).toBe(all.length);
  });
});

describe("6.18 accepts", () => {
  test.each([
    ["an operator at the end", "fd == 1 && !", "fd == 1"],
    ["an `||` at the end of everything", "fd == 1 || fd == 2 && fd == 3 ||", "fd == 1 || fd == 2 && fd == 3"],
    ["two thousand parentheses", `${"(".repeat(2040)}fd == 1${")".repeat(2040)}`, "fd == 1"],
    ["as many negations", `${"!(".repeat(1360)}fd == 1${")".repeat(1360)}`, "fd == 1"],
    ["a text that goes on behind a NUL", "fd == 1\0 garbage (", "fd == 1"],
    ["a Latin-1 blank", "fd\xa0==\xa01", "fd == 1"],
  ])("%s", (_, text, plain) => {
    expect(condition(text)).toEqual(condition(plain));
  });

  test("constants that do not fit a field, and cuts them", () => {
    expect(condition("a == 256", typed)).toEqual(condition("a == 0", typed));
    expect(condition("i == 0xffffffff", typed)).toMatchObject({ value: { text: "-1" } });
  });

  test.each([
    ["common_pid == 1", "in the kernel's records"],
    ["comm == 'bash'", "in the kernel's records"],
    ["fd == CPUS{0-1}", "fact of one machine"],
    ["fd.function == schedule", "fact of one machine"],
  ])("%s, which a trace cannot answer: refused with that reason", (text, reason) => {
    const parsed = parseFilter(text, lseek, "6.18");
    expect(parsed).toMatchObject({ ok: false, error: [{ message: expect.stringContaining(reason) }] });
  });

  test("a call's own number, which is known", () => {
    expect(condition("__syscall_nr == 8 && fd == 1")).toEqual(condition("fd == 1"));
    expect(condition("__syscall_nr < 8 || __syscall_nr & 7")).toEqual({ kind: "constant", value: false });
    expect(condition("__syscall_nr == 8", callNamed("read"))).toEqual({ kind: "constant", value: false });
  });

  test("a string behind a pointer, and a trace does not hold it", () => {
    const parsed = parseFilter("filename.ustring == 'a' || dfd == 1", callNamed("openat"), "6.18");
    expect(parsed).toMatchObject({ ok: false, error: [{ start: 0, end: 23 }] });
  });
});

describe("over a trace, 2.6.38 and 2.6.39", () => {
  function read(text: string, dialect: "2.6.38" | "2.6.39", format = lseek) {
    const parsed = parseFilter(text, format, dialect);
    return parsed.ok ? parsed.value : parsed.error;
  }

  test("read their own language", () => {
    expect(read("f d == 1 2 && offset > 3", "2.6.39")).toEqual(condition("fd == 12 && offset > 3"));
    expect(read("nr == 8 && fd == 1", "2.6.39")).toEqual(condition("fd == 1"));
    expect(read("text ~ a*b", "2.6.39", typed)).toEqual(condition("text ~ 'a*'", typed));
    expect(read("text ~ 1*", "2.6.39", typed)).toEqual(condition("text ~ '\\1*'", typed));
  });

  test("differ in expressions side by side", () => {
    expect(read("(fd == 1) (fd == 2)", "2.6.38")).toEqual(condition("fd == 2"));
    expect(read("(&& fd == 1) (fd == 2)", "2.6.38")).toEqual({ kind: "constant", value: false });
    expect(read("(fd == 1) (fd == 2)", "2.6.39")).toMatchObject([{ errno: 22, code: "NONE" }]);
  });

  test("have a common field where 6.18 has none, and a trace has it not", () => {
    expect(read("common_lock_depth == 1", "2.6.38")).toMatchObject([
      { message: expect.stringContaining("in the kernel's records") },
    ]);
    expect(read("common_lock_depth == 1", "2.6.39")).toMatchObject([{ code: "FIELD_NOT_FOUND" }]);
  });

  test.each(["2.6.38", "2.6.39", "6.18"] as const)(
    "of perf's records know the task, and no other common field: %s",
    (dialect) => {
      const ask = (text: string) => {
        const bound = boundFilter(text, lseek, dialect, "perf");
        if (bound === null) throw new Error(`${dialect} does not take ${text}`);
        const chunk = new Chunk(linux618, new Dictionary(), {
          tasks: [{ pid: 70_000, parent: null, comm: "sh", lineage: new Set(["sh"]) }],
        });
        const one = { high: 0, low: 1 };
        return bound.run(chunk.at(chunk.push(0, lseek.id, 0, [one, one, one])));
      };
      expect(
        ["common_pid == 70000", "common_pid != 70000", "common_pid > 70000", "common_pid >= -1"].map(ask),
      ).toEqual([true, false, false, true]);
      for (const name of ["common_type", "common_flags", "common_preempt_count"])
        expect(
          ["== 0", "!= 0", "> 0"].map((rest) => ask(`${name} ${rest}`)),
          name,
        ).toEqual(Array(3).fill("unknown"));
      // What is not known makes no difference where the rest decides.
      expect(ask("common_flags == 0 || fd == 1")).toBe(true);
      expect(ask("common_flags == 0 && fd == 2")).toBe(false);
      expect(boundFilter("common_lock_depth == 1", lseek, dialect, "perf") === null).toBe(
        dialect !== "2.6.38",
      );
    },
  );

  test("take no more than a page", () => {
    expect(read("fd == 1".padEnd(4096), "2.6.39")).toMatchObject([{ errno: 22, code: null }]);
  });
});
