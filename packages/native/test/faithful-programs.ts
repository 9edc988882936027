// Programs of the designs and chunks near what they ask for, both cheap and seeded: ten thousand programs of a design,
// and a thousand events for each, take seconds.

import {
  type Catalog,
  Chunk,
  Dictionary,
  type EventFormat,
  FIRST_OTHER_EVENT,
  type Field,
  NO_SUCH_CALL,
  SLOTS,
  u64,
} from "@gatehouse/core";

/** A uniform whole number below `limit`. */
export type Random = (limit: number) => number;

/** A linear congruential generator, its upper bits. */
export function generator(seed: number): Random {
  let state = (Math.imul(seed, 0x9e37_79b1) ^ 0x5eed) >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

export function oneOf<T>(random: Random, choices: readonly T[]): T {
  const choice = choices[random(choices.length)];
  if (choice === undefined) throw new RangeError("nothing to choose from");
  return choice;
}

/** Where widths and signs go wrong, and small numbers so that comparisons meet. */
const CONSTANTS = [
  0n,
  1n,
  2n,
  3n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  1n << 32n,
  (1n << 63n) - 1n,
  1n << 63n,
];

const TEXTS = ["", "/tmp/", "/tmp/x", "/etc/passwd", "/t*"];
const LABELS = ["tmp_t", "user_home_t", "etc_t"];

const OLD_OPERATORS = ["==", "!=", "<", "<=", ">", ">="];

/** Which operators a filter may have: those of all kernels, `&` and `!` of 6.18, or also masks, sets, strings and labels. */
export type Operators = "2011" | "6.18" | "extended";

/** A filter of up to eight comparisons. */
export function filterText(random: Random, format: EventFormat, operators: Operators): string {
  const fields = operators === "6.18" ? format.fields.filter(({ type }) => !isString(type)) : format.fields;
  let left = 1 + random(8);
  const part = (depth: number): string => {
    const not = operators !== "2011" && random(6) === 0 ? "!" : "";
    if (depth < 3 && left > 1 && random(3) === 0) return `${not}(${expression(depth + 1)})`;
    left--;
    const comparison = comparisonText(random, oneOf(random, fields), operators);
    return not === "" ? comparison : `!(${comparison})`;
  };
  const expression = (depth: number): string => {
    let text = part(depth);
    while (left > 0 && random(3) > 0) text += ` ${oneOf(random, ["&&", "||"])} ${part(depth)}`;
    return text;
  };
  return expression(0);
}

/** For 6.18 a pointer to characters is a string, and no number is compared with it. */
function isString(type: string): boolean {
  return type === "char *" || type === "const char *";
}

function comparisonText(random: Random, field: Field, operators: Operators): string {
  const { name, kind } = field;
  if (kind === "string") return `${name} ${oneOf(random, ["==", "!=", "~", "^="])} "${oneOf(random, TEXTS)}"`;
  if (kind === "labels") return `${name} & (${oneOf(random, LABELS)} | ${oneOf(random, LABELS)})`;
  const number = () => fitting(oneOf(random, CONSTANTS), field, false);
  const constant = (value = number()) => `0x${value.toString(16)}`;
  const choice = random(operators === "2011" ? 6 : operators === "6.18" ? 7 : 10);
  if (choice === 7) return `${name} in {${constant()}, ${constant()}, ${constant()}}`;
  if (choice === 8) {
    const mask = number();
    return `${name} & ${constant(mask)} ${oneOf(random, ["==", "!="])} ${constant(number() & mask)}`;
  }
  return `${name} ${OLD_OPERATORS[choice] ?? "&"} ${constant()}`;
}

/** The value cut to what its field can hold; a constant is never negative. */
function fitting(value: bigint, { size, signed }: Field, isSlot: boolean): bigint {
  if (!signed) return BigInt.asUintN(8 * size, value);
  return isSlot ? BigInt.asUintN(64, BigInt.asIntN(8 * size, value)) : BigInt.asUintN(8 * size - 1, value);
}

/** Calls, and with `any` other events too, that a filter can be put on. */
export function filterable({ formats }: Catalog, any = false): readonly EventFormat[] {
  return formats.filter(
    ({ kind, event, fields }) =>
      (kind === "syscall" || (any && kind === "other")) &&
      event !== null &&
      fields.some(({ type }) => !isString(type)),
  );
}

/**
 * Events of which most are of the given formats, with fields near the constants; some slots are not known, some calls
 * enter by another path, some events are no calls or in no catalog.
 */
export function eventsOf(
  random: Random,
  catalog: Catalog,
  formats: readonly EventFormat[],
  rows: number,
): Chunk {
  const chunk = new Chunk(catalog, dictionary(), { capacity: rows, slots: SLOTS, tasks: [TASK] });
  const strangers = [
    0,
    59,
    300,
    catalog.calls,
    NO_SUCH_CALL,
    FIRST_OTHER_EVENT,
    FIRST_OTHER_EVENT + 1,
    65_535,
  ];
  chunk.length = rows;
  for (let row = 0; row < rows; row++) {
    const format = formats.length > 0 && random(8) > 0 ? oneOf(random, formats) : undefined;
    chunk.event[row] = format?.id ?? oneOf(random, strangers);
    chunk.abi[row] = random(20) === 0 ? 1 + random(2) : 0;
    const known = random(6) === 0 ? random(256) : 255;
    for (const { field, low, high } of poolsOf(format)) {
      if ((known >>> field.slot) % 2 === 0) continue;
      chunk.known[row] = (chunk.known[row] ?? 0) | (1 << field.slot);
      const pick = random(low.length);
      const column = chunk.slots[field.slot];
      if (column === undefined) throw new RangeError("a field is in no slot");
      column[2 * row] = low[pick] ?? 0;
      column[2 * row + 1] = high[pick] ?? 0;
    }
  }
  return chunk;
}

/** Label sets, of which one is empty, and strings; ids run past their ends. */
function dictionary(): Dictionary {
  const made = new Dictionary();
  for (const text of [...TEXTS, "/tmp/y", "x"]) made.string(text);
  for (const labels of [[], ["tmp_t"], ["etc_t", "user_home_t"], ["shadow_t"]]) made.labels(labels);
  return made;
}

type Pool = { readonly field: Field; readonly low: Uint32Array; readonly high: Uint32Array };

const pools = new WeakMap<EventFormat, readonly Pool[]>();

/** What the fields of an event may hold. */
function poolsOf(format: EventFormat | undefined): readonly Pool[] {
  if (format === undefined) return [];
  const made = pools.get(format) ?? format.fields.map(poolOf);
  pools.set(format, made);
  return made;
}

function poolOf(field: Field): Pool {
  const near = CONSTANTS.flatMap((value) => [value, value + 1n, value - 1n]);
  const values = (field.kind === "number" ? near.map((value) => fitting(value, field, true)) : IDS).map(
    (value) => u64(BigInt.asUintN(64, value)),
  );
  return {
    field,
    low: Uint32Array.from(values, ({ low }) => low),
    high: Uint32Array.from(values, ({ high }) => high),
  };
}

const IDS = [0n, 1n, 2n, 3n, 4n, 5n, 6n, 9n];

const TASK = { pid: 1, parent: null, comm: "test", lineage: new Set(["test"]) };
