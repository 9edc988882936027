// Rules and chunks for the bulk tier's tests: any branches, not only such as `lower` makes, over values that are near
// what they ask for.

import {
  ABI,
  applyRules,
  Bitset,
  type Branch,
  Catalog,
  Chunk,
  Dictionary,
  type Filter,
  isNarrow,
  type Lowered,
  newVerdicts,
  oneByOne,
  type Rule,
  type Rules,
  type SlotTest,
  sectionSet,
  type Target,
  type Task,
  u64,
} from "@gatehouse/core";
import fc from "fast-check";

const calls = [0, 1, 2, 5, 300].map(
  (id) =>
    ({
      id,
      kind: "syscall",
      name: `call${id}`,
      names: [],
      event: null,
      system: "syscalls",
      fields: [],
    }) as const,
);

/** Calls with gaps between their numbers, an object event and one that builds the task tree. */
export const catalog = new Catalog("test", "x86_64", calls).with(
  { name: "file_open", system: "object", traced: true, fields: [] },
  { name: "sched_exec", system: "sched", kind: "task", traced: true, fields: [] },
);

/** Every event of the catalog, and some that it does not know, among them the highest that a row can name. */
export const eventIds = [...catalog.formats.map(({ id }) => id), 3, 334, 4095, 4098, 65_535];

export const numbers = [
  0n,
  1n,
  2n,
  0x40n,
  0x1ffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  1n << 32n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
].map(u64);

export const strings = ["", "a", "ab", "abc", "/etc/passwd"];
const labelSets = [[], ["user_home_t"], ["tmp_t", "user_home_t"], ["etc_t"]];

const value = fc.constantFrom(...numbers);
const slot = fc.nat(7);

const slotTest: fc.Arbitrary<SlotTest> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("equal" as const), slot, value }) },
  fc.record({ kind: fc.constant("below" as const), slot, signed: fc.boolean(), value }),
  fc.record({ kind: fc.constant("masked" as const), slot, mask: value, value }),
  fc.record({
    kind: fc.constant("string" as const),
    slot,
    op: fc.constantFrom("==" as const, "~" as const, "^=" as const),
    value: fc.constantFrom(...strings, "a*"),
  }),
  fc.record({
    kind: fc.constant("labels" as const),
    slot,
    labels: fc.constantFrom(["tmp_t"], ["tmp_t", "etc_t"]),
  }),
);

const end = fc.constantFrom("allow" as const, "deny" as const);

function branch(i: number, length: number): fc.Arbitrary<Branch> {
  const last = i === length - 1;
  const to: fc.Arbitrary<Target> = last ? end : fc.oneof(end, fc.integer({ min: i + 1, max: length - 1 }));
  return fc.record({ test: slotTest, whenTrue: to, whenFalse: to });
}

const anyBranches = fc
  .integer({ min: 1, max: 9 })
  .chain((length) => fc.tuple(...Array.from({ length }, (_, i) => branch(i, length))));

/** Lists of values, with a way into their middle or none: what loading makes one branch of, or may not. */
const lists: fc.Arbitrary<readonly Branch[]> = fc
  .record({
    first: slotTest,
    slot,
    values: fc.array(value, { minLength: 1, maxLength: 7 }),
    enter: fc.nat(7),
    hit: end,
    miss: end,
  })
  .map(({ first, slot, values, enter, hit, miss }) => [
    { test: first, whenTrue: 1, whenFalse: 1 + (enter % values.length) },
    ...values.map(
      (one, i): Branch => ({
        test: { kind: "equal", slot, value: one },
        whenTrue: hit,
        whenFalse: i === values.length - 1 ? miss : i + 2,
      }),
    ),
  ]);

/** Branches that go on or leave for one place, which are asked together; with a way into their middle or none. */
const chains: fc.Arbitrary<readonly Branch[]> = fc
  .record({
    first: slotTest,
    links: fc.array(fc.record({ test: slotTest, goesOnWhen: fc.boolean() }), { minLength: 2, maxLength: 11 }),
    enter: fc.nat(11),
    through: end,
    out: end,
  })
  .map(({ first, links, enter, through, out }) => [
    { test: first, whenTrue: 1, whenFalse: 1 + (enter % links.length) },
    ...links.map(({ test, goesOnWhen }, i): Branch => {
      const on = i === links.length - 1 ? through : i + 2;
      return { test, whenTrue: goesOnWhen ? on : out, whenFalse: goesOnWhen ? out : on };
    }),
  ]);

export const rule: fc.Arbitrary<Rule> = fc.oneof(
  { weight: 1, arbitrary: end },
  { weight: 3, arbitrary: anyBranches },
  { weight: 1, arbitrary: lists },
  { weight: 2, arbitrary: chains },
);

export const rules: fc.Arbitrary<Rules> = fc.record({
  rules: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...eventIds), rule), { selector: ([id]) => id, maxLength: 8 })
    .map((entries) => new Map(entries)),
  otherCalls: end,
  otherEvents: end,
  otherEntry: fc.constantFrom(null, "allow" as const, "deny" as const),
});

export const SECTIONS = ["nginx", "cache"];

export const lowered: fc.Arbitrary<Lowered> = fc.oneof(
  rules.map((one) => ({ sections: [], programs: [one] })),
  fc.tuple(rules, rules, rules, rules).map((programs) => ({ sections: SECTIONS, programs })),
);

export type Shape = {
  readonly rows: number;
  readonly seed: number;
  /** How many different events the rows have: with one it is a block of one event, with all of them a mixed one. */
  readonly kinds?: number;
  /** Of 256 rows, how many did not enter by the native path. */
  readonly otherEntry?: number;
  /** Of 256 slots, how many are not known. */
  readonly unknown?: number;
  readonly slots?: number;
  /** Bit k: slot k is narrow. */
  readonly narrow?: number;
};

export function newDictionary(): Dictionary {
  const dictionary = new Dictionary();
  for (const text of strings) dictionary.string(text);
  for (const labels of labelSets) dictionary.labels(labels);
  return dictionary;
}

export function chunkOf(shape: Shape, dictionary = newDictionary()): Chunk {
  const { rows, seed, kinds = eventIds.length, otherEntry = 16, unknown = 16, slots = 8 } = shape;
  const narrow = (shape.narrow ?? 0) & (2 ** slots - 1);
  const random = generator(seed);
  const tasks = [[], ["nginx"], ["cache", "nginx"], ["cache"]].map((lineage, i): Task => {
    return { pid: i, parent: null, comm: lineage[0] ?? "sh", lineage: new Set(lineage) };
  });
  const chunk = new Chunk(catalog, dictionary, { capacity: rows, slots, narrow, tasks });
  const events = Array.from({ length: kinds }, () => eventIds[random() % eventIds.length] ?? 0);
  for (let row = 0; row < rows; row++) {
    const abi = random() % 256 < otherEntry ? ABI.x32 : ABI.native;
    const values = chunk.slots.map((_, slot) => {
      if (random() % 256 < unknown) return undefined;
      // Small numbers are ids as well, some of them beyond the dictionary.
      const value = random() % 2 === 0 ? u64(random() % 8) : numbers[random() % numbers.length];
      return value && isNarrow(narrow, slot) ? { high: 0, low: value.low } : value;
    });
    chunk.push(random() % tasks.length, events[random() % kinds] ?? 0, abi, values);
  }
  return chunk;
}

/** The plain reading. */
export function plain({ sections, programs }: Lowered): Pick<Filter, "evaluate" | "evaluateAll"> {
  const evaluate: Filter["evaluate"] = (event) => {
    const one = programs[sections.length === 0 ? 0 : sectionSet(sections, event.task)];
    if (one === undefined) throw new RangeError("a program is missing");
    return applyRules(one, event);
  };
  return { evaluate, evaluateAll: oneByOne(evaluate) };
}

/** The bitmaps that a filter leaves, as text: what differs is seen at once. */
export function answers(filter: Pick<Filter, "evaluateAll">, chunk: Chunk, rows: Bitset): string[] {
  const verdicts = newVerdicts(rows.length);
  filter.evaluateAll(chunk, rows, verdicts);
  return Array.from({ length: rows.length }, (_, row) =>
    !rows.get(row) && !verdicts.known.get(row) && !verdicts.allow.get(row)
      ? "-"
      : !verdicts.known.get(row)
        ? verdicts.allow.get(row)
          ? "!"
          : "?"
        : verdicts.allow.get(row)
          ? "a"
          : "d",
  );
}

export function someRows(length: number, seed: number): Bitset {
  const random = generator(seed);
  const rows = new Bitset(length);
  for (let row = 0; row < length; row++) if (random() % 3 !== 0) rows.add(row);
  return rows;
}

/** xorshift32. */
export function generator(seed: number): () => number {
  let state = (seed ^ 0x9e37_79b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state >>> 3;
  };
}
