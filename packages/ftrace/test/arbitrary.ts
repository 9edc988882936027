// Generators of conditions and events over `typed`, made as core's constructors make them.

import { constants } from "@gatehouse/catalog";
import {
  all,
  any,
  type Condition,
  type Constant,
  type Field,
  not,
  type Predicate,
  u64,
} from "@gatehouse/core";
import fc from "fast-check";
import { typed, type Values } from "./events.js";

const BOUNDARIES = [
  0n,
  1n,
  2n,
  0x7fn,
  0x80n,
  0xffn,
  0x100n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
]
  .concat([2n ** 32n + 1n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 2n, 2n ** 64n - 1n])
  .concat([0xffff_ff9cn, 0xffff_ffff_ffff_ff9cn]);

/** A value of 64 bits, mostly one at which comparisons go wrong. */
export const register = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...BOUNDARIES) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
);

/** Few, so that they meet; with everything that globs and quotes treat specially. */
const string = fc.string({ unit: fc.constantFrom(..."ab1*?[]!\\'/-"), maxLength: 5 });
const label = fc.constantFrom("tmp_t", "etc_t", "user_home_t");

function cut(value: bigint, { size, signed }: Field): bigint {
  return signed ? BigInt.asIntN(8 * size, value) : BigInt.asUintN(8 * size, value);
}

/** A number as written for the field, decimal or hex. */
function literal(field: Field): fc.Arbitrary<Constant> {
  return fc.tuple(register, fc.boolean()).map(([bits, isHex]) => {
    const value = cut(bits, field);
    const text = isHex
      ? `${value < 0n ? "-" : ""}0x${(value < 0n ? -value : value).toString(16)}`
      : `${value}`;
    return { text, values: [u64(value)] };
  });
}

function named(name: string): Constant {
  const found = constants.get(name);
  if (found === undefined) throw new RangeError(`no constant \`${name}\``);
  return found;
}

function equalConstant(field: Field): fc.Arbitrary<Constant> {
  if (field.name !== "c") return literal(field);
  const names = ["AT_FDCWD", "O_RDONLY", "O_CREAT", "TIOCSTI"].map(named);
  return fc.oneof(literal(field), fc.constantFrom(...names));
}

const joined: Constant = { text: "(O_CREAT | O_TRUNC)", values: [u64(0x240)] };

function numberPredicate(field: Field): fc.Arbitrary<Predicate> {
  const { name } = field;
  const mask = field.size === 8 ? fc.oneof(literal(field), fc.constant(joined)) : literal(field);
  return fc.oneof(
    fc.record({
      kind: fc.constant("equal" as const),
      field: fc.constant(name),
      op: fc.constantFrom("==", "!="),
      value: equalConstant(field),
    }),
    fc.record({
      kind: fc.constant("order" as const),
      field: fc.constant(name),
      op: fc.constantFrom("<", "<=", ">", ">="),
      value: literal(field),
    }),
    fc.record({ kind: fc.constant("anyBit" as const), field: fc.constant(name), mask }),
    fc
      .record({ mask: literal(field), part: register, op: fc.constantFrom("==" as const, "!=" as const) })
      .map(({ mask: wide, part, op }): Predicate => {
        const [bits = u64(0)] = wide.values;
        const value = cut(((BigInt(bits.high) << 32n) | BigInt(bits.low)) & part, field);
        return {
          kind: "masked",
          field: name,
          mask: wide,
          op,
          value: { text: `${value}`, values: [u64(value)] },
        };
      }),
    fc
      .array(equalConstant(field), { minLength: 1, maxLength: 3 })
      .map((values): Predicate => ({ kind: "in", field: name, values })),
  );
}

const stringPredicate: fc.Arbitrary<Predicate> = fc.oneof(
  fc.record({
    kind: fc.constant("string" as const),
    field: fc.constant("text"),
    op: fc.constantFrom("==", "!=", "~", "^="),
    value: string,
  }),
  fc
    .array(string, { minLength: 1, maxLength: 3 })
    .map((values): Predicate => ({ kind: "stringIn", field: "text", values })),
);

const labelsPredicate: fc.Arbitrary<Predicate> = fc
  .array(label, { minLength: 1, maxLength: 3 })
  .map((labels) => ({ kind: "labels", field: "label", labels }));

const numbers = typed.fields.filter(({ kind }) => kind === "number").map(numberPredicate);

function conditionOver(predicate: fc.Arbitrary<Predicate>): fc.Arbitrary<Condition> {
  return fc.letrec<{ node: Condition; leaf: Condition; group: Condition }>((tie) => ({
    node: fc.oneof({ depthSize: "small", withCrossShrink: true }, tie("leaf"), tie("group")),
    leaf: predicate,
    group: fc.oneof(
      fc.array(tie("node"), { minLength: 2, maxLength: 3 }).map(all),
      fc.array(tie("node"), { minLength: 2, maxLength: 3 }).map(any),
      tie("node").map(not),
    ),
  })).node;
}

/** Anything that `extended` can say. */
export const condition = conditionOver(fc.oneof(...numbers, stringPredicate, labelsPredicate));

/** Anything that 6.18 can say too, if in other words. */
export const kernelCondition = conditionOver(fc.oneof(...numbers, stringPredicate));

const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { freq: 6 });

/** Values for `typedEvent`, of which some are not known. */
export const values: fc.Arbitrary<Values> = fc.record({
  a: maybe(register),
  b: maybe(register),
  c: maybe(register),
  i: maybe(register),
  j: maybe(register),
  text: maybe(string),
  label: maybe(fc.uniqueArray(label, { maxLength: 3 })),
});
