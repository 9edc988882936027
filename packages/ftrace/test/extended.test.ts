// The condition language of policies: what it says and how it refuses.

import { type Condition, type Field, u64 } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { MAX_FILTER_BYTES, MAX_NESTING, parseFilter } from "../src/index.js";
import { callNamed, typed } from "./events.js";

const openat = callNamed("openat");
const ioctl = callNamed("ioctl");

function parse(text: string, format = openat, labels?: ReadonlySet<string>): Condition {
  const parsed = parseFilter(text, format, "extended", labels);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

/** The message with its caret's text, and the hint. */
function refusal(text: string, format = openat, labels?: ReadonlySet<string>) {
  const parsed = parseFilter(text, format, "extended", labels);
  if (parsed.ok) throw new Error(`\`${text}\` was read`);
  const [first] = parsed.error;
  if (first === undefined) throw new Error(`\`${text}\` was refused without a word`);
  return { at: text.slice(first.start, first.end), message: first.message, hint: first.hint ?? null };
}

describe("a condition in extended", () => {
  const one = { text: "1", values: [u64(1)] };
  const equal = (field: string) => ({ kind: "equal", field, op: "==", value: one });

  test("binds `&&` before `||` and `!` before both", () => {
    expect(parse("dfd == 1 || !flags == 1 && mode == 1")).toEqual({
      kind: "any",
      of: [equal("dfd"), { kind: "all", of: [{ kind: "not", of: equal("flags") }, equal("mode")] }],
    });
  });

  test("compares bits in one predicate", () => {
    expect(parse("flags & O_ACCMODE == O_RDONLY")).toEqual({
      kind: "masked",
      field: "flags",
      mask: { text: "O_ACCMODE", values: [u64(3)] },
      op: "==",
      value: { text: "O_RDONLY", values: [u64(0)] },
    });
  });

  test("joins constants in parentheses", () => {
    expect(parse("flags & (O_CREAT|0x200)")).toEqual({
      kind: "anyBit",
      field: "flags",
      mask: { text: "(O_CREAT | 0x200)", values: [u64(0x240)] },
    });
  });

  test("knows both forms in which AT_FDCWD arrives", () => {
    const both = [u64(0xffff_ff9c), u64(-100)];
    expect(parse("dfd == AT_FDCWD")).toMatchObject({ value: { text: "AT_FDCWD", values: both } });
    expect(parse("dfd in {3, AT_FDCWD}")).toMatchObject({ values: [{ text: "3" }, { values: both }] });
  });

  test("writes octal, hex and decimal as the kernel does", () => {
    expect(parse("mode in { 010, 0x10, 10 }")).toMatchObject({
      values: [{ values: [u64(8)] }, { values: [u64(16)] }, { values: [u64(10)] }],
    });
  });

  test("keeps strings as they stand in either quote", () => {
    const path = { kind: "string", field: "text", op: "^=", value: '/a"\\' };
    expect(parse("text ^= '/a\"\\'", typed)).toEqual(path);
    expect(parse('text in {"a", "b"}', typed)).toEqual({
      kind: "stringIn",
      field: "text",
      values: ["a", "b"],
    });
  });

  test("has two ways to ask for labels", () => {
    const labels = { kind: "labels", field: "label", labels: ["tmp_t", "etc_t"] };
    expect(parse("label & (tmp_t | etc_t)", typed)).toEqual(labels);
    expect(parse("label in { tmp_t, etc_t }", typed)).toEqual(labels);
    expect(parse("label & tmp_t", typed)).toEqual({ ...labels, labels: ["tmp_t"] });
  });

  test("allows negative numbers where a field has a sign", () => {
    expect(parse("i == -1", typed)).toMatchObject({ value: { values: [u64(-1)] } });
  });

  test("nests up to a limit", () => {
    const nested = (depth: number) => `${"(".repeat(depth)}dfd == 1${")".repeat(depth)}`;
    expect(parse(nested(MAX_NESTING))).toEqual(equal("dfd"));
    expect(refusal(nested(MAX_NESTING + 1)).message).toContain(String(MAX_NESTING));
  });

  test("has at most so many bytes", () => {
    const padded = (bytes: number) => "dfd == 1".padEnd(bytes);
    expect(parse(padded(MAX_FILTER_BYTES.extended))).toEqual(equal("dfd"));
    expect(refusal(padded(MAX_FILTER_BYTES.extended + 1)).message).toContain("65536 bytes");
  });
});

describe("extended refuses, and points at the fault", () => {
  test.each([
    ["", "", "there is no condition"],
    ["dfd == 1 &&", "&&", "has nothing on its right"],
    ["dfd == 1 || mode == 2 ||  ", "||", "has nothing on its right"],
    ["mode == 1 && (dfd == 1 || dfd == 2", "(", "this parenthesis is not closed"],
    ["(dfd == 1 &&", "(", "this parenthesis is not closed"],
    ["dfd == 1)", ")", "`&&` or `||` is expected"],
    ["()", ")", "a field is expected"],
    ["!", "", "a field is expected, not the end"],
    ["dfd = 1", "=", "an operator is expected"],
    ["dfd == 1 & mode == 2", "&", "`&&` or `||` is expected"],
    ["(flags & 3) == 1", "==", "`&&` or `||` is expected"],
    ["flags & O_CREAT | O_TRUNC", "|", "`&&` or `||` is expected"],
    ["flags & (O_CREAT == 1)", "==", "`|` or `)` is expected"],
    ["dfd in { }", "}", "a number or a constant is expected"],
    ["dfd in 1", "1", "`{` is expected"],
    ["dfd in {1 2}", "2", "`,` or `}` is expected"],
    ["flgs == 1", "flgs", "`openat` has no field `flgs`: it has dfd, filename, flags, mode"],
    ["comm == 'bash'", "comm", "who is never a field: use a `task` section"],
    ["pid == 1", "pid", "who is never a field: use a `task` section"],
    ["CPU == 1", "CPU", "who is never a field: use a `task` section"],
    ["flags == O_CRAET", "O_CRAET", "there is no constant `O_CRAET`"],
    ["dfd == -1", "-1", "`dfd` is unsigned and never `-1`"],
    ["mode == 08", "08", "`08` is no number"],
    ["mode == 1e3", "1e3", "`1e3` is no number"],
    ["mode == 18446744073709551616", "18446744073709551616", "does not fit the 64 bits of `mode`"],
    ["dfd < AT_FDCWD", "AT_FDCWD", "only `==`, `!=` and `in` can take it"],
    ["dfd & AT_FDCWD", "AT_FDCWD", "only `==`, `!=` and `in` can take it"],
    ["dfd == (AT_FDCWD | 1)", "(AT_FDCWD | 1)", "only `==`, `!=` and `in` can take it"],
    ["flags & 3 == 4", "4", "`4` has bits outside the mask `3`"],
    ["flags & O_RDONLY", "O_RDONLY", "it has no bit that could be set"],
    ['dfd == "1"', '"1"', "`dfd` is a number: it cannot be compared with a string"],
    ['filename == "/etc/passwd"', '"/etc/passwd"', "`filename` is a pointer, not what it points at"],
    ['filename ^= "/etc"', "^=", "`filename` is a pointer, not what it points at"],
    ["dfd == 1 mode == 2", "mode", "`&&` or `||` is expected"],
    ["filename.ustring == 'a'", ".", "an operator is expected"],
  ])("%s", (text, at, message) => {
    expect(refusal(text)).toMatchObject({ at, message: expect.stringContaining(message) });
  });

  test.each([
    ["a == 256", "256", "does not fit the 8 bits of `a`; the kernel would cut it to 0"],
    ["i == 0x80000000", "0x80000000", "the kernel would cut it to -2147483648"],
    ["text == 1", "1", "a string in quotes is expected"],
    ["text < 'a'", "<", "`text` is a string: it takes == != ~ ^= in and not `<`"],
    ["text == 'a", "'", "this quote is not closed"],
    ["label == tmp_t", "==", "`label` is a set of labels: it takes & in and not `==`"],
    ["label & tpm_t", "tpm_t", "the label `tpm_t` is not declared"],
    ["label & (tmp_t | x", "", "`|` or `)` is expected, not the end"],
  ])("%s", (text, at, message) => {
    const labels = new Set(["tmp_t", "x"]);
    expect(refusal(text, typed, labels)).toMatchObject({ at, message: expect.stringContaining(message) });
  });

  test.each([
    ["dfd == -1", "registers are unsigned: -1 arrives as 0xffffffff or 0xffffffffffffffff"],
    ["flgs == 1", "did you mean `flags`?"],
    ["flags == O_CRAET", "did you mean `O_CREAT`?"],
    ["filename == 'a'", "the event `file_open` has the path of a file as a string: `filename`"],
    ["dfd = 1", "did you mean `==`?"],
    ["(flags & 3) == 1", "a masked comparison has no parentheses: `field & MASK == VALUE`"],
    ["flags & O_RDONLY", "compare the bits of a mask: `flags & MASK == O_RDONLY`"],
  ])("%s, with a hint", (text, hint) => {
    expect(refusal(text).hint).toBe(hint);
  });

  test("a call without arguments has no fields", () => {
    expect(refusal("fd == 1", callNamed("getpid")).message).toBe("`getpid` has no fields");
  });

  test("a field is of its event alone", () => {
    expect(refusal("dfd == 1", ioctl).message).toContain("`ioctl` has no field `dfd`");
  });
});

describe("a long text", () => {
  const longest = MAX_FILTER_BYTES.extended;
  const texts: readonly (readonly [string, string])[] = [
    ["parentheses", "(".repeat(longest)],
    ["negations", "!".repeat(longest)],
    ["one name", "a".repeat(longest)],
    ["one constant", `dfd == ${"A".repeat(longest - 7)}`],
    ["one number", `dfd == ${"1".repeat(longest - 7)}`],
    ["quotes", `dfd == ${"'".repeat(longest - 7)}`],
    ["predicates", "dfd == 1 || ".repeat(longest / 12)],
    ["members", `dfd in {${"1,".repeat(longest / 2 - 8)}1}`],
    ["joined constants", `dfd & (${"1|".repeat(longest / 2 - 8)}1)`],
    [
      "nested sums",
      `${"(".repeat(200)}${"dfd<1||".repeat(9000)}dfd<1${")||dfd<1".repeat(200)}`.slice(0, longest),
    ],
  ];

  test.each(texts)("of %s takes no longer than its length asks for", (_, text) => {
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      parseFilter(text, openat, "extended");
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(1000); // a hundred times what it takes: only growth beyond the length fails
  });
});

test("a field of every kind of number takes what fits it and nothing more", () => {
  const numbers: readonly Field[] = typed.fields.filter(({ kind }) => kind === "number");
  for (const { name, size, signed } of numbers) {
    const bits = BigInt(8 * size);
    const [least, most] = signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
    for (const value of [least, most]) {
      expect(parse(`${name} == ${value}`, typed)).toMatchObject({ value: { values: [u64(value)] } });
    }
    for (const value of [least - 1n, most + 1n])
      expect(refusal(`${name} == ${value}`, typed).at).toBe(`${value}`);
  }
});
