// Policies on one register, `lseek`'s offset, and values on both sides of everything that they compare it with.

import { linux618 } from "@gatehouse/catalog";
import {
  ALLOW,
  Chunk,
  type Condition,
  Dictionary,
  decide,
  KILL,
  type Policy,
  predicatesOf,
  SLOTS,
  toBigInt,
  u64,
} from "@gatehouse/core";
import { conditions } from "@gatehouse/policies/arbitrary";
import fc from "fast-check";

const lseek = linux618.byName("lseek");
if (lseek === undefined) throw new Error("the catalog has no lseek");
const offset = lseek.fields[1];
if (offset === undefined) throw new Error("lseek has no second field");
const oneField = { ...lseek, fields: [offset] };

export function onOneRegister(): fc.Arbitrary<{ policy: Policy; values: readonly bigint[] }> {
  return fc
    .tuple(conditions(oneField), conditions(oneField), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
    .map(([allowed, refused, random]) => ({
      policy: policyOf(allowed, refused),
      values: [...edgesOf(allowed), ...edgesOf(refused), random].map((value) => BigInt.asUintN(64, value)),
    }));
}

function policyOf(allowed: Condition, refused: Condition): Policy {
  const clause = { event: "lseek", task: null, at: null } as const;
  return {
    name: "",
    default: KILL,
    labels: [],
    clauses: [
      { ...clause, action: ALLOW, condition: allowed },
      { ...clause, action: KILL, condition: refused },
    ],
  };
}

function edgesOf(condition: Condition): bigint[] {
  const constants = predicatesOf(condition).flatMap((predicate) => {
    if (predicate.kind === "equal" || predicate.kind === "order") return [predicate.value];
    if (predicate.kind === "in") return predicate.values;
    if (predicate.kind === "anyBit") return [predicate.mask];
    return predicate.kind === "masked" ? [predicate.mask, predicate.value] : [];
  });
  const values = constants.flatMap((constant) => constant.values.map(toBigInt));
  return [0n, 1n << 31n, (1n << 32n) - 1n, 1n << 32n, 1n << 63n, -1n, ...values].flatMap((value) => [
    value,
    value + 1n,
    value - 1n,
    value ^ (1n << 32n),
    value ^ (1n << 63n),
    value & 0xffff_ffffn,
    ~value,
  ]);
}

export function lseeks(values: readonly bigint[]): Chunk {
  const chunk = new Chunk(linux618, new Dictionary(), {
    capacity: values.length,
    slots: SLOTS,
    tasks: [{ pid: 1, parent: null, comm: "child", lineage: new Set(["child"]) }],
  });
  for (const value of values) chunk.push(0, lseek?.id ?? 0, 0, [u64(0), u64(value), u64(0)]);
  return chunk;
}

export function verdictsOf(policy: Policy, values: readonly bigint[]): readonly unknown[] {
  const chunk = lseeks(values);
  return values.map((value, row) => [value, decide(policy, chunk.at(row)).verdict]);
}
