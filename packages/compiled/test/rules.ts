// Lowered programs and chunks for this package's tests: any branches, not only such as `lower` makes, over values that
// are near what they ask for; and the comparison with the plain reading.

import {
  applyRules,
  type Backend,
  Bitset,
  type Branch,
  Catalog,
  Chunk,
  type Columns,
  Dictionary,
  isNarrow,
  type Lowered,
  newVerdicts,
  type Rule,
  type Rules,
  SLOTS,
  type SlotTest,
  sectionSet,
  type Target,
  type Task,
  u64,
} from "@gatehouse/core";
import fc from "fast-check";

export const catalog = new Catalog(
  "test",
  "x86_64",
  [0, 1, 2, 300].map((id) => ({
    id,
    kind: "syscall",
    name: `call${id}`,
    names: [],
    event: null,
    system: "syscalls",
    fields: [],
  })),
).with({ name: "file_open", system: "object", traced: true, fields: [] });

/** Those of the catalog and some that it does not have. */
const IDS = [0, 1, 2, 3, 300, 301, 4095, 4096, 4097, 65_535];

const NUMBERS = [
  0n,
  1n,
  0x40n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  1n << 32n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
].map(u64);
const TEXTS = ["", "/tmp/", "/tmp/x", "etc"];
const LABEL_SETS = [[], ["a"], ["b"], ["a", "b"]];
const TASKS: readonly Task[] = [[], ["x"], ["y"], ["x", "y"]].map((lineage, i) => ({
  pid: i,
  parent: null,
  comm: "",
  lineage: new Set(lineage),
}));

const verdict = fc.constantFrom("allow" as const, "deny" as const);
const slot = fc.nat({ max: SLOTS - 1 });
const value = fc.constantFrom(...NUMBERS);
const slotTest: fc.Arbitrary<SlotTest> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("equal" as const), slot, value }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("below" as const), slot, signed: fc.boolean(), value }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("masked" as const), slot, mask: value, value }) },
  fc.record({
    kind: fc.constant("string" as const),
    slot,
    op: fc.constantFrom("==" as const, "^=" as const, "~" as const),
    value: fc.constantFrom("", "/tmp/", "/t*"),
  }),
  fc.record({
    kind: fc.constant("labels" as const),
    slot,
    labels: fc.constantFrom(["a"], ["a", "c"], ["d"]),
  }),
);

/** Forward jumps of any length. */
export const branches: fc.Arbitrary<readonly Branch[]> = fc
  .array(fc.tuple(slotTest, fc.nat(), fc.nat()), { minLength: 1, maxLength: 24 })
  .map((parts) =>
    parts.map(([test, yes, no], i): Branch => {
      const later = [...parts.keys()].filter((target) => target > i);
      const targets: readonly Target[] = ["allow", "deny", ...later];
      // Near ones more often: that is what conditions come down to.
      const target = (choice: number) => targets[Math.min(choice % targets.length, choice % 5)] ?? "deny";
      return { test, whenTrue: target(yes), whenFalse: target(no) };
    }),
  );

const rule: fc.Arbitrary<Rule> = fc.oneof(verdict, { weight: 3, arbitrary: branches });

const rules: fc.Arbitrary<Rules> = fc.record({
  rules: fc.array(fc.tuple(fc.constantFrom(...IDS), rule), { maxLength: 6 }).map((each) => new Map(each)),
  otherCalls: verdict,
  otherEvents: verdict,
  otherEntry: fc.option(verdict),
});

export const lowered: fc.Arbitrary<Lowered> = fc
  .constantFrom<readonly string[]>([], ["x"], ["x", "y"])
  .chain((sections) =>
    fc.record({
      sections: fc.constant(sections),
      programs: fc.array(rules, { minLength: 2 ** sections.length, maxLength: 2 ** sections.length }),
    }),
  );

/** The most rows and slots of a chunk of these. */
export const LARGEST = { capacity: 9001, slots: SLOTS };

/** `kinds`: how many events it has; `known`: how many slots in a hundred. */
export const chunkShape = fc.record({
  rows: fc.constantFrom(1, 7, 8, 31, 33, 100, 1000, 8192, LARGEST.capacity),
  kinds: fc.constantFrom(1, 2, IDS.length),
  foreign: fc.constantFrom(0, 10),
  known: fc.constantFrom(100, 99, 60),
  slots: fc.constantFrom(6, SLOTS),
  narrow: fc.constantFrom(0, 0b10_0101, 0b11_1111),
  seed: fc.nat(),
});

/** `columns`: where its rows lie, of the largest shape and perhaps full of another chunk's; else in its own memory. */
export function chunkOf(
  {
    rows,
    kinds,
    foreign,
    known,
    slots,
    narrow,
    seed,
  }: typeof chunkShape extends fc.Arbitrary<infer T> ? T : never,
  columns?: Columns,
): Chunk {
  const random = generator(seed);
  const dictionary = new Dictionary();
  for (const text of TEXTS) dictionary.string(text);
  for (const labels of LABEL_SETS) dictionary.labels(labels);
  const memory = columns && { columns: { ...columns, slots: columns.slots.slice(0, slots) } };
  const chunk = new Chunk(catalog, dictionary, {
    capacity: rows,
    slots,
    narrow,
    tasks: [...TASKS],
    ...memory,
  });
  for (let row = 0; row < rows; row++) {
    const values = Array.from({ length: slots }, (_, slot) => {
      if (random() % 100 >= known) return undefined;
      const value = NUMBERS[random() % (NUMBERS.length + 4)] ?? u64(random() % 6);
      return isNarrow(chunk.narrow, slot) ? { high: 0, low: value.low } : value;
    });
    const abi = random() % 100 < foreign ? 1 : 0;
    chunk.push(random() % TASKS.length, IDS[(seed + (random() % kinds)) % IDS.length] ?? 0, abi, values);
  }
  return chunk;
}

/** Rows on which `backend` answers otherwise than the plain reading, in bulk or one by one. `stride`: rows asked. */
export function differences(backend: Backend, what: Lowered, chunk: Chunk, stride = 1): string[] {
  const filter = backend.load(what, catalog);
  const rows = new Bitset(chunk.length);
  for (let row = 0; row < chunk.length; row += stride) rows.add(row);
  const verdicts = newVerdicts(chunk.length);
  filter.evaluateAll(chunk, rows, verdicts);
  const wrong: string[] = [];
  for (let row = 0; row < chunk.length; row++) {
    const event = chunk.at(row);
    const set = sectionSet(what.sections, event.task);
    const program = what.programs[set];
    if (program === undefined) throw new RangeError(`no program for set ${set}`);
    const wanted = applyRules(program, event);
    const [allow, known] = [verdicts.allow.get(row), verdicts.known.get(row)];
    const isRight = rows.get(row)
      ? known === (wanted !== "unknown") && allow === (wanted === "allow")
      : !known && !allow;
    if (!isRight) wrong.push(`row ${row}: ${wanted}, in bulk known ${known}, allow ${allow}`);
    const one = filter.evaluate(event);
    if (one !== wanted) wrong.push(`row ${row}: ${wanted}, one by one ${one}`);
  }
  return wrong;
}

/** Marsaglia's xorshift of 32 bits: each call gives the next number. */
function generator(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
