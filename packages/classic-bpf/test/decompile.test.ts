// A program read back says what it does: the same for a linear and a tree program, and, put back into the policy
// language, the same as the policy that it was made from.

import { linux618 } from "@gatehouse/catalog";
import { parsePolicy } from "@gatehouse/policies";
import { policies } from "@gatehouse/policies/arbitrary";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ArchGroup,
  assemble,
  compile,
  decompile,
  Interpreter,
  type Outcome,
  printMeaning,
  RET,
  seccompData,
  type VerifiedProgram,
  verify,
} from "../src/index.js";
import { tamePrograms } from "./arbitrary-programs.js";
import { exactRules } from "./exact-rules.js";
import { onOneRegister, onThreeRegisters, verdictsOf } from "./lseek-policies.js";

const RUNS = process.env.GATEHOUSE_NIGHTLY ? 2_000 : 150;

describe("the same for linear and tree", () => {
  test(`${RUNS} generated policies`, () => {
    let read = 0;
    fc.assert(
      fc.property(policies(linux618), (policy) => {
        const common = { ...policy, clauses: policy.clauses.filter(({ task }) => task === null) };
        const rules = exactRules(common, linux618);
        const [linear, tree] = (["linear", "tree"] as const).map((shape) => {
          const compiled = compile(rules, { shape });
          return compiled.kind === "program" ? decompile(compiled.program) : compiled;
        });
        expect(tree).toEqual(linear);
        if (linear !== undefined && "ok" in linear && linear.ok) read++;
      }),
      { seed: 20120417, numRuns: RUNS },
    );
    // Some conditions are too irregular to say; that is an answer, and a rare one.
    expect(read / RUNS).toBeGreaterThan(0.9);
  });
});

describe("read back as a policy, it means the same", () => {
  test.each([
    ["one register", onOneRegister()],
    ["three registers", onThreeRegisters()],
  ])(`${RUNS} conditions on %s`, (_, policiesAndCalls) => {
    let read = 0;
    fc.assert(
      fc.property(policiesAndCalls, ({ policy, calls }) => {
        const compiled = compile(exactRules(policy, linux618), { shape: "tree" });
        const meaning = compiled.kind === "program" ? decompile(compiled.program) : null;
        if (!meaning?.ok) return;
        read++;
        const when = allowedWhen(meaning.value, LSEEK);
        const clause = when === null ? "" : `allow lseek${when === "" ? "" : ` if ${when}`}`;
        const again = parsePolicy(`default kill\n${named(clause)}`, linux618);
        if (!again.ok) throw new Error(`${clause}: ${again.error[0]?.message}`);
        expect([clause, verdictsOf(again.value, calls)]).toEqual([clause, verdictsOf(policy, calls)]);
      }),
      { seed: 20120417, numRuns: RUNS },
    );
    expect(read / RUNS).toBeGreaterThan(0.9);
  });
});

const LSEEK = 8;

function named(clause: string): string {
  return ["fd", "offset", "whence"].reduce((text, name, i) => text.replaceAll(`arg${i}`, name), clause);
}

/** Null: never; an empty text: always. */
function allowedWhen(groups: readonly ArchGroup[], nr: number): string | null {
  const [{ outcomes } = { outcomes: [] as readonly Outcome[] }] = callsOf(groups, nr);
  const allowed = outcomes.find(({ value }) => value === RET.ALLOW);
  return allowed === undefined ? null : (allowed.when ?? "");
}

function callsOf(groups: readonly ArchGroup[], nr: number) {
  const calls = groups[0]?.calls ?? [];
  const named = calls.filter(({ numbers }) => numbers.some(({ from, to }) => from <= nr && nr <= to));
  return named.length > 0 ? named : calls.slice(-1);
}

function meaningOf(text: string): string {
  const meaning = decompile(programOf(text));
  return meaning.ok ? printMeaning(meaning.value, linux618) : `too large: ${meaning.error}`;
}

function programOf(text: string): VerifiedProgram {
  const assembled = assemble(text);
  if (!assembled.ok) throw new Error(assembled.error[0]?.message);
  const verified = verify(assembled.value);
  if (!verified.ok) throw new Error(verified.error.reason);
  return verified.value;
}

const ENDS = "yes: ret #0x7fff0000\nno: ret #0x50001";

describe("conditions on a register", () => {
  test.each([
    ["ld [24]\njeq #5, yes, no", "arg1 & 0xffffffff == 5"],
    ["ld [24]\njeq #5, yes\njeq #7, yes, no", "arg1 & 0xffffffff == 5 || arg1 & 0xffffffff == 7"],
    ["ld [28]\njne #0, no\nld [24]\njeq #5, yes, no", "arg1 == 5"],
    ["ld [28]\njne #0, no\nld [24]\njge #5, no, yes", "arg1 <= 4"],
    ["ld [28]\njgt #0, yes\nld [24]\njge #5, yes, no", "arg1 >= 5"],
    ["ld [28]\njne #0, yes\nld [24]\njeq #5, no, yes", "arg1 != 5"],
    ["ld [24]\nand #0xff\njeq #0x10, yes, no", "arg1 & 0xff == 16"],
    ["ld [24]\njset #0x41, yes, no", "arg1 & 0x41 != 0"],
    ["ld [24]\njset #0x41, no, yes", "arg1 & 0x41 == 0"],
    // Other ways to say the same.
    ["ld [24]\nsub #5\njeq #0, yes, no", "arg1 & 0xffffffff == 5"],
    ["ld [24]\nxor #5\ntax\nld #0\njeq x, yes, no", "arg1 & 0xffffffff == 5"],
    ["ld [24]\nst M[2]\nld [28]\nor #0\njne #0, no\nld M[2]\nrsh #4\njeq #0, yes, no", "arg1 <= 15"],
    ["ld [24]\ndiv #16\njeq #1, yes, no", "arg1 & 0xfffffff0 == 16"],
    ["ld [24]\nand #7\nmul #3\njeq #15, yes, no", "arg1 & 0x7 == 5"],
    ["ld [12]\njeq #5, yes, no", "instruction_pointer >= 0x500000000 && instruction_pointer <= 0x5ffffffff"],
    // Two registers.
    ["ld [16]\njne #1, no\nld [24]\njeq #2, yes, no", "arg0 & 0xffffffff == 1 && arg1 & 0xffffffff == 2"],
    ["ld [16]\njeq #1, yes\nld [24]\njeq #2, yes, no", "arg1 & 0xffffffff == 2 || arg0 & 0xffffffff == 1"],
    ["ld [24]\njeq #2, yes\nld [16]\njeq #1, yes, no", "arg1 & 0xffffffff == 2 || arg0 & 0xffffffff == 1"],
  ])("%j", (text, condition) => {
    expect(meaningOf(`${text}\n${ENDS}`)).toBe(`every arch: allow if ${condition}; else errno 1\n`);
  });
});

test("architectures, calls that fare alike, several outcomes, and numbers that no table has", () => {
  const text = `
        ld [4]
        jeq #0x40000003, no
        jne #0xc000003e, kill
        ld [0]
        jge #0x40000000, kill
        jlt #2, yes
        jeq #39, yes
        jeq #101, trace
        jge #335, gone
        jne #135, no
        ld [16]
        jeq #0, yes
        jeq #1, gone, no
 trace: ret #0x7ff00007
 gone:  ret #0x50026
 yes:   ret #0x7fff0000
 no:    ret #0x50001
 kill:  ret #0x80000000`;
  const meaning = decompile(programOf(text));
  const calls = meaning.ok ? meaning.value.map((group) => group.calls.map(({ numbers }) => numbers)) : [];
  expect(calls[1]?.slice(1, 2)).toEqual([
    [
      { from: 2, to: 38 },
      { from: 40, to: 100 },
      { from: 102, to: 134 },
      { from: 136, to: 334 },
    ],
  ]);
  // Those of the long group apart.
  const lines = meaningOf(text)
    .split("\n")
    .filter((line) => !/^ {2}open /.test(line));
  expect(lines.join("\n")).toBe(`arch i386: errno 1
arch x86_64:
  read write getpid: allow
  ptrace: trace 7
  personality: allow if arg0 & 0xffffffff == 0; errno 38 if arg0 & 0xffffffff == 1; else errno 1
  0x40000000-0xffffffff: kill_process
  every other call: errno 38
every other arch: kill_process
`);
});

test("a test that is never true, and one that is asked twice, leave no trace", () => {
  const text = `ld [0]\nand #3\njge #4, no\nld [0]\njeq #1, a1, no\na1: jeq #1, yes, no\n${ENDS}`;
  expect(meaningOf(text)).toBe("every arch:\n  1: allow\n  every other call: errno 1\n");
});

test(`${RUNS} tame programs return what their meaning says`, () => {
  let read = 0;
  fc.assert(
    fc.property(tamePrograms, fc.nat({ max: 500 }), (candidate, nr) => {
      const verified = verify(candidate);
      if (!verified.ok) throw new Error(verified.error.reason);
      const meaning = decompile(verified.value);
      if (!meaning.ok) return;
      read++;
      const value = new Interpreter(verified.value).run(seccompData({ nr, arch: 1 }));
      const group = meaning.value.find(({ arches }) => arches.some(({ from, to }) => from <= 1 && 1 <= to));
      const outcomes = callsOf(group === undefined ? [] : [group], nr).flatMap((calls) => calls.outcomes);
      expect(outcomes.map((outcome) => outcome.value)).toContain(value);
    }),
    { seed: 20120417, numRuns: RUNS },
  );
  expect(read).toBeGreaterThan(RUNS / 4);
});

describe("limits, each said", () => {
  test.each([
    ["ld [16]\nret a", "it returns a number of 32 bits that depend on the call"],
    [
      `${Array.from({ length: 64 }, (_, i) => `ld [16]\njeq #${i}, jt 0, jf 1\nret #${i}\n`).join("")}ret #64`,
      "a call returns more than 64 values",
    ],
    ["ld [0]\nand #1\nadd #0x7fff0000\nret a", "it tells more than 8192 runs of nr apart"],
    [
      `ld [16]\ntax\nld [24]\nmul x\njeq #12345, yes, no\n${ENDS}`,
      "its meaning takes more than 262144 nodes to write down",
    ],
  ])("%j", (text, error) => {
    expect(decompile(programOf(text))).toEqual({ ok: false, error });
  });
});
