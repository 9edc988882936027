import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assemble, fromBytes, Interpreter, type Program, seccompData, verify } from "../src/index.js";
import { tamePrograms, wildPrograms } from "./arbitrary-programs.js";

const RUNS = process.env.GATEHOUSE_NIGHTLY ? 100_000 : 5_000;

function program(text: string): Program {
  const assembled = assemble(text);
  if (!assembled.ok) throw new Error(assembled.error[0]?.message);
  return assembled.value;
}

describe("accepted", () => {
  test.each([
    ["a RET alone", "ret #0"],
    ["RET A", "ret a"],
    ["the last word of a call", "ld [60]\nret a"],
    ["the greatest shift", "lsh #31\nrsh #31\nret a"],
    ["a shift by X, which is not known here", "ldx #32\nlsh x\nret a"],
    ["a division by X, which is not known here", "ldx #0\ndiv x\nret a"],
    ["the last scratch word", "st M[15]\nld M[15]\nret a"],
    [
      "a scratch word written on both ways",
      "jeq #1, a1, b1\na1: st M[0]\nja c1\nb1: stx M[0]\nc1: ld M[0]\nret a",
    ],
    ["a scratch word read where no way leads", "ja end\nld M[3]\nend: ret #0"],
    ["4096 instructions", `${"ld #0\n".repeat(4095)}ret #0`],
    ["the longest jump", `ja end\n${"ld #0\n".repeat(4094)}end: ret #0`],
    ["the longest branch", `jeq #1, jt 255, jf 0\n${"ld #0\n".repeat(255)}ret #0`],
    ["code behind a RET", "ret #0\nld [0]\nret a"],
  ])("%s", (_, text) => {
    expect(verify(program(text)).ok).toBe(true);
  });
});

describe("refused with EINVAL", () => {
  test.each<[string, string, number | null, string]>([
    ["too long", `${"ld #0\n".repeat(4095)}ret #0`, null, "4097 instructions are more than 4096"],
    ["no RET at the end", "ret #0\nld #1", 1, "the last instruction is not a RET"],
    ["RET X", "{ 0x0e, 0, 0, 0 }", 0, "0xe is no opcode of classic BPF"],
    ["an opcode with bits above a byte", "{ 0x106, 0, 0, 0 }", 0, "0x106 is no opcode of classic BPF"],
    ["a branch over the end", "jeq #0, jt 1, jf 0\nret #0", 0, "a branch leaves the program"],
    ["the other branch", "jeq #0, jt 0, jf 1\nret #0", 0, "a branch leaves the program"],
    ["a jump over the end", "{ 0x05, 0, 0, 1 }\nret #0", 0, "the jump over 1 leaves the program"],
    [
      "a jump backwards",
      "{ 0x05, 0, 0, 0xffffffff }\nret #0",
      0,
      "the jump over 4294967295 leaves the program",
    ],
    ["division by 0", "div #0\nret a", 0, "division by the constant 0"],
    ["a shift by 32", "ret #0\nrsh #32\nret a", 1, "a shift by 32 of a 32-bit word"],
    ["a 17th scratch word", "st M[16]\nret a", 0, "M[16] is beyond the 16 scratch words"],
    ["a scratch word never written", "ld M[0]\nret a", 0, "M[0] may be read before it is written"],
    [
      "one written on one way only",
      "jeq #1, w, r\nw: st M[0]\nr: ldx M[0]\nret a",
      2,
      "M[0] may be read before it is written",
    ],
    ["half a word", "ldh [0]\nret a", 0, "seccomp has no ldh of this kind"],
    ["a byte", "ldb [0]\nret a", 0, "seccomp has no ldb of this kind"],
    ["an offset in X", "ld [x + 0]\nret a", 0, "seccomp has no ld of this kind"],
    ["a header's length", "ldxb 4*([0]&0xf)\nret a", 0, "seccomp has no ldxb of this kind"],
    ["a remainder", "mod #3\nret a", 0, "seccomp has no mod of this kind"],
    ["an offset between words", "ld [2]\nret a", 0, "offset 2 is not that of a word"],
    ["beyond the call", "ld [64]\nret a", 0, "offset 64 is beyond the 64 bytes of seccomp_data"],
    [
      "an offset of socket filters",
      "ld [0xfffff000]\nret a",
      0,
      "offset 4294963200 is beyond the 64 bytes of seccomp_data",
    ],
  ])("%s", (name, text, at, reason) => {
    const longer = name === "too long" ? [...program("ret #0"), ...program(text)] : program(text);
    expect(verify(longer)).toEqual({ ok: false, error: { errno: "EINVAL", at, reason } });
  });

  test("no instruction at all", () => {
    const error = { errno: "EINVAL", at: null, reason: "a program has at least one instruction" };
    expect(verify([])).toEqual({ ok: false, error });
  });

  test("what a RET lets flow down, as the kernel has it", () => {
    // At 4 only the jump from 0 arrives, and it has written M[0]; but the kernel lets the state behind the RET, which
    // has not, flow down to it.
    const text = "jeq #0, w, r\nw: st M[0]\nja last\nr: ret #0\nlast: ld M[0]\nret a";
    expect(verify(program(text))).toMatchObject({ ok: false, error: { at: 4 } });
  });
});

test(`${RUNS} wild, ${RUNS} tame programs and as many strings of bytes: what is accepted ends with a RET`, () => {
  const bytes = fc.uint8Array({ maxLength: 80 }).map((raw) => {
    const read = fromBytes(raw);
    return read.ok ? read.value : [];
  });
  const accepted = { wild: 0, tame: 0, bytes: 0 };
  const data = fc.array(fc.nat({ max: 0xffff_ffff }), { minLength: 16, maxLength: 16 });
  for (const [kind, programs] of [
    ["wild", wildPrograms],
    ["tame", tamePrograms],
    ["bytes", bytes],
  ] as const) {
    fc.assert(
      fc.property(programs, data, (candidate, words) => {
        const verified = verify(candidate);
        if (!verified.ok) return;
        accepted[kind]++;
        const interpreter = new Interpreter(verified.value);
        const value = interpreter.run(Int32Array.from(words));
        expect(Number.isInteger(value) && value >= 0 && value < 2 ** 32).toBe(true);
        expect(interpreter.executed).toBeLessThanOrEqual(candidate.length);
        expect(interpreter.run(seccompData({ nr: 0, arch: 0 }))).toBeGreaterThanOrEqual(0);
      }),
      { seed: 20120417, numRuns: RUNS },
    );
  }
  expect(accepted.tame).toBe(RUNS);
  expect(accepted.wild).toBeGreaterThan(0);
});
