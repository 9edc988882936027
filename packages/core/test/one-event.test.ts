// Single events against the plain reading of the same rules: any branches, not only such as `lower` makes, over values on
// both sides of what they ask for.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  and64,
  applyRules,
  type Branch,
  Chunk,
  Dictionary,
  evaluateOne,
  isNarrow,
  type Lowered,
  type Rule,
  type Rules,
  SLOTS,
  type SlotTest,
  sectionSet,
  type Target,
  type Task,
  toBigInt,
  u64,
} from "@gatehouse/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { catalog } from "./small.js";

const RUNS = process.env.GATEHOUSE_NIGHTLY ? 200_000 : 4_000;

const EDGES = [
  0n,
  1n,
  2n,
  3n,
  0x40n,
  (1n << 31n) - 1n,
  1n << 31n,
  (1n << 32n) - 1n,
  1n << 32n,
  (1n << 32n) + 2n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 63n) + (1n << 31n),
  (1n << 64n) - 1n,
];
const STRINGS = ["", "a", "ab", "/etc/passwd"];
const LABELS = [[], ["a"], ["a", "b"], ["c"]];

const value = fc.constantFrom(...EDGES).map(u64);
const slot = fc.oneof({ weight: 6, arbitrary: fc.nat(3) }, fc.nat(SLOTS - 1));
const verdict = fc.constantFrom("allow" as const, "deny" as const);

const slotTest: fc.Arbitrary<SlotTest> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("equal" as const), slot, value }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("below" as const), slot, signed: fc.boolean(), value }),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ kind: fc.constant("masked" as const), slot, mask: value, value })
      .map((masked) => ({ ...masked, value: and64(masked.value, masked.mask) })),
  },
  fc.record({ kind: fc.constant("masked" as const), slot, mask: value, value }),
  fc.record({
    kind: fc.constant("string" as const),
    slot,
    op: fc.constantFrom("==" as const, "~" as const, "^=" as const),
    value: fc.constantFrom("a", "a*", "/etc/"),
  }),
  fc.record({
    kind: fc.constant("labels" as const),
    slot,
    labels: fc.constantFrom(["a"], ["b", "c"]),
  }),
);

/** Forward jumps of any length; `near`: mostly to the next one and to one end, which is what is asked together. */
function branches(tests: readonly SlotTest[], near: boolean): fc.Arbitrary<readonly Branch[]> {
  return fc.tuple(
    ...tests.map((each, i): fc.Arbitrary<Branch> => {
      const last = i === tests.length - 1;
      const onward: fc.Arbitrary<Target> = last ? verdict : fc.integer({ min: i + 1, max: tests.length - 1 });
      const far = fc.oneof(verdict, onward);
      const close = last ? verdict : fc.constant<Target>(i + 1);
      const pair = near
        ? fc.oneof(
            { weight: 4, arbitrary: fc.tuple(close, fc.constant<Target>("deny")) },
            { weight: 2, arbitrary: fc.tuple(fc.constant<Target>("deny"), close) },
            { weight: 2, arbitrary: fc.tuple(fc.constant<Target>("allow"), close) },
            fc.tuple(far, far),
          )
        : fc.tuple(far, far);
      return pair.map(([whenTrue, whenFalse]) => ({ test: each, whenTrue, whenFalse }));
    }),
  );
}

const rule: fc.Arbitrary<Rule> = fc.oneof(
  verdict,
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.array(slotTest, { minLength: 0, maxLength: 10 }), fc.boolean())
      .chain(([tests, near]) => branches(tests, near)),
  },
  // A list of tests of one slot.
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.array(slotTest, { minLength: 2, maxLength: 6 }), slot, verdict, verdict)
      .map(([tests, of, hit, miss]) =>
        tests.map(
          (one, i): Branch => ({
            test: { ...one, slot: of },
            whenTrue: hit,
            whenFalse: i === tests.length - 1 ? miss : i + 1,
          }),
        ),
      ),
  },
);

const IDS = [0, 1, 2, 5, 300, ...catalog.formats.filter(({ kind }) => kind === "other").map(({ id }) => id)];

const rules: fc.Arbitrary<Rules> = fc.record({
  rules: fc
    .array(fc.tuple(fc.constantFrom(...IDS, 65_535), rule), { maxLength: 4 })
    .map((entries) => new Map(entries)),
  otherCalls: verdict,
  otherEvents: verdict,
  otherEntry: fc.option(verdict, { nil: null }),
});

const lowered: fc.Arbitrary<Lowered> = fc.oneof(
  rules.map((one) => ({ sections: [], programs: [one] })),
  fc.tuple(rules, rules).map(([one, other]) => ({ sections: ["nginx"], programs: [one, other] })),
);

const TASKS: readonly Task[] = [[], ["nginx"]].map((lineage, pid) => ({
  pid,
  parent: null,
  comm: "sh",
  lineage: new Set(lineage),
}));

type Row = {
  readonly id: number;
  readonly abi: 0 | 1 | 2;
  readonly task: number;
  readonly values: readonly (bigint | undefined)[];
  /** What is said to be known, whatever is there; null: what has a value. */
  readonly known: number | null;
};

const near = fc
  .tuple(fc.constantFrom(...EDGES), fc.constantFrom(-1n, 0n, 1n))
  .map(([edge, by]) => toBigInt(u64(edge + by)));

const row: fc.Arbitrary<Row> = fc.record({
  id: fc.constantFrom(...IDS, 3, 4095, 65_535),
  abi: fc.oneof({ weight: 6, arbitrary: fc.constant(0 as const) }, fc.constantFrom(1 as const, 2 as const)),
  task: fc.nat(TASKS.length - 1),
  values: fc.array(fc.option(fc.oneof(near, fc.bigInt({ min: 0n, max: 5n })), { nil: undefined, freq: 12 }), {
    minLength: SLOTS,
    maxLength: SLOTS,
  }),
  known: fc.option(fc.nat(255), { freq: 4 }),
});

function chunkOf(
  rows: readonly Row[],
  dictionary = new Dictionary(),
  { slots = SLOTS as number, narrow = 0 } = {},
): Chunk {
  const chunk = new Chunk(catalog, dictionary, { capacity: rows.length, slots, narrow, tasks: [...TASKS] });
  for (const { id, abi, task, values, known } of rows) {
    const words = values.map((each, k) => {
      if (each === undefined) return undefined;
      return u64(isNarrow(narrow, k) ? BigInt.asUintN(32, each) : each);
    });
    const at = chunk.push(task, id, abi, words);
    if (known !== null) chunk.known[at] = known;
  }
  return chunk;
}

/** An event of the first call, of the first task. */
function rowOf(...values: readonly bigint[]): Row {
  return { id: 0, abi: 0, task: 0, values, known: null };
}

/** Rules for the first call alone. */
function rulesOf(first: Rule): Rules {
  return { rules: new Map([[0, first]]), otherCalls: "deny", otherEvents: "allow", otherEntry: null };
}

function plainly({ sections, programs }: Lowered, chunk: Chunk): string[] {
  // And of one more, where the columns have ended.
  return Array.from({ length: chunk.length + 1 }, (_, i) => {
    const event = chunk.at(i);
    const its = programs[sections.length === 0 ? 0 : sectionSet(sections, event.task)];
    if (its === undefined) throw new Error("there are rules for each set");
    return applyRules(its, event);
  });
}

const shape = fc.record({
  slots: fc.constantFrom(8, 6, 3, 0),
  narrow: fc.constantFrom(0, 0, 0b101_0010, 0xff),
});

test("any branches over any events are answered as the plain reading does, whatever was asked before", () => {
  fc.assert(
    fc.property(
      lowered,
      fc.array(fc.tuple(fc.array(row, { minLength: 1, maxLength: 12 }), shape), {
        minLength: 1,
        maxLength: 3,
      }),
      (what, parts) => {
        const evaluate = evaluateOne(what, catalog);
        const chunks = parts.map(([rows, its]) => chunkOf(rows, new Dictionary(), its));
        const expectSame = () => {
          for (const chunk of chunks) {
            const answers = Array.from({ length: chunk.length + 1 }, (_, i) => evaluate(chunk.at(i)));
            expect(answers).toEqual(plainly(what, chunk));
          }
        };
        expectSame();
        // A dictionary grows while its chunk is there.
        for (const { dictionary } of chunks) {
          for (const text of STRINGS) dictionary.string(text);
          for (const labels of LABELS) dictionary.labels(labels);
        }
        expectSame();
        expectSame();
      },
    ),
    { seed: 20110526, numRuns: RUNS },
  );
});

test("a slot that no event has is never known", () => {
  for (const beyond of [8, 9, 31]) {
    const test: SlotTest = { kind: "equal", slot: beyond, value: u64(0) };
    const its = rulesOf([{ test, whenTrue: "allow", whenFalse: "deny" }]);
    const chunk = chunkOf([rowOf(0n)]);
    const evaluate = evaluateOne({ sections: [], programs: [its] }, catalog);
    expect([beyond, evaluate(chunk.at(0))]).toEqual([beyond, "unknown"]);
  }
});

test("a program of tens of thousands of branches, one behind the other, is followed to its end", () => {
  const count = 60_000;
  const chain = Array.from(
    { length: count },
    (_, i): Branch => ({
      test: { kind: "equal", slot: i % 2, value: u64(2 * i) },
      whenTrue: "allow",
      whenFalse: i === count - 1 ? "deny" : i + 1,
    }),
  );
  const evaluate = evaluateOne({ sections: [], programs: [rulesOf(chain)] }, catalog);
  const last = BigInt(2 * (count - 1));
  const chunk = chunkOf([rowOf(1n, last), rowOf(1n, last + 1n)]);
  expect([evaluate(chunk.at(0)), evaluate(chunk.at(1))]).toEqual(["allow", "deny"]);
});

test("answers are right after a glob has seen a string that its dictionary got later", () => {
  const test: SlotTest = { kind: "string", slot: 0, op: "~", value: "*.log" };
  const its = rulesOf([{ test, whenTrue: "allow", whenFalse: "deny" }]);
  const evaluate = evaluateOne({ sections: [], programs: [its] }, catalog);
  const [one, other] = [new Dictionary(), new Dictionary()];
  const [first, second] = [chunkOf([rowOf(0n)], one), chunkOf([rowOf(0n)], other)];
  expect(evaluate(first.at(0))).toBe("deny");
  one.string("kern.log");
  other.string("passwd");
  expect([first, second, first].map((chunk) => evaluate(chunk.at(0)))).toEqual(["allow", "deny", "allow"]);
});

test("a list of tens of thousands of strings is one look-up, and answers as soon as one of them", () => {
  const count = 30_000;
  const list = Array.from(
    { length: count },
    (_, i): Branch => ({
      test: { kind: "string", slot: 0, op: i === 7 ? "^=" : "==", value: `/srv/${i}` },
      whenTrue: "allow",
      whenFalse: i === count - 1 ? "deny" : i + 1,
    }),
  );
  const evaluate = evaluateOne({ sections: [], programs: [rulesOf(list)] }, catalog);
  const dictionary = new Dictionary();
  const texts = ["/srv/0", "/srv/29999", "/srv/7", "/srv/7x", "/srv/", "/srv/30000"];
  const chunk = chunkOf(
    texts.map((text) => rowOf(BigInt(dictionary.string(text)))),
    dictionary,
  );
  const answers = texts.map((_, i) => evaluate(chunk.at(i)));
  expect(answers).toEqual(["allow", "allow", "allow", "allow", "deny", "deny"]);
});

test("a filter keeps the chunk that it was last asked about and no other, whatever sections its tasks are in", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const test: SlotTest = { kind: "equal", slot: 0, value: u64(1) };
  const its = rulesOf([{ test, whenTrue: "allow", whenFalse: "deny" }]);
  const evaluate = evaluateOne({ sections: ["nginx"], programs: [its, its] }, catalog);
  const chunks = TASKS.map((_, task) => {
    const chunk = chunkOf([{ ...rowOf(1n), task }]);
    expect(evaluate(chunk.at(0))).toBe("allow");
    return new WeakRef(chunk);
  });
  // A reference is kept until the job ends that made it.
  await new Promise((resolve) => setTimeout(resolve));
  collect();
  expect(chunks.map((each) => each.deref() !== undefined)).toEqual([false, true]);
});
