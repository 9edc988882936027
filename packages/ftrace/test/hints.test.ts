// What people are told: of a refusal what to write instead, and of an accepted filter what it does not mean.

import { describe, expect, test } from "vitest";
import {
  applyEventFilter,
  type KernelDialectName,
  kernelEvent,
  recordFormatOf,
  surprises,
  withHint,
} from "../src/index.js";
import { callNamed, typed } from "./events.js";

const openat = recordFormatOf(callNamed("openat"));
const machine = { cpus: 4, symbols: new Map() };

/** An event with strings of all kinds. */
const task = {
  name: "test/task",
  fields: [
    { name: "old", type: "char[16]", offset: 8, size: 16, signed: false },
    { name: "size", type: "u8", offset: 24, size: 1, signed: false },
    { name: "slots", type: "unsigned long[6]", offset: 32, size: 48, signed: false },
    { name: "where", type: "__data_loc cpumask_t", offset: 80, size: 4, signed: false },
  ],
};

function asked(text: string, format = openat, dialect: KernelDialectName = "6.18") {
  const event = kernelEvent(dialect, format, machine);
  return { event, answer: applyEventFilter(text, event, "tracefs") };
}

function hint(text: string, format = openat, dialect: KernelDialectName = "6.18"): string | undefined {
  const { event, answer } = asked(text, format, dialect);
  if (answer.refusal === null) throw new Error(`\`${text}\` is accepted`);
  return withHint(answer.refusal, { text, fields: event.fields, dialect }).hint;
}

function told(text: string, format = openat, dialect: KernelDialectName = "6.18") {
  const { answer } = asked(text, format, dialect);
  if (answer.filter === null) throw new Error(`\`${text}\`: ${answer.msg}`);
  return surprises(text, answer.filter, dialect);
}

describe("6.18's refusal has a hint:", () => {
  test.each([
    ["flags == O_CREAT", "the kernel takes numbers: `O_CREAT` is 0x40 (64)"],
    ["dfd == AT_FDCWD", "`AT_FDCWD` arrives in two forms: `dfd == 0xffffff9c || dfd == 0xffffffffffffff9c`"],
    ["dfd == -100", "`dfd` is unsigned: -100 arrives as `dfd == 0xffffff9c || dfd == 0xffffffffffffff9c`"],
    ["comm == bash", 'strings stand in quotes: `"bash"`'],
    ["dfd == flags", "a field is compared with a constant, never with another field"],
    ["flag == 1", "did you mean `flags`?"],
    ["flags == 08", "a number that begins with 0 is octal: 8?"],
    ["flags == +1", "a number has no `+`"],
    ["flags == 1e3", "numbers are decimal, hexadecimal behind 0x, or octal behind 0"],
    ["flags == 18446744073709551616", "a number is from 0 to 2^64-1"],
    ["flags = 1", "equality is `==`"],
    ["flags & 3 == 1", "a comparison has one operator: bits are tested one by one, `f & 1 && !(f & 2)`"],
    ["flags == 1 and mode == 2", "`and` is written `&&`"],
    ["comm == 1", "it is a string, and strings stand in quotes"],
    ["flags == '1'", "it is a number, and numbers stand without quotes"],
    ["comm < 'a'", "a string takes `==`, `!=` and `~`"],
    ["comm.foo == 'a'", "a field may be followed by `.ustring` or `.function`"],
  ])("%s", (text, expected) => {
    expect(hint(text)).toBe(expected);
  });

  test("a smaller field has one form of a negative number", () => {
    expect(hint("size == -1", task)).toBe("`size` is unsigned: -1 arrives as `size == 0xff`");
  });

  test.each(["(flags == 1", "", "flags == 'a"])("but none where there is nothing to add: %s", (text) => {
    expect(hint(text)).toBeUndefined();
  });
});

describe("2.6.39's refusal has a hint:", () => {
  test.each([
    ["flags == O_CREAT", "the kernel takes numbers: `O_CREAT` is 0x40 (64)"],
    ["!flags == 1", "2.6.39 has no `!`; there is `!=`"],
    ["flags & 64", "2.6.39 has no `&`; `&&` joins comparisons"],
    ["comm == bash", "2.6.39 has only the event's own fields and the common ones"],
    ["filename == '/etc'", "2.6.39 takes it for a number"],
    ['flags == ""', "a comparison needs a field and a value; an empty string is none"],
  ])("%s", (text, expected) => {
    expect(hint(text, openat, "2.6.39")).toBe(expected);
  });
});

describe("6.18 accepts, and a person is told:", () => {
  test.each([
    ['old ~ "*sh"', "never matches a shorter text than 15 bytes: the end is the array's"],
    ['comm ~ "*sh"', "never matches a shorter text than 15 bytes: the end is the array's"],
    ['old ~ "*s*"', "all 16 bytes are searched, also what an earlier text left in them"],
    ['comm ~ "1*"', "a pattern that begins with a digit has no wildcards"],
    ['comm ~ "[^a]"', "`^` is a member of the set"],
    ["size == 256", "`size` has 8 bits: 256 is cut to 0"],
    ["slots != 1", "`slots` has 48 bytes: this never holds, nor would `!=`"],
    ["where == 1", "`where` is a set of CPUs: this compares where it lies"],
    ["CPU & 1", "`CPU & …` never holds"],
    ["size == CPUS{0-1}", "a list of 2 CPUs is equal to no number"],
    ["size == 1 && !", "the operator at the end is ignored"],
  ])("%s", (text, message) => {
    expect(told(text, task)).toMatchObject([{ message }]);
  });

  test("that a pointer is the kernel's", () => {
    expect(told('filename == "a"')).toMatchObject([{ hint: "`filename.ustring` reads the caller's memory" }]);
  });

  test.each([
    'comm ~ "*s*"',
    'filename.ustring ~ "*sh"',
    "size < 256 || size & 255",
    "CPU == 1",
    'comm ~ "*s[h]"',
  ])("and nothing where it means what it says: %s", (text) => {
    const format = text.startsWith("filename") ? openat : task;
    expect(told(text, format).filter(({ message }) => !message.includes("is cut to"))).toEqual([]);
  });
});

describe("the kernels of 2011 accept, and a person is told:", () => {
  test.each([
    ["2.6.38", "old == 'bash'", "the single quotes are a part of the text"],
    ["2.6.38", "old ~ a*b", "the pattern ends at its `*`: it is `a*`"],
    ["2.6.39", "old ~ *a*b", "the pattern ends at its `*`: it is `*a*`"],
    ["2.6.39", "old ~ a?", "only `*` is a wildcard"],
    ["2.6.39", "old ~ *sh", "never matches a shorter text than 15 bytes: the end is the array's"],
    ["2.6.38", "size == 18446744073709551616", "more than 64 bits are cut: 18446744073709551616 is 0"],
    ["2.6.38", "(size == 1) (size == 2)", "only the last of 2 expressions counts"],
  ] as const)("%s %s", (dialect, text, message) => {
    expect(told(text, task, dialect)).toMatchObject([{ message }]);
  });

  test("nothing where it means what it says", () => {
    expect(
      told("old ~ *s* && size == 1 || old == a", { ...task }, "2.6.39").map(({ message }) => message),
    ).toEqual(["all 16 bytes are searched, also what an earlier text left in them"]);
    expect(told("a == 1 && b == 2", recordFormatOf(typed), "2.6.39")).toEqual([]);
  });
});
