// Each operation on pairs at the edges of 32 bits, against BigInt.

import { u64 } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { assemble, Interpreter, type Program, seccompData, verify } from "../src/index.js";

const EDGES = [
  0n,
  1n,
  2n,
  31n,
  32n,
  33n,
  0xffffn,
  0x1_0001n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_fffen,
  0xffff_ffffn,
];
const PAIRS = EDGES.flatMap((a) => EDGES.map((b) => [a, b] as const));

function run(text: string, a = 0n, b = 0n): number {
  const program = assemble(text);
  if (!program.ok) throw new Error(program.error[0]?.message);
  return interpreter(program.value).run(seccompData({ nr: Number(a), arch: Number(b) }));
}

function interpreter(program: Program): Interpreter {
  const verified = verify(program);
  if (!verified.ok) throw new Error(verified.error.reason);
  return new Interpreter(verified.value);
}

describe("arithmetic wraps, unsigned", () => {
  test.each<[string, (a: bigint, b: bigint) => bigint]>([
    ["add", (a, b) => a + b],
    ["sub", (a, b) => a - b],
    ["mul", (a, b) => a * b],
    // A division by X where X is 0 ends the program with 0.
    ["div", (a, b) => (b === 0n ? 0n : a / b)],
    ["and", (a, b) => a & b],
    ["or", (a, b) => a | b],
    ["xor", (a, b) => a ^ b],
    ["lsh", (a, b) => a << (b % 32n)],
    ["rsh", (a, b) => a >> (b % 32n)],
    ["neg", (a) => -a],
  ])("%s", (name, oracle) => {
    for (const [a, b] of PAIRS) {
      const expected = Number(BigInt.asUintN(32, oracle(a, b)));
      const operand = name === "neg" ? "" : "x";
      expect([a, b, run(`ld [4]\ntax\nld [0]\n${name} ${operand}\nret a`, a, b)]).toEqual([a, b, expected]);
      const isRefused = (name === "div" && b === 0n) || (/sh$/.test(name) && b >= 32n);
      if (name === "neg" || isRefused) continue;
      expect([a, b, run(`ld [0]\n${name} #${b}\nret a`, a)]).toEqual([a, b, expected]);
    }
  });
});

describe("jumps compare unsigned", () => {
  test.each<[string, (a: bigint, b: bigint) => boolean]>([
    ["jeq", (a, b) => a === b],
    ["jgt", (a, b) => a > b],
    ["jge", (a, b) => a >= b],
    ["jset", (a, b) => (a & b) !== 0n],
  ])("%s", (name, oracle) => {
    for (const [a, b] of PAIRS) {
      const expected = oracle(a, b) ? 1 : 2;
      const ends = "yes: ret #1\nno: ret #2";
      expect([a, b, run(`ld [4]\ntax\nld [0]\n${name} x, yes, no\n${ends}`, a, b)]).toEqual([a, b, expected]);
      expect([a, b, run(`ld [0]\n${name} #${b}, yes, no\n${ends}`, a)]).toEqual([a, b, expected]);
    }
  });
});

test("division by X where X is 0 ends the program there", () => {
  expect(run("ld #7\nldx #0\ndiv x\nret #5")).toBe(0);
});

test("registers start at 0, and all 64 bytes of a call can be loaded", () => {
  expect(run("ret a")).toBe(0);
  expect(run("txa\nret a")).toBe(0);
  const data = seccompData({
    nr: 1,
    arch: 2,
    ip: { high: 4, low: 3 },
    args: Array.from({ length: 6 }, (_, i) => ({ high: 6 + 2 * i, low: 5 + 2 * i })),
  });
  for (let word = 0; word < 16; word++) {
    const program = assemble(`ld [${4 * word}]\nret a`);
    expect(program.ok && interpreter(program.value).run(data)).toBe(word + 1);
  }
});

test("scratch words, X, the length of a call, and a far jump", () => {
  expect(run("ld #9\nst M[3]\nldx #len\nstx M[4]\nldx M[3]\nld M[4]\nadd x\nret a")).toBe(73);
  expect(run(`ld #len\nja end\n${"ret #0\n".repeat(300)}end: ret a`)).toBe(64);
});

test("a call's number is a word like any other: -1 is 0xffffffff", () => {
  const program = assemble("ld [0]\nret a");
  expect(
    program.ok && interpreter(program.value).run(seccompData({ nr: -1, arch: 0, args: [u64(-1)] })),
  ).toBe(0xffff_ffff);
});

test("instructions are counted over all runs", () => {
  const program = assemble("ld [0]\njeq #1, yes\nret #0\nyes: ja far\nfar: ret #1");
  if (!program.ok) throw new Error("does not assemble");
  const counting = interpreter(program.value);
  counting.run(seccompData({ nr: 0, arch: 0 }));
  expect(counting.executed).toBe(3);
  counting.run(seccompData({ nr: 1, arch: 0 }));
  expect(counting.executed).toBe(3 + 4);
});
