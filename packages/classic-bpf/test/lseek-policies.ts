// Policies on `lseek`, on one of its three registers or on all of them, and calls on both sides of everything that they
// compare them with.

import { linux618 } from "@gatehouse/catalog";
import {
  ALLOW,
  type Catalog,
  Chunk,
  type Condition,
  Dictionary,
  decide,
  type EventFormat,
  KILL,
  type Policy,
  predicatesOf,
  SLOTS,
  toBigInt,
  u64,
} from "@gatehouse/core";
import { conditions } from "@gatehouse/policies/arbitrary";
import fc from "fast-check";

const lseek = lseekOf(linux618);
const oneField = { ...lseek, fields: lseek.fields.slice(1, 2) };

/** fd, offset, whence. */
type Registers = readonly [bigint, bigint, bigint];
type PolicyAndCalls = { readonly policy: Policy; readonly calls: readonly Registers[] };

/** Every edge of the offset. */
export function onOneRegister(): fc.Arbitrary<PolicyAndCalls> {
  return fc
    .tuple(conditions(oneField), conditions(oneField), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
    .map(([allowed, refused, random]) => ({
      policy: policyOf(allowed, refused),
      calls: [...edgesOf(allowed), ...edgesOf(refused), random].map((value): Registers => [0n, value, 0n]),
    }));
}

/** The edges of all three, put together at random. */
export function onThreeRegisters(): fc.Arbitrary<PolicyAndCalls> {
  const picks = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { minLength: 40, maxLength: 40 });
  return fc.tuple(conditions(lseek), conditions(lseek), picks).map(([allowed, refused, picked]) => {
    const edges = [...edgesOf(allowed), ...edgesOf(refused)];
    const pick = (at: number) => edges[at % edges.length] ?? 0n;
    return {
      policy: policyOf(allowed, refused),
      calls: picked.map(([fd, offset, whence]): Registers => [pick(fd), pick(offset), pick(whence)]),
    };
  });
}

function lseekOf(catalog: Catalog): EventFormat {
  const format = catalog.byName("lseek");
  if (format === undefined) throw new Error("the catalog has no lseek");
  return format;
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

export function lseeks(calls: readonly Registers[]): Chunk {
  const chunk = new Chunk(linux618, new Dictionary(), {
    capacity: calls.length,
    slots: SLOTS,
    tasks: [{ pid: 1, parent: null, comm: "child", lineage: new Set(["child"]) }],
  });
  for (const registers of calls) chunk.push(0, lseek.id, 0, registers.map(u64));
  return chunk;
}

export function verdictsOf(policy: Policy, calls: readonly Registers[]): readonly unknown[] {
  const chunk = lseeks(calls);
  return calls.map((registers, row) => [registers, decide(policy, chunk.at(row)).verdict]);
}
