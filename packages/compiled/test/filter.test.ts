import {
  applyRules,
  Bitset,
  Chunk,
  Dictionary,
  type Lowered,
  newVerdicts,
  type Rule,
  u64,
  type Verdict,
} from "@gatehouse/core";
import { afterEach, expect, test, vi } from "vitest";
import { openBackend, tryBackend } from "../src/backend.js";
import { MAX_CLASSES, MAX_LOOKUPS } from "../src/layout.js";
import { MAX_BRANCHES } from "../src/plan.js";
import { catalog, differences } from "./rules.js";

const backend = openBackend(true);

afterEach(() => vi.unstubAllGlobals());

test("where there is no WebAssembly, the reason is an answer", () => {
  vi.stubGlobal("WebAssembly", undefined);
  expect(tryBackend()).toEqual({ ok: false, error: "this JavaScript has no WebAssembly" });
});

test("where a page may not wait for a module of this size, that is the reason", () => {
  class Small extends WebAssembly.Module {
    constructor(bytes: Uint8Array<ArrayBuffer>) {
      if (bytes.length > 4096) throw new RangeError("not above 4KB on the main thread");
      super(bytes);
    }
  }
  vi.stubGlobal("WebAssembly", { ...WebAssembly, Module: Small, validate: WebAssembly.validate });
  const opened = tryBackend();
  expect(opened).toEqual({
    ok: false,
    error: "WebAssembly refuses a module: not above 4KB on the main thread",
  });
});

test("without SIMD there is a back-end all the same", () => {
  vi.stubGlobal("WebAssembly", {
    Module: WebAssembly.Module,
    Instance: WebAssembly.Instance,
    validate: () => false,
  });
  const opened = tryBackend();
  expect(opened.ok).toBe(true);
  if (opened.ok) expect(differences(opened.value, ofCall(isBelow(3)), chunkOf([1, 2, 3, 4]))).toEqual([]);
});

test("strings that a trace brings later are looked up too", () => {
  const chunk = chunkOf([0]);
  const filter = backend.load(
    ofCall([
      { test: { kind: "string", slot: 0, op: "^=", value: "/tmp/" }, whenTrue: "allow", whenFalse: "deny" },
    ]),
    catalog,
  );
  expect(filter.evaluate(chunk.at(0))).toBe("deny");
  const answers = ["/etc", "/tmp/x", ...Array.from({ length: 100 }, (_, i) => `/tmp/${i}`)].map((text) => {
    const id = chunk.dictionary.string(text);
    const column = chunk.slots[0];
    if (column !== undefined) column[0] = id;
    return filter.evaluate(chunk.at(0));
  });
  expect(answers).toEqual(["deny", ...new Array(101).fill("allow")]);
});

test("an id that the dictionary does not have reads as the empty string", () => {
  const isEmpty = ofCall([
    { test: { kind: "string", slot: 0, op: "==", value: "" }, whenTrue: "allow", whenFalse: "deny" },
  ]);
  expect(differences(backend, isEmpty, chunkOf([0, 7, 0xffff_ffff]))).toEqual([]);
});

test("two traces' dictionaries are not mixed up", () => {
  const [one, other] = [chunkOf([0]), chunkOf([0])];
  one.dictionary.string("a");
  other.dictionary.string("b");
  const filter = backend.load(
    ofCall([
      { test: { kind: "string", slot: 0, op: "==", value: "a" }, whenTrue: "allow", whenFalse: "deny" },
    ]),
    catalog,
  );
  expect([one, other, one].map((chunk) => filter.evaluate(chunk.at(0)))).toEqual(["allow", "deny", "allow"]);
});

test.each([
  ["more branches than one function takes", () => ofCall(isOneOf(MAX_BRANCHES + 1))],
  [
    "more look-ups than there is room for",
    () =>
      ofCall(
        Array.from({ length: MAX_LOOKUPS + 1 }, (_, i) => ({
          test: { kind: "string" as const, slot: 0, op: "==" as const, value: String(i) },
          whenTrue: "allow" as const,
          whenFalse: i === MAX_LOOKUPS ? ("deny" as const) : i + 1,
        })),
      ),
  ],
  [
    "a slot that no row has",
    () => ofCall([{ test: { kind: "equal", slot: 9, value: u64(0) }, whenTrue: "allow", whenFalse: "deny" }]),
  ],
  [
    "more programs than there are classes",
    (): Lowered => ({
      sections: [],
      programs: [
        {
          rules: new Map(Array.from({ length: MAX_CLASSES }, (_, id) => [1024 - id, isBelow(id)])),
          otherCalls: "deny",
          otherEvents: "deny",
          otherEntry: null,
        },
      ],
    }),
  ],
])("%s: the plain reading answers", (_, lowered) => {
  const chunk = chunkOf(Array.from({ length: 70 }, (_, i) => i));
  expect(differences(backend, lowered(), chunk)).toEqual([]);
});

test("the largest program that is compiled, and one that is asked row by row, answer alike", () => {
  const lowered = ofCall(isOneOf(MAX_BRANCHES));
  expect(differences(backend, lowered, chunkOf([0, 1, 2047, 2048, 4096]))).toEqual([]);
});

test("a program without branches denies, as the plain reading has it", () => {
  expect(differences(backend, ofCall([]), chunkOf([1]))).toEqual([]);
});

test("rows that the bitmap does not hold, or the chunk does not have, stay clear", () => {
  const chunk = chunkOf([1, 2, 3], 64);
  expect(differences(backend, ofCall(isBelow(3)), chunk, 2)).toEqual([]);
});

test.each([
  ["all of one event", [1, 1]],
  ["of an event with a constant answer", [2, 2]],
  ["of two events", [1, 2]],
])("rows %s behind a chunk's last stay clear, though the bitmap holds them", (_, [odd = 0, even = 0]) => {
  for (const known of [u64(1), undefined]) {
    const chunk = chunkOf([], 41);
    for (let row = 0; row < 41; row++) chunk.push(0, row % 2 === 0 ? even : odd, 0, [known]);
    const verdicts = newVerdicts(100);
    backend.load(ofCall(isBelow(3), "allow"), catalog).evaluateAll(chunk, Bitset.ones(100), verdicts);
    const answered = [...chunk.event].filter((id) => known !== undefined || id === 2).length;
    expect([verdicts.known.count(), verdicts.allow.count()]).toEqual([answered, answered]);
  }
});

test("thousands of programs are loaded without a module each in memory", () => {
  const chunk = chunkOf([1, 2, 3]);
  const wrong = Array.from({ length: 2000 }, (_, k) => {
    const lowered = ofCall(isBelow(k));
    const expected = lowered.programs.map((rules) => applyRules(rules, chunk.at(0)));
    return backend.load(lowered, catalog).evaluate(chunk.at(0)) === expected[0] ? [] : [k];
  }).flat();
  expect(wrong).toEqual([]);
});

function ofCall(rule: Rule, otherCalls: Verdict = "deny"): Lowered {
  const others = { otherCalls, otherEvents: "deny", otherEntry: null } as const;
  return { sections: [], programs: [{ rules: new Map([[1, rule]]), ...others }] };
}

function isBelow(value: number): Rule {
  return [
    {
      test: { kind: "below", slot: 0, signed: false, value: u64(value) },
      whenTrue: "allow",
      whenFalse: "deny",
    },
  ];
}

/** The even numbers up to twice `count`. */
function isOneOf(count: number): Rule {
  return Array.from({ length: count }, (_, i) => ({
    test: { kind: "equal", slot: 0, value: u64(2 * i) },
    whenTrue: "allow",
    whenFalse: i === count - 1 ? "deny" : i + 1,
  }));
}

/** Rows of call 1 whose first slot holds these. */
function chunkOf(values: readonly number[], capacity = values.length): Chunk {
  const tasks = [{ pid: 1, parent: null, comm: "", lineage: new Set<string>() }];
  const chunk = new Chunk(catalog, new Dictionary(), { capacity, tasks });
  for (const value of values) chunk.push(0, 1, 0, [u64(value), u64(0)]);
  return chunk;
}
