import { linux618 } from "@gatehouse/catalog";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assemble, disassemble } from "../src/index.js";
import { tamePrograms, wildPrograms } from "./arbitrary-programs.js";

const RUNS = process.env.GATEHOUSE_NIGHTLY ? 20_000 : 2_000;

test(`a program read back from its text is the same, whatever it holds (${2 * RUNS} programs)`, () => {
  for (const programs of [wildPrograms, tamePrograms]) {
    fc.assert(
      fc.property(programs, (program) => {
        expect(assemble(disassemble(program, linux618))).toEqual({ ok: true, value: program });
      }),
      { seed: 20120417, numRuns: RUNS },
    );
  }
});

test("text never crashes the assembler, and faults lie inside it", () => {
  const pieces = [
    "ld",
    "ldx",
    "jeq",
    "ja",
    "ret",
    "#",
    "[",
    "]",
    "M[3]",
    "x",
    "a",
    "0x",
    "4*",
    ",",
    ":",
    "l1",
    "{",
    "}",
  ];
  const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc
      .array(fc.constantFrom(...pieces, " ", "\n", ";", "/*", "*/", "1", "-1"), { maxLength: 30 })
      .map((all) => all.join("")),
  );
  fc.assert(
    fc.property(text, (source) => {
      const result = assemble(source);
      if (result.ok) return;
      for (const { start, end } of result.error) {
        expect(0 <= start && start <= end && end <= source.length).toBe(true);
      }
    }),
    { seed: 20120417, numRuns: 5 * RUNS },
  );
});

test("a page of openings of comments takes no time", () => {
  expect(assemble("/* ".repeat(500_000)).ok).toBe(true);
});

describe("one instruction", () => {
  test.each([
    ["ld [4]", 0x20, 0, 0, 4],
    ["ldw [ 4 ]", 0x20, 0, 0, 4],
    ["ldh [2]", 0x28, 0, 0, 2],
    ["ldb [x + 14]", 0x50, 0, 0, 14],
    ["ld #5", 0x00, 0, 0, 5],
    ["ldi 5", 0x00, 0, 0, 5],
    ["ld #len", 0x80, 0, 0, 0],
    ["ld M[2]", 0x60, 0, 0, 2],
    ["ldx #0b101", 0x01, 0, 0, 5],
    ["ldxi #5", 0x01, 0, 0, 5],
    ["ldxb 4*([14]&0xf)", 0xb1, 0, 0, 14],
    ["stx M[15]", 0x03, 0, 0, 15],
    ["and #0x7c020000", 0x54, 0, 0, 0x7c02_0000],
    ["add x", 0x0c, 0, 0, 0],
    ["add %x", 0x0c, 0, 0, 0],
    ["add #-1", 0x04, 0, 0, 0xffff_ffff],
    ["sub #017", 0x14, 0, 0, 15],
    ["neg", 0x84, 0, 0, 0],
    ["tax", 0x07, 0, 0, 0],
    ["txa", 0x87, 0, 0, 0],
    ["ret a", 0x16, 0, 0, 0],
    ["ret #0x7fff0000", 0x06, 0, 0, 0x7fff_0000],
    ["jeq #60, jt 1, jf 200", 0x15, 1, 200, 60],
    ["{ 0x06, 1, 2, 0x7fff0000 },", 0x06, 1, 2, 0x7fff_0000],
  ])("%s", (text, code, jt, jf, k) => {
    expect(assemble(text)).toEqual({ ok: true, value: [{ code, jt, jf, k }] });
  });
});

test("labels, comparisons with their targets exchanged, and both kinds of comments", () => {
  const text = `
        ld [4]              /* seccomp_data.arch,
                               over two lines */
        jne #1, bad         ; as in filter.rst
        jlt x, bad
        jle #3, bad
        jeq #2, good
 again: bad: ret #0
 good:  ret #1`;
  expect(assemble(text)).toMatchObject({
    value: [
      { code: 0x20 },
      { code: 0x15, jt: 0, jf: 3, k: 1 },
      { code: 0x3d, jt: 0, jf: 2, k: 0 },
      { code: 0x25, jt: 0, jf: 1, k: 3 },
      { code: 0x15, jt: 1, jf: 0, k: 2 },
      { code: 0x06, k: 0 },
      { code: 0x06, k: 1 },
    ],
  });
});

describe("what is wrong, and where", () => {
  test.each([
    ["ld [4]\n  foo #1", "foo #1", "`foo` is no instruction"],
    ["ld", "ld", "`ld` needs an operand"],
    ["ld x", "ld x", "`ld` does not take `x`"],
    ["ret [3]", "ret [3]", "`ret` does not take `[3]`"],
    ["ret #0x100000000", "ret #0x100000000", "`0x100000000` is no number of 32 bits"],
    ["ret #08", "ret #08", "`08` is no number of 32 bits"],
    ["ret #q", "ret #q", "`#q` is no operand"],
    ["ret #1, l1", "ret #1, l1", "`ret` takes one operand"],
    ["jeq #1", "jeq #1", "a branch needs a target"],
    ["jne #1, l1, l1", "jne #1, l1, l1", "a branch has too many targets"],
    ["jeq #1, l1", "jeq #1, l1", "there is no label `l1`"],
    ["up: ld #0\nja up", "ja up", "`up` lies behind: jumps only go forward"],
    ["up: ld #0\nup: ret #0", "up", "`up` is a label already"],
    [
      `jeq #1, far\n${"ld #0\n".repeat(256)}far: ret #0`,
      "jeq #1, far",
      "a branch reaches 255 instructions: put a `ja` in between",
    ],
    ["{ 6, 0, 0 }", "{ 6, 0, 0 }", "an instruction in braces is `{ code, jt, jf, k }`"],
    ["{ 6, 256, 0, 1 }", "{ 6, 256, 0, 1 }", "a number does not fit into its place in `{ code, jt, jf, k }`"],
  ])("%j", (text, at, message) => {
    const start = at === "up" ? text.lastIndexOf(at) : text.indexOf(at);
    expect(assemble(text)).toEqual({ ok: false, error: [{ message, start, end: start + at.length }] });
  });

  test("all faults of a text, in order", () => {
    const result = assemble("ja nowhere\nfoo\nret #0");
    expect(result.ok ? [] : result.error.map(({ start }) => start)).toEqual([0, 11]);
  });
});

test("a text that is no program is not gone through to its end", () => {
  const result = assemble("what is this\n".repeat(100_000));
  expect(result.ok ? 0 : result.error.length).toBe(20);
});

test("comments name what is loaded, compared and returned", () => {
  const text =
    "ld [4]\njne #0xc000003e, no\nld [0]\njeq #59, no\nld [28]\njeq #59, no\nret #0x7fff0000\nno: ret #0x50001";
  const program = assemble(text);
  expect(program.ok && disassemble(program.value, linux618)).toBe(
    `        ld [4]                          ; arch
        jeq #0xc000003e, l2, l7         ; x86_64
l2:     ld [0]                          ; nr
        jeq #0x3b, l7, l4               ; execve
l4:     ld [28]                         ; args[1], high half
        jeq #0x3b, l7, l6
l6:     ret #0x7fff0000                 ; allow
l7:     ret #0x50001                    ; errno 1
`,
  );
});
