import {
  all,
  any,
  applyRules,
  type Condition,
  constant,
  lower,
  not,
  type Rules,
  truth,
} from "@gatehouse/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { catalog, dictionary, event } from "./small.js";

const numbers = [0n, 1n, 2n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n];
const value = fc.constantFrom(...numbers).map((number) => constant(number));
const field = fc.constantFrom("inode", "delta");

const predicate: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    kind: fc.constant("equal" as const),
    field,
    op: fc.constantFrom("==" as const, "!=" as const),
    value,
  }),
  fc.record({
    kind: fc.constant("order" as const),
    field,
    op: fc.constantFrom("<" as const, "<=" as const, ">" as const, ">=" as const),
    value,
  }),
  fc.record({ kind: fc.constant("anyBit" as const), field, mask: value }),
  fc.record({
    kind: fc.constant("masked" as const),
    field,
    mask: value,
    op: fc.constantFrom("==" as const, "!=" as const),
    value,
  }),
  fc.record({
    kind: fc.constant("in" as const),
    field,
    values: fc.array(value, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant("string" as const),
    field: fc.constant("filename"),
    op: fc.constantFrom("==" as const, "!=" as const, "~" as const, "^=" as const),
    value: fc.constantFrom("a", "ab", "a*"),
  }),
  fc.record({
    kind: fc.constant("labels" as const),
    field: fc.constant("label"),
    labels: fc.constantFrom(["a"], ["a", "b"]),
  }),
);

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4 },
    predicate,
    tie("condition").map(not),
    fc.array(tie("condition"), { minLength: 2, maxLength: 3 }).map(all),
    fc.array(tie("condition"), { minLength: 2, maxLength: 3 }).map(any),
  ),
}));

const maybe = <T>(known: fc.Arbitrary<T>) => fc.option(known, { nil: undefined, freq: 5 });
const id = (text: number) => ({ high: 0, low: text });
const row = fc.tuple(
  maybe(fc.constantFrom(["a"], ["b"], ["c"], []).map((labels) => id(dictionary.labels(labels)))),
  maybe(fc.constantFrom(...numbers)),
  maybe(fc.constantFrom("a", "ab", "b").map((text) => id(dictionary.string(text)))),
  maybe(fc.constantFrom(...numbers)),
);

test("the branches of a condition answer what the condition means, unknown values included", () => {
  const format = catalog.byName("file_open");
  if (format === undefined) throw new Error("the catalog has no file_open");
  fc.assert(
    fc.property(condition, row, (tree, values) => {
      const subject = event("file_open", values);
      const rules: Rules = {
        rules: new Map([[format.id, lower(tree, format)]]),
        otherCalls: "deny",
        otherEvents: "allow",
        otherEntry: "deny",
      };
      const meant = truth(tree, format, subject);
      expect(applyRules(rules, subject)).toBe(meant === "unknown" ? meant : meant ? "allow" : "deny");
    }),
    { seed: 20110526, numRuns: 3000 },
  );
});

test("branches only go forward, and start with the first", () => {
  const format = catalog.byName("file_open");
  if (format === undefined) throw new Error("the catalog has no file_open");
  fc.assert(
    fc.property(condition, (tree) => {
      const rule = lower(tree, format);
      if (typeof rule === "string") return;
      for (const [i, { whenTrue, whenFalse }] of rule.entries()) {
        for (const target of [whenTrue, whenFalse]) {
          if (typeof target === "number") expect(target).toBeGreaterThan(i);
          if (typeof target === "number") expect(target).toBeLessThan(rule.length);
        }
      }
    }),
    { seed: 20110526 },
  );
});

test("the worked example reads as its comment says", () => {
  const format = catalog.byName("read");
  if (format === undefined) throw new Error("the catalog has no read");
  const tree = any([
    { kind: "equal", field: "fd", op: "==", value: constant(1) },
    all([
      { kind: "equal", field: "fd", op: "==", value: constant(2) },
      { kind: "anyBit", field: "count", mask: constant(0x40) },
    ]),
  ]);
  expect(lower(tree, format)).toMatchObject([
    { test: { slot: 0, value: { low: 1 } }, whenTrue: "allow", whenFalse: 1 },
    { test: { slot: 0, value: { low: 2 } }, whenTrue: 2, whenFalse: "deny" },
    { test: { slot: 2, mask: { low: 0x40 }, value: { low: 0 } }, whenTrue: "deny", whenFalse: "allow" },
  ]);
});
