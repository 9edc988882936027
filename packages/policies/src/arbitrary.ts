// Policies and events for properties. Policies are over the events of a catalog, with every kind of predicate, in the
// form in which the printer writes them; events lie near what a policy asks for, or at the edges of 64 bits, so that
// most clauses match some of them.

import { constants } from "@gatehouse/catalog";
import {
  ABI,
  type Abi,
  type Action,
  ALLOW,
  ALWAYS,
  all,
  any,
  type Catalog,
  Chunk,
  type Clause,
  type Condition,
  type Constant,
  constant,
  Dictionary,
  type EventFormat,
  type EventId,
  type Field,
  hex,
  isZero,
  KILL,
  NO_SUCH_CALL,
  not,
  or64,
  type Policy,
  type Predicate,
  predicatesOf,
  SLOTS,
  sectionsOf,
  type Task,
  toBigInt,
  toByteString,
  type U64,
  u64,
  ZERO,
} from "@gatehouse/core";
import fc from "fast-check";

const LABELS = ["tmp_t", "user_home_t", "etc_t", "shadow_t"];
const TASKS = ["nginx", "net thread", "ü", "*", 'quo"te'];
const TEXTS = ["", "/tmp/", "/tmp/x", "/etc/passwd", "/t*", "[!a]?*", "# no comment", "it's", "é", "7*"];

/** Values on which 32-bit halves, signs and doubles go wrong. */
const EDGES = [
  [0n, 1n, 2n, 3n],
  [0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, 1n << 32n, (1n << 32n) + 1n],
  [(1n << 53n) + 1n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n],
].flat();

const REFUSALS: readonly Action[] = [
  KILL,
  { kind: "deny", errno: "EPERM", code: 1 },
  { kind: "deny", errno: "EACCES", code: 13 },
];

/** As often allowed as refused. */
const actions = fc.oneof(fc.constant(ALLOW), fc.constantFrom(...REFUSALS));
const names = (few: readonly string[], maxLength: number) =>
  fc.oneof(fc.constantFrom(...few), fc.string({ maxLength }));

export function policies(catalog: Catalog): fc.Arbitrary<Policy> {
  const judged = catalog.formats.filter(({ kind }) => kind !== "task");
  // The few object events hold the kinds of fields that calls do not have.
  const others = judged.filter(({ kind }) => kind === "other");
  const format = fc.oneof(fc.constantFrom(...judged), fc.constantFrom(...(others[0] ? others : judged)));
  // Few events and many clauses, so that clauses meet.
  const named = fc.uniqueArray(format, { minLength: 1, maxLength: 3, selector: ({ id }) => id });
  const tasks = fc.uniqueArray(names(TASKS, 5), { maxLength: 2 });
  return fc.tuple(named, tasks).chain(([formats, sections]) => {
    const clause = (task: string | null) => fc.constantFrom(...formats).chain((one) => clauses(one, task));
    return fc.record({
      name: names(["", "pdftotext", "#", "a b"], 10),
      default: actions,
      labels: fc.constant(LABELS),
      clauses: fc
        .tuple(...[null, ...sections].map((task) => fc.array(clause(task), { maxLength: 5 })))
        .map((lists) => lists.flat()),
    });
  });
}

function clauses(format: EventFormat, task: string | null): fc.Arbitrary<Clause> {
  return fc.record({
    action: actions,
    event: fc.constantFrom(...format.names),
    condition: conditions(format),
    task: fc.constant(task),
    at: fc.constant(null),
  });
}

/** In normal form: no constant but ALWAYS alone, no `&&` directly inside another. */
export const conditions: (format: EventFormat) => fc.Arbitrary<Condition> = once(makeConditions);

/** Making one goes through all constants, and policies are made by the thousand. */
const predicates: (field: Field) => fc.Arbitrary<Predicate> = once(makePredicates);

function once<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}

function makeConditions(format: EventFormat): fc.Arbitrary<Condition> {
  if (format.fields.length === 0) return fc.constant(ALWAYS);
  const predicate = fc.constantFrom(...format.fields).chain(predicates);
  const { tree } = fc.letrec<{ tree: Condition }>((tie) => {
    const several = fc.array(tie("tree"), { minLength: 2, maxLength: 3 });
    const branches = [tie("tree").map(not), several.map(all), several.map(any)];
    return { tree: fc.oneof({ maxDepth: 3, depthSize: "small" }, predicate, ...branches) };
  });
  return fc.oneof({ arbitrary: fc.constant(ALWAYS), weight: 1 }, { arbitrary: tree, weight: 4 });
}

function makePredicates(field: Field): fc.Arbitrary<Predicate> {
  if (field.kind === "number") return numericPredicates(field);
  if (field.kind === "string") return textualPredicates(field);
  return fc.record({
    kind: fc.constant("labels"),
    field: fc.constant(field.name),
    labels: fc.uniqueArray(fc.constantFrom(...LABELS), { minLength: 1 }),
  });
}

function numericPredicates(of: Field): fc.Arbitrary<Predicate> {
  const field = fc.constant(of.name);
  const value = constantsFor(of);
  const single = value.filter(({ values }) => values.length === 1);
  const op = fc.constantFrom("==", "!=");
  const masked = fc.tuple(single, numbersFor(of), op).map(
    // A value with bits outside the mask is refused: it would never be equal.
    ([mask, bits, op]): Predicate => ({
      kind: "masked",
      field: of.name,
      mask,
      op,
      value: constant(bits & toBigInt(mask.values[0] ?? ZERO)),
    }),
  );
  return fc.oneof(
    fc.record({ kind: fc.constant("equal"), field, op, value }),
    fc.record({
      kind: fc.constant("order"),
      field,
      op: fc.constantFrom("<", "<=", ">", ">="),
      value: single,
    }),
    fc.record({ kind: fc.constant("anyBit"), field, mask: single.filter((mask) => !isNamedZero(mask)) }),
    masked,
    fc.record({ kind: fc.constant("in"), field, values: fc.array(value, { minLength: 1, maxLength: 4 }) }),
  );
}

/** `flags & O_RDONLY` is refused: it asks for a bit of a name that has none. */
function isNamedZero({ text, values }: Constant): boolean {
  return values.every(isZero) && !/^[0-9]/.test(text);
}

function constantsFor(field: Field): fc.Arbitrary<Constant> {
  const fits = [...constants.values()].filter(({ values }) => values.every((value) => fit(field, value)));
  const written = numbersFor(field).chain((number) => {
    const value = u64(number);
    return fc.constantFrom({ text: String(number), values: [value] }, { text: hex(value), values: [value] });
  });
  const named = fc.constantFrom(...fits);
  const flags = fits.filter(({ values }) => values.length === 1);
  const joined = fc.array(fc.constantFrom(...flags), { minLength: 2, maxLength: 3 }).map(
    (parts): Constant => ({
      text: `(${parts.map(({ text }) => text).join(" | ")})`,
      values: [parts.map(({ values }) => values[0] ?? ZERO).reduce(or64)],
    }),
  );
  return fc.oneof(written, named, joined);
}

function numbersFor({ size }: Field): fc.Arbitrary<bigint> {
  const max = (1n << BigInt(8 * size)) - 1n;
  return fc.oneof(fc.constantFrom(...EDGES.filter((edge) => edge <= max)), fc.bigInt({ min: 0n, max }));
}

function fit({ size }: Field, value: U64): boolean {
  return toBigInt(value) < 1n << BigInt(8 * size);
}

function textualPredicates(of: Field): fc.Arbitrary<Predicate> {
  const field = fc.constant(of.name);
  // Strings have no escapes, so one that holds both quotes cannot be written.
  const value = names(TEXTS, 6)
    .filter((text) => !(text.includes("'") && text.includes('"')))
    .map(toByteString);
  return fc.oneof(
    fc.record({ kind: fc.constant("string"), field, op: fc.constantFrom("==", "!=", "~", "^="), value }),
    fc.record({
      kind: fc.constant("stringIn"),
      field,
      values: fc.array(value, { minLength: 1, maxLength: 3 }),
    }),
  );
}

/** What no event of `format` can be asked: a field that it has not, a field of another kind, or not the one value needed. */
export function impossiblePredicates(format: EventFormat): fc.Arbitrary<Predicate> {
  const missing = { name: "nosuch", kind: "number" } as const;
  return fc.oneof(
    fc.constantFrom(...asked(missing)),
    ...format.fields.map((field) =>
      fc.constantFrom(
        ...withoutValue(field),
        ...KINDS.filter((kind) => kind !== field.kind).flatMap((kind) => asked({ name: field.name, kind })),
      ),
    ),
  );
}

const KINDS: readonly Field["kind"][] = ["number", "string", "labels"];

const ONE = constant(1);
/** The constants that stand for two values do so where they are compared for being equal, and nowhere else. */
const TWO: Constant = { text: "AT_FDCWD", values: [u64(0xffff_ff9c), u64(-100)] };
const NONE: Constant = { text: "NOTHING", values: [] };

/** Each kind of predicate that a field of that kind takes. */
function asked({ name: field, kind }: Pick<Field, "name" | "kind">): Predicate[] {
  if (kind === "labels") return [{ kind, field, labels: ["tmp_t"] }];
  if (kind === "string") {
    return [
      { kind, field, op: "==", value: "a" },
      { kind: "stringIn", field, values: ["a", "b"] },
    ];
  }
  return [
    { kind: "equal", field, op: "!=", value: ONE },
    { kind: "in", field, values: [ONE] },
    { kind: "order", field, op: "<", value: ONE },
    { kind: "anyBit", field, mask: ONE },
    { kind: "masked", field, mask: ONE, op: "==", value: ONE },
  ];
}

function withoutValue({ name: field, kind }: Field): Predicate[] {
  if (kind === "labels") return [{ kind, field, labels: [] }];
  if (kind === "string") return [{ kind: "stringIn", field, values: [] }];
  return [
    { kind: "in", field, values: [] },
    { kind: "in", field, values: [ONE, NONE] },
    { kind: "equal", field, op: "==", value: NONE },
    { kind: "equal", field, op: "!=", value: NONE },
    ...[NONE, TWO].flatMap((value): Predicate[] => [
      { kind: "order", field, op: ">=", value },
      { kind: "anyBit", field, mask: value },
      { kind: "masked", field, mask: value, op: "==", value: ONE },
      { kind: "masked", field, mask: ONE, op: "!=", value },
    ]),
  ];
}

/** A policy and a chunk of events to ask it about. */
export function policyAndEvents(
  catalog: Catalog,
): fc.Arbitrary<{ readonly policy: Policy; readonly chunk: Chunk }> {
  return policies(catalog).chain((policy) =>
    fc
      .array(rows(catalog, policy), { minLength: 1, maxLength: 12 })
      .map((made) => ({ policy, chunk: chunkOf(catalog, tasksOf(policy), made) })),
  );
}

type Row = {
  readonly task: number;
  readonly event: EventId;
  readonly abi: Abi;
  /** By field; undefined: not known. */
  readonly values: readonly { readonly field: Field; readonly value: Value | undefined }[];
};
type Value = bigint | string | readonly string[];

function rows(catalog: Catalog, policy: Policy): fc.Arbitrary<Row> {
  const judged = catalog.formats.filter(({ kind }) => kind !== "task");
  const named = judged.filter((format) =>
    policy.clauses.some(({ event }) => catalog.byName(event) === format),
  );
  const numberless = fc.constantFrom<EventId>(NO_SUCH_CALL, catalog.calls);
  const format = fc.oneof(
    { arbitrary: fc.constantFrom(...(named[0] ? named : judged)), weight: 8 },
    { arbitrary: fc.constantFrom(...judged), weight: 1 },
  );
  const task = fc.nat({ max: tasksOf(policy).length - 1 });
  const abi = fc.oneof(
    { arbitrary: fc.constant(ABI.native), weight: 12 },
    { arbitrary: fc.constantFrom(ABI.int80, ABI.x32), weight: 1 },
  );
  const known = format.chain((one) => {
    const values = one.fields.map((field) => {
      const value = fc.option(valuesNear(field, predicatesOn(field, one, policy, catalog)), {
        nil: undefined,
      });
      return fc.record({ field: fc.constant(field), value });
    });
    return fc.record({ task, abi, event: fc.constant(one.id), values: fc.tuple(...values) });
  });
  const unheard = fc.record({ task, abi, event: numberless, values: fc.constant([]) });
  return fc.oneof({ arbitrary: known, weight: 12 }, { arbitrary: unheard, weight: 1 });
}

function predicatesOn(field: Field, format: EventFormat, { clauses }: Policy, catalog: Catalog): Predicate[] {
  return clauses
    .filter(({ event }) => catalog.byName(event) === format)
    .flatMap(({ condition }) => predicatesOf(condition))
    .filter((predicate) => predicate.field === field.name);
}

function valuesNear(field: Field, asked: readonly Predicate[]): fc.Arbitrary<Value> {
  if (field.kind === "labels") return fc.subarray([...LABELS, "undeclared_t"]);
  if (field.kind === "string") {
    const texts = asked.flatMap((predicate) => textsOf(predicate)).flatMap((text) => [text, `${text}x`]);
    return fc.oneof(fc.constantFrom(...texts, ...TEXTS.map(toByteString)), fc.string({ maxLength: 6 }));
  }
  const near = asked
    .flatMap((predicate) => numbersOf(predicate))
    .flatMap((value) => [value, value + 1n, value - 1n, value ^ (1n << 32n), value ^ (1n << 63n)])
    .map((value) => BigInt.asUintN(8 * field.size, value));
  return near.length === 0 ? numbersFor(field) : fc.oneof(fc.constantFrom(...near), numbersFor(field));
}

/** What a predicate asks a string for. */
export function textsOf(predicate: Predicate): readonly string[] {
  if (predicate.kind === "string") return [predicate.value];
  return predicate.kind === "stringIn" ? predicate.values : [];
}

/** What it asks a number for: its constants, and of a masked comparison the mask too. */
export function numbersOf(predicate: Predicate): bigint[] {
  const numbers = (all: readonly Constant[]) => all.flatMap(({ values }) => values.map(toBigInt));
  if (predicate.kind === "equal" || predicate.kind === "order") return numbers([predicate.value]);
  if (predicate.kind === "in") return numbers(predicate.values);
  if (predicate.kind === "anyBit") return numbers([predicate.mask]);
  return predicate.kind === "masked" ? numbers([predicate.value, predicate.mask]) : [];
}

/** One in no section, one in each, one in all. */
export function tasksOf(policy: Policy): Task[] {
  const sections = sectionsOf(policy);
  const lineages = [[], ...sections.map((name) => [name]), sections];
  return lineages.map((lineage, i) => ({
    pid: 100 + i,
    parent: null,
    comm: "child",
    lineage: new Set(["child", ...lineage]),
  }));
}

function chunkOf(catalog: Catalog, tasks: Task[], made: readonly Row[]): Chunk {
  const dictionary = new Dictionary();
  const chunk = new Chunk(catalog, dictionary, { capacity: made.length, slots: SLOTS, tasks });
  for (const { task, event, abi, values } of made) {
    const slots: (U64 | undefined)[] = [];
    for (const { field, value } of values) {
      if (value !== undefined) slots[field.slot] = slotValue(dictionary, value);
    }
    chunk.push(task, event, abi, slots);
  }
  return chunk;
}

function slotValue(dictionary: Dictionary, value: Value): U64 {
  if (typeof value === "bigint") return u64(value);
  return u64(typeof value === "string" ? dictionary.string(value) : dictionary.labels(value));
}
