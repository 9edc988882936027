// Conditions that no event can be asked, as a user of the library may build them: whoever is given one refuses it, and all in
// the same words.

import { linux2639 as catalog } from "@gatehouse/catalog";
import {
  ABI,
  ALLOW,
  ALWAYS,
  all,
  any,
  Chunk,
  type Condition,
  Dictionary,
  decide,
  type EventFormat,
  KILL,
  lower,
  not,
  type Policy,
  type Predicate,
  SLOTS,
  truth,
  u64,
} from "@gatehouse/core";
import { printFilter, program } from "@gatehouse/ftrace";
import { printPolicy } from "@gatehouse/policies";
import { conditions, impossiblePredicates } from "@gatehouse/policies/arbitrary";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { variants } from "./variants.js";

const DIALECTS = ["2.6.38", "2.6.39", "6.18", "extended"] as const;

function formatOf(name: string): EventFormat {
  const format = catalog.byName(name);
  if (format === undefined) throw new RangeError(name);
  return format;
}

/** An event all of whose slots are 0, the first string and the first set of labels. */
function eventOf(format: EventFormat) {
  const dictionary = new Dictionary();
  dictionary.string("");
  dictionary.labels([]);
  const task = { pid: 1, parent: null, comm: "sh", lineage: new Set(["sh"]) };
  const chunk = new Chunk(catalog, dictionary, { capacity: 1, slots: SLOTS, tasks: [task] });
  chunk.push(
    0,
    format.id,
    ABI.native,
    format.fields.map(() => u64(0)),
  );
  return chunk.at(0);
}

function policyWith(format: EventFormat, condition: Condition): Policy {
  const clause = { action: ALLOW, event: format.name, task: null, at: null };
  // Beside a clause that always matches no answer needs the condition.
  const clauses = [
    { ...clause, condition: ALWAYS },
    { ...clause, condition },
  ];
  return { name: "", default: KILL, labels: [], clauses };
}

/** Who is given a condition, and what becomes of it there. */
function givenTo(condition: Condition, format: EventFormat): Readonly<Record<string, () => unknown>> {
  const policy = policyWith(format, condition);
  const other = eventOf(formatOf("getpid"));
  return {
    decide: () => decide(policy, eventOf(format)),
    "decide, of another event": () => decide(policy, other),
    truth: () => truth(condition, format, eventOf(format)),
    lower: () => lower(condition, format),
    "ftrace's program": () => program(condition, format),
    printPolicy: () => printPolicy(policy, catalog),
    ...Object.fromEntries(
      DIALECTS.map((dialect) => [`print ${dialect}`, () => printFilter(condition, format, dialect)]),
    ),
    ...Object.fromEntries(
      variants.map((design) => [`compile ${design.id}`, () => design.compile(policy, catalog)]),
    ),
  };
}

function answers(condition: Condition, format: EventFormat): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(givenTo(condition, format)).map(([who, ask]) => {
      try {
        ask();
        return [who, "accepted"];
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        return [who, `${error.name}: ${error.message}`];
      }
    }),
  );
}

const TWO = { text: "AT_FDCWD", values: [u64(0xffff_ff9cn), u64(-100)] };
const NONE = { text: "NOTHING", values: [] };
const ONE = { text: "1", values: [u64(1)] };

describe("a condition that is impossible is refused by all in the same words", () => {
  test.each<[string, string, Condition, string]>([
    [
      "a field that is not there",
      "read",
      { kind: "equal", field: "nosuch", op: "==", value: ONE },
      "`read` has no field `nosuch`",
    ],
    [
      "a constant of no value",
      "read",
      { kind: "equal", field: "fd", op: "!=", value: NONE },
      "`NOTHING` has no value",
    ],
    [
      "a member of no value",
      "read",
      { kind: "in", field: "fd", values: [ONE, NONE] },
      "`NOTHING` has no value",
    ],
    ["an empty set", "read", { kind: "in", field: "fd", values: [] }, "a set on `fd` has no member"],
    [
      "an order with two values",
      "openat",
      { kind: "order", field: "dfd", op: "<", value: TWO },
      "`AT_FDCWD` has no single value",
    ],
    [
      "a mask with two values",
      "openat",
      { kind: "anyBit", field: "dfd", mask: TWO },
      "`AT_FDCWD` has no single value",
    ],
    [
      "a masked comparison with two values",
      "openat",
      { kind: "masked", field: "dfd", mask: ONE, op: "==", value: TWO },
      "`AT_FDCWD` has no single value",
    ],
    [
      "an order on a string",
      "file_open",
      { kind: "order", field: "filename", op: "<", value: ONE },
      "`filename` is a string and no number",
    ],
    [
      "a number and a set of labels",
      "file_open",
      { kind: "equal", field: "label", op: "==", value: ONE },
      "`label` is a set of labels and no number",
    ],
    [
      "a string and a number",
      "read",
      { kind: "string", field: "buf", op: "==", value: "a" },
      "`buf` is a number and no string",
    ],
    [
      "an empty set of strings",
      "file_open",
      { kind: "stringIn", field: "filename", values: [] },
      "a set on `filename` has no member",
    ],
    [
      "an empty set of labels",
      "file_open",
      { kind: "labels", field: "label", labels: [] },
      "a set on `label` has no member",
    ],
    [
      "labels of a number",
      "read",
      { kind: "labels", field: "fd", labels: ["tmp_t"] },
      "`fd` is a number and no set of labels",
    ],
    ["`&&` of nothing", "read", { kind: "all", of: [] }, "`&&` joins no condition"],
    ["`||` of nothing", "read", { kind: "any", of: [] }, "`||` joins no condition"],
  ])("%s", (_what, event, condition, message) => {
    const given = answers(condition, formatOf(event));
    expect(given).toEqual(
      Object.fromEntries(Object.keys(given).map((who) => [who, `RangeError: ${message}`])),
    );
  });

  test("wherever it stands in a condition, whatever stands beside it", () => {
    const formats = ["read", "openat", "file_open"].map(formatOf);
    const made = fc
      .constantFrom(...formats)
      .chain((format) =>
        fc.tuple(fc.constant(format), impossiblePredicates(format), conditions(format), fc.nat({ max: 4 })),
      );
    fc.assert(
      fc.property(made, ([format, predicate, beside, place]) => {
        const condition = hidden(predicate, beside, place);
        const given = Object.values(answers(condition, format));
        expect(new Set(given).size).toBe(1);
        expect(given[0]).toMatch(/^RangeError: /);
      }),
      { seed: 20110526, numRuns: 300 },
    );
  });
});

function hidden(predicate: Predicate, beside: Condition, place: number): Condition {
  const other: Condition = beside.kind === "constant" ? predicate : beside;
  const tree = [predicate, not(predicate), all([other, predicate]), any([other, predicate])][place];
  return tree ?? all([other, not(any([predicate, other]))]);
}

test("a condition that is possible is judged by all who judge", () => {
  const made = fc
    .constantFrom(...["read", "openat", "file_open"].map(formatOf))
    .chain((format) => fc.tuple(fc.constant(format), conditions(format)));
  fc.assert(
    fc.property(made, ([format, condition]) => {
      const given = givenTo(condition, format);
      for (const [, ask] of Object.entries(given).filter(([who]) => who !== "printPolicy")) {
        expect(ask).not.toThrow();
      }
    }),
    { seed: 20110526, numRuns: 100 },
  );
});
