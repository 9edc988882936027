// The bytes that we write, in the eyes of another reader of WebAssembly.

import { type Branch, type SlotTest, u64, ZERO } from "@gatehouse/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import wabt from "wabt";
import { moduleOf } from "../src/code.js";
import { AT, baseAt } from "../src/layout.js";
import { MAX_BRANCHES, MAX_FILTER_BRANCHES, planOf } from "../src/plan.js";
import { branches, catalog } from "./rules.js";

const { readWasm } = await wabt();

const FD_IS_1: SlotTest = { kind: "equal", slot: 0, value: u64(1) };
const COUNT_BELOW_64: SlotTest = { kind: "below", slot: 2, signed: false, value: u64(64) };

test("four rows are judged by two pairs of lanes, and their bits shifted into a byte", () => {
  const both = programsOf([
    { test: FD_IS_1, whenTrue: 1, whenFalse: "deny" },
    { test: COUNT_BELOW_64, whenTrue: "allow", whenFalse: "deny" },
  ]);
  const pair = (offset: string) => `
    (v128.and
      (i64x2.eq
        (local.tee 3 (v128.load${offset} (local.get 4)))
        (local.get 5))
      (i64x2.lt_s
        (v128.xor (local.tee 6 (v128.load${offset} (local.get 7))) (local.get 8))
        (local.get 9)))`;
  const onOneLine = (text: string) => text.replaceAll(/\s+/g, " ");
  const text = onOneLine(functionText(moduleOf(both, true), 0));
  expect(text).toContain(
    onOneLine(`(i32x4.bitmask (i16x8.narrow_i32x4_s ${pair("")} ${pair(" offset=16")}))`),
  );
  expect(text).toContain(`(local.set 4 (i32.load offset=${baseAt(0)} (i32.const 0)))`);
  expect(text).toContain(`(local.set 7 (i32.load offset=${baseAt(2)} (i32.const 0)))`);
  expect(text).toContain("(local.set 4 (i32.add (local.get 4) (i32.const 32)))");
  expect(text).toContain(`(i32.store8 offset=${AT.allow}`);
});

test.each([
  ["with SIMD", true],
  ["without SIMD", false],
])("what is written for any branches is valid, and none of it SIMD where there is none, %s", (_, simd) => {
  fc.assert(
    fc.property(fc.array(branches, { minLength: 1, maxLength: 3 }), (rules) => {
      const bytes = moduleOf(programsOf(...rules), simd);
      const module = readWasm(bytes, { simd });
      module.validate();
      module.destroy();
      expect(WebAssembly.validate(bytes)).toBe(true);
    }),
    { seed: 20110526, numRuns: 100 },
  );
});

test("the largest program is a valid module, and the largest filter stays below eight megabytes", () => {
  const tests = [COUNT_BELOW_64, { kind: "below", slot: 1, signed: true, value: u64(-1n) } as const];
  // A chain in which nothing can be put together: every branch is reached from two.
  const rule = Array.from({ length: MAX_BRANCHES }, (_, i): Branch => {
    const isLast = i > MAX_BRANCHES - 3;
    const test = tests[i % 2] ?? FD_IS_1;
    return { test, whenTrue: isLast ? "allow" : i + 1, whenFalse: isLast ? "deny" : i + 2 };
  });
  const bytes = moduleOf(programsOf(rule), true);
  expect(WebAssembly.validate(bytes)).toBe(true);
  expect((bytes.length * MAX_FILTER_BRANCHES) / MAX_BRANCHES).toBeLessThan(2 ** 23);
});

test("a mask and a value that no register can have are still a test", () => {
  const never = programsOf([
    {
      test: { kind: "masked", slot: 0, mask: ZERO, value: u64(1n << 32n) },
      whenTrue: "allow",
      whenFalse: "deny",
    },
  ]);
  expect(WebAssembly.validate(moduleOf(never, true))).toBe(true);
});

function programsOf(...rules: (readonly Branch[])[]) {
  const each = { otherCalls: "deny", otherEvents: "deny", otherEntry: null } as const;
  return planOf([{ rules: new Map(rules.map((rule, id) => [id, rule])), ...each }], catalog).programs;
}

/** The text of one function without its frame, a space for each level of nesting. */
function functionText(bytes: Uint8Array, index: number): string {
  const module = readWasm(bytes, { simd: true });
  const text = module.toText({ foldExprs: true });
  module.destroy();
  const functions = text.split(/^ {2}\(func /m);
  const [head = "", ...lines] = (functions[index + 1] ?? "").split("\n");
  const signature = head.replace(/^\(;\d+;\) \(type \d+\) /, "");
  const body = lines.map((line) => line.replace(/^ +/, (spaces) => " ".repeat(spaces.length / 2 - 1)));
  return `\n${[signature, ...body].join("\n").replaceAll("  ;;", " ;;").trimEnd().replace(/\)$/, "")}`;
}
