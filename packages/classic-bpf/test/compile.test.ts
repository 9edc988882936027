// Generated policies as seccomp programs, against `decide()`: whole policies over the catalog, and conditions on one
// register at the edges of its halves.

import { linux618 } from "@gatehouse/catalog";
import {
  type Chunk,
  decide,
  NO_SUCH_CALL,
  type Policy,
  type Rule,
  type Rules,
  type SlotTest,
  type TraceEvent,
  u64,
} from "@gatehouse/core";
import { policyAndEvents } from "@gatehouse/policies/arbitrary";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  AUDIT_ARCH,
  compile,
  fillSeccompData,
  fromBytes,
  Interpreter,
  OP,
  passes,
  RET,
  retErrno,
  type Shape,
  seccompData,
  toBytes,
  type VerifiedProgram,
  X32_BIT,
} from "../src/index.js";
import { exactRules } from "./exact-rules.js";
import { lseeks, onOneRegister } from "./lseek-policies.js";

const RUNS = process.env.GATEHOUSE_NIGHTLY ? 100_000 : 2_000;
/** So many are one test, so that a hung one is seen. */
const PAGE = 1_000;
const SEEDS = Array.from({ length: RUNS / PAGE }, (_, page) => 20120417 + page);
const SHAPES: readonly Shape[] = ["linear", "tree"];

test.each(SEEDS)(`${PAGE} generated policies answer as decide() does, linear and tree, seed %d`, (seed) => {
  fc.assert(
    fc.property(policyAndEvents(linux618), ({ policy, chunk }) => {
      const common = { ...policy, clauses: policy.clauses.filter(({ task }) => task === null) };
      expect(differences(common, chunk)).toEqual([]);
    }),
    { seed, numRuns: PAGE },
  );
});

test.each(SEEDS)(
  `${PAGE} conditions on one register answer as decide() does at every edge, seed %d`,
  (seed) => {
    fc.assert(
      fc.property(onOneRegister(), ({ policy, calls }) => {
        expect(differences(policy, lseeks(calls))).toEqual([]);
      }),
      { seed, numRuns: PAGE },
    );
  },
);

function differences(policy: Policy, chunk: Chunk): string[] {
  const rules = exactRules(policy, linux618);
  const data = new Int32Array(16);
  return SHAPES.flatMap((shape) => {
    const interpreter = new Interpreter(programOf(rules, shape));
    return rowsOf(chunk).flatMap((event) => {
      if (event.format?.kind === "other" || !isAllKnown(event)) return [];
      fillSeccompData(data, event, AUDIT_ARCH.X86_64);
      const answer = passes(interpreter.run(data)) ? "allow" : "deny";
      const { verdict } = decide(policy, event);
      return answer === verdict ? [] : [`${event}: ${verdict}, ${shape} ${answer}`];
    });
  });
}

function programOf(rules: Rules, shape: Shape): VerifiedProgram {
  const compiled = compile(rules, { shape });
  if (compiled.kind !== "program") throw new Error(compiled.reason);
  // A branch is a byte, which only the bytes show.
  expect(fromBytes(toBytes(compiled.program))).toEqual({ ok: true, value: compiled.program });
  return compiled.program;
}

describe.each(SHAPES)("%s", (shape) => {
  /** What the program returns for a number, on our architecture unless another is named. */
  const ask = (rules: Rules, nr: number, arg0 = 0n, arch: number = AUDIT_ARCH.X86_64) => {
    const interpreter = new Interpreter(programOf(rules, shape));
    return interpreter.run(seccompData({ nr, arch, args: [u64(arg0)] }));
  };
  const rulesOf = (rules: readonly [number, Rule][], more: Partial<Rules> = {}): Rules => ({
    rules: new Map(rules),
    otherCalls: "deny",
    otherEvents: "allow",
    otherEntry: "deny",
    ...more,
  });

  test("other entry paths: refused, let through, or taken for our own", () => {
    const [allow, deny] = [RET.ALLOW, RET.KILL_PROCESS];
    const paths = [
      [1, AUDIT_ARCH.X86_64],
      [1, AUDIT_ARCH.I386],
      [1 | X32_BIT, AUDIT_ARCH.X86_64],
      [2 | X32_BIT, AUDIT_ARCH.X86_64],
      [2, AUDIT_ARCH.I386],
    ] as const;
    const answers = (otherEntry: Rules["otherEntry"]) =>
      paths.map(([nr, arch]) => ask(rulesOf([[1, "allow"]], { otherEntry }), nr, 0n, arch));
    expect(answers("deny")).toEqual([allow, deny, deny, deny, deny]);
    expect(answers("allow")).toEqual([allow, allow, allow, allow, allow]);
    expect(answers(null)).toEqual([allow, allow, allow, deny, deny]);
  });

  test("the number of no call stands for all that no table holds", () => {
    const rules = rulesOf([
      [1, "allow"],
      [2, [{ test: equal(0, 5n), whenTrue: "allow", whenFalse: "deny" }]],
      [NO_SUCH_CALL, "allow"],
    ]);
    expect([0, 1, 4094, 4095, 70_000, X32_BIT - 1, X32_BIT].map((nr) => passes(ask(rules, nr)))).toEqual([
      false,
      true,
      false,
      true,
      true,
      true,
      false,
    ]);
    expect([4n, 5n].map((arg) => passes(ask(rules, 2, arg)))).toEqual([false, true]);
  });

  test("a denial returns what is asked for", () => {
    const compiled = compile(rulesOf([]), { shape, denial: retErrno(38) });
    expect(compiled).toMatchObject({ kind: "program", program: [{ code: OP.RET_K, k: retErrno(38) }] });
  });

  test("branches longer than a byte: 300 calls, each with a value of its own", () => {
    const rules = rulesOf(
      Array.from({ length: 300 }, (_, nr) => [
        nr,
        [{ test: equal(0, BigInt(nr) << 20n), whenTrue: "allow", whenFalse: "deny" }],
      ]),
    );
    const interpreter = new Interpreter(programOf(rules, shape));
    for (let nr = 0; nr < 301; nr++) {
      const answer = (arg: bigint) =>
        passes(interpreter.run(seccompData({ nr, arch: AUDIT_ARCH.X86_64, args: [u64(arg)] })));
      expect([nr, answer(BigInt(nr) << 20n), answer((BigInt(nr) << 20n) + 1n)]).toEqual([
        nr,
        nr < 300,
        false,
      ]);
    }
  });

  test("lists of every length about a branch's reach", () => {
    for (let count = 240; count < 270; count++) {
      const rules = rulesOf(Array.from({ length: count }, (_, i) => [2 * i, "allow"]));
      expect([0, 2 * count - 2, 2 * count].map((nr) => passes(ask(rules, nr)))).toEqual([true, true, false]);
    }
  });

  test("what is alike is there once: equal rules, returns, and the high half of several values", () => {
    const branches = [1n, 2n, 3n].map((value, i) => ({
      test: equal(0, value),
      whenTrue: "allow" as const,
      whenFalse: i === 2 ? ("deny" as const) : i + 1,
    }));
    const rules = rulesOf([
      [10, branches],
      [20, branches.map((branch) => ({ ...branch }))],
    ]);
    const program = programOf(rules, shape);
    // arch, nr, two numbers; three low halves, one high half, two returns.
    expect(program).toHaveLength(2 + 1 + 2 + (1 + 3) + (1 + 1) + 2 + (shape === "tree" ? 1 : 0));
  });

  test("signed comparisons, which no call has, follow the plain reading", () => {
    const edges = [0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 2n, 2n ** 64n - 1n];
    for (const value of edges) {
      const test = { kind: "below", slot: 0, signed: true, value: u64(value) } as const;
      const rules = rulesOf([[1, [{ test, whenTrue: "allow", whenFalse: "deny" }]]]);
      for (const arg of edges) {
        const expected = BigInt.asIntN(64, arg) < BigInt.asIntN(64, value);
        expect([value, arg, passes(ask(rules, 1, arg))]).toEqual([value, arg, expected]);
      }
    }
  });

  test("what seccomp cannot say is listed, and fails closed where a call can be refused", () => {
    const labels = { kind: "labels", slot: 0, labels: ["tmp_t"] } as const;
    const rules = rulesOf(
      [
        [1, [{ test: labels, whenTrue: "allow", whenFalse: "deny" }]],
        [2, [{ test: equal(7, 0n), whenTrue: "allow", whenFalse: "deny" }]],
        [3, "allow"],
        [5000, "deny"],
        [5001, "allow"],
      ],
      { otherEvents: "deny" },
    );
    const compiled = compile(rules, { shape });
    expect(compiled.kind === "program" && compiled.unsaid).toEqual([
      { event: 1, reason: "a register is no labels", fails: "closed" },
      { event: 2, reason: "a call has six registers, and this asks for slot 7", fails: "closed" },
      { event: 5000, reason: "it is no system call: it is never seen", fails: "open" },
      { event: null, reason: "events that are no system calls are never seen", fails: "open" },
    ]);
    expect([1, 2, 3].map((nr) => passes(ask(rules, nr)))).toEqual([false, false, true]);
  });

  test("every number that a table can hold, and a chain of thousands of values", () => {
    const every = rulesOf(
      Array.from({ length: NO_SUCH_CALL }, (_, nr) => [nr, "allow"]),
      { otherCalls: "allow" },
    );
    expect(programOf(every, shape).length).toBeLessThan(10);
    const values = Array.from({ length: 3900 }, (_, i) => ({
      test: equal(0, BigInt(i)),
      whenTrue: "allow" as const,
      whenFalse: i === 3899 ? ("deny" as const) : i + 1,
    }));
    const rules = rulesOf([[1, values]]);
    expect([0n, 3899n, 3900n, 1n << 32n].map((arg) => passes(ask(rules, 1, arg)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test("a policy that needs more than 4096 instructions has no program", () => {
    const many = (count: number): Rule =>
      Array.from({ length: count }, (_, i) => ({
        test: equal(i % 6, BigInt(i) * 0x1_0000_0001n),
        whenTrue: "allow",
        whenFalse: i === count - 1 ? "deny" : i + 1,
      }));
    expect(compile(rulesOf([[1, many(3000)]]), { shape })).toMatchObject({ kind: "tooLong" });
    expect(compile(rulesOf([[1, many(20_000)]]), { shape })).toEqual({
      kind: "tooLong",
      reason: "20000 tests are more than 8192",
    });
  });
});

function equal(slot: number, value: bigint): SlotTest {
  return { kind: "equal", slot, value: u64(value) };
}

function rowsOf(chunk: Chunk): readonly TraceEvent[] {
  return Array.from({ length: chunk.length }, (_, row) => chunk.at(row));
}

function isAllKnown(event: TraceEvent): boolean {
  return (event.format?.fields ?? []).every(({ slot }) => event.isKnown(slot));
}
