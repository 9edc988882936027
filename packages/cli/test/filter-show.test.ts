// `gatehouse filter show`: programs and refusals as people see them. What is right, @gatehouse/ftrace knows.

import { describe, expect, test } from "vitest";
import { main } from "../src/main.js";
import { capture } from "./capture.js";

function show(filter: string, ...args: readonly string[]) {
  return capture(() => main(["node", "gatehouse", "filter", "show", filter, ...args]));
}

/** Two predicates joined by `||` inside of one joined by `&&`. */
const FILTER = "fd == 3 && (offset > 64 || origin == 2)";
const ON_LSEEK = ["--event", "lseek", "--record", "fd=3,origin=0x2"];

describe("a program is shown with its record's way", () => {
  test.each([
    [
      "6.18",
      FILTER.replace("origin", "whence"),
      ["--event", "lseek", "--record", "fd=3,whence=0x2"],
      `
filter    fd == 3 && (offset > 64 || whence == 2)
event     sys_enter_lseek, 6.18
accepted  3 predicates, 272 bytes

  0  fd == 3      false to FALSE                true
  1  offset > 64  true to TRUE                  false
  2  whence == 2  false to FALSE, true to TRUE  true

record    fd=3,whence=0x2
way       0 1 2: matches
`,
    ],
    [
      "2.6.39",
      FILTER,
      ON_LSEEK,
      `
filter    fd == 3 && (offset > 64 || origin == 2)
event     sys_enter_lseek, 2.6.39
accepted  3 predicates, 1,604 bytes

  4  &&                                  –
  0    fd == 3                           true
  3    ||             one loop over 1 2  –
  1      offset > 64                     false
  2      origin == 2                     true

record    fd=3,origin=0x2
way       0 1 2: matches
`,
    ],
    [
      "2.6.38",
      FILTER,
      ON_LSEEK,
      `
filter    fd == 3 && (offset > 64 || origin == 2)
event     sys_enter_lseek, 2.6.38
accepted  3 predicates, 10,240 bytes

  0  fd == 3      puts 1: 1 on the stack           true
  1  offset > 64  puts 1: 2 on the stack           false
  2  origin == 2  puts 1: 3 on the stack           true
  3  ||           takes 2, puts 1: 2 on the stack  true
  4  &&           takes 2, puts 1: 1 on the stack  true

record    fd=3,origin=0x2
way       0 1 2 3 4: matches
`,
    ],
    [
      "extended",
      "flags in { O_CREAT, 3 }",
      ["--event", "syscalls/sys_enter_openat"],
      `
filter    flags in { O_CREAT, 3 }
event     sys_enter_openat, extended
in 6.18   flags == 64 || flags == 3
accepted  2 predicates, 192 bytes

  0  flags == 64  true to TRUE
  1  flags == 3   false to FALSE, true to TRUE
`,
    ],
  ])("in %s", async (dialect, filter, args, shown) => {
    const { code, out } = await show(filter, "--dialect", dialect, ...args);
    expect([code, `\n${out}`]).toEqual([0, shown]);
  });
});

describe("a filter that is refused is an answer", () => {
  test.each([
    [
      "6.18",
      "flags == O_CREAT",
      "refused   EINVAL: Invalid value (did you forget quotes)?, at column 10\n\n  flags == O_CREAT\n           ^\nhint: the kernel takes numbers: `O_CREAT` is 0x40 (64)\n",
    ],
    [
      "6.18",
      "== 3",
      "refused   EPERM: Error, at column 0\n\nfilter:1:1: a field's name is expected here\n  == 3\n  ^\n",
    ],
    [
      "2.6.38",
      "!(dfd == 1)",
      "refused   EINVAL: Invalid operator\n\n  !(dfd == 1)\n  ^\nhint: 2.6.38 has no `!`; there is `!=`\n",
    ],
    [
      "extended",
      "(dfd == 1",
      "refused   by extended\n\nfilter:1:1: this parenthesis is not closed\n  (dfd == 1\n  ^\n",
    ],
  ])("in %s: %s", async (dialect, filter, refusal) => {
    const { code, out } = await show(filter, "--dialect", dialect, "--event", "openat");
    expect(code).toBe(0);
    expect(out.slice(out.indexOf("refused"))).toBe(refusal);
  });

  test("and so is one that 6.18 has no words for", async () => {
    const { code, out } = await show("label in { tmp_t }", "--dialect", "extended", "--event", "file_open");
    expect(code).toBe(0);
    expect(out).toContain("in 6.18   there are no words for it\n  6.18 has no labels");
  });
});

test("what an accepted filter does not mean is said under it", async () => {
  const { out } = await show('comm ~ "*sh"', "--event", "read", "--record", "comm=bash");
  expect(out).toContain("way       0: does not match");
  expect(out).toContain("never matches a shorter text than 15 bytes");
});

test.each([
  ["2.6.38", "nr", "__syscall_nr"],
  ["2.6.39", "nr", "__syscall_nr"],
  ["6.18", "__syscall_nr", "nr"],
])("%s calls a call's number `%s`, and not `%s`", async (dialect, name, other) => {
  const shown = async (filter: string) => (await show(filter, "--dialect", dialect, "--event", "read")).out;
  expect(await shown(`${name} == 0`)).toContain("accepted  1 predicate");
  expect(await shown(`${other} == 0`)).toContain("Field not found");
});

test("`0` is no filter", async () => {
  const { out } = await show("0", "--event", "read");
  expect(out).toContain("accepted  as no filter: every event passes");
});

test("a pointer's text is found with .ustring alone", async () => {
  const shown = async (filter: string) =>
    (await show(filter, "--event", "openat", "--record", "filename=/etc")).out;
  expect(await shown('filename.ustring == "/etc"')).toContain("way       0: matches");
  expect(await shown('filename == "/etc"')).toContain("way       0: does not match");
});

describe("bad input ends with 2", () => {
  test.each([
    [["--event", "raed"], "no event `raed`\nhint: did you mean `read`?"],
    [
      ["--event", "read", "--record", "whence=3"],
      "no field `whence`\nhint: it has `__syscall_nr`, `fd`, `buf`, `count`",
    ],
    [["--event", "read", "--record", "fd"], "`fd` is no name=value"],
    [["--event", "read", "--record", "fd=x"], "`x` is no number, and `fd` is one"],
    [["--event", "read", "--record", "fd=0x10000000000000000"], "`0x10000000000000000` is no number"],
    [["--event", "read", "--record", "common_type=65536"], "65536 does not fit the 16 bits of `common_type`"],
    [["--event", "read", "--formats", "nowhere.json"], "nowhere.json"],
  ])("%j", async (args, message) => {
    const { code, out, err } = await show("fd == 3", ...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
  });
});
