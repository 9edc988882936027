// Many events for a policy, cheaply: near the constants it asks for and at the edges of 64 bits, so that its clauses
// match some of them and just miss others. Seeded: the same policy and seed give the same events.

import {
  ABI,
  type Catalog,
  Chunk,
  Dictionary,
  type EventFormat,
  type Field,
  isNarrow,
  NO_SUCH_CALL,
  type Policy,
  type Predicate,
  predicatesOf,
  SLOTS,
  u64,
  wordsIn,
} from "@gatehouse/core";
import { numbersOf, tasksOf, textsOf } from "@gatehouse/policies/arbitrary";

/** Values on which 32-bit halves, signs and doubles go wrong. */
const EDGES = [
  0n,
  1n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  1n << 32n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
];

/**
 * Of events that the policy names, one row in sixteen is about another one; one slot in thirty-two is not known. One chunk in four
 * has narrow slots, in which every value is cut to 32 bits.
 */
export function eventsNear(policy: Policy, catalog: Catalog, rows: number, seed: number): Chunk {
  const random = generator(seed);
  const dictionary = new Dictionary();
  const judged = catalog.formats.filter(({ kind }) => kind !== "task");
  const named = judged.filter(({ names }) => policy.clauses.some(({ event }) => names.includes(event)));
  const sources = (named.length > 0 ? named : judged).map((format) => source(format, policy, dictionary));
  const others = [...judged.map(({ id }) => id), NO_SUCH_CALL, catalog.calls];
  const tasks = tasksOf(policy);
  const narrow = random() % 4 === 0 ? random() % 2 ** SLOTS : 0;
  const chunk = new Chunk(catalog, dictionary, { capacity: rows, slots: SLOTS, narrow, tasks });
  chunk.length = rows;
  for (let row = 0; row < rows; row++) {
    chunk.task[row] = random() % tasks.length;
    if (random() % 16 === 0) chunk.abi[row] = random() % 2 === 0 ? ABI.int80 : ABI.x32;
    const from = random() % 16 === 0 ? undefined : sources[random() % sources.length];
    chunk.event[row] = from?.id ?? others[random() % others.length] ?? 0;
    for (const { slot, low, high } of from?.fields ?? []) {
      if (random() % 32 === 0) continue;
      const pick = random() % low.length;
      const column = chunk.slots[slot];
      if (column === undefined) continue;
      const at = wordsIn(narrow, slot) * row;
      column[at] = low[pick] ?? 0;
      if (!isNarrow(narrow, slot)) column[at + 1] = high[pick] ?? 0;
      chunk.known[row] = (chunk.known[row] ?? 0) | (1 << slot);
    }
  }
  return chunk;
}

/** What a slot may hold, as the two words of each value. */
type Pool = { readonly slot: number; readonly low: readonly number[]; readonly high: readonly number[] };

function source(format: EventFormat, policy: Policy, dictionary: Dictionary) {
  const asked = policy.clauses
    .filter(({ event }) => format.names.includes(event))
    .flatMap(({ condition }) => predicatesOf(condition));
  const fields = format.fields.map((field): Pool => {
    const on = asked.filter((predicate) => predicate.field === field.name);
    const values = valuesFor(field, on, policy, dictionary).map(u64);
    return { slot: field.slot, low: values.map(({ low }) => low), high: values.map(({ high }) => high) };
  });
  return { id: format.id, fields };
}

function valuesFor(
  field: Field,
  asked: readonly Predicate[],
  { labels }: Policy,
  dictionary: Dictionary,
): (bigint | number)[] {
  if (field.kind === "string") {
    const texts = asked.flatMap(textsOf).flatMap((text) => [text, `${text}x`, text.slice(0, -1)]);
    return ["", "/tmp/x", ...texts].map((text) => dictionary.string(text));
  }
  if (field.kind === "labels") {
    const sets = [[], ["undeclared_t"], labels, ...labels.map((label) => [label])];
    return sets.map((set) => dictionary.labels(set));
  }
  const near = asked
    .flatMap(numbersOf)
    .flatMap((value) => [value, value, value + 1n, value - 1n, value ^ (1n << 32n), value ^ (1n << 63n)]);
  return [...near, ...EDGES].map((value) => narrowed(value, field));
}

/** As a row of the event would hold it: no wider than the field, and sign-extended where that is signed. */
function narrowed(value: bigint, { size, signed }: Field): bigint {
  return signed ? BigInt.asIntN(8 * size, value) : BigInt.asUintN(8 * size, value);
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
