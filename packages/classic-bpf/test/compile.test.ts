// Generated policies as seccomp programs, against `decide()`: whole policies over the catalog, and conditions on one
// register at the edges of its halves.

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
  type TraceEvent,
  toBigInt,
  u64,
} from "@gatehouse/core";
import { conditions, policyAndEvents } from "@gatehouse/policies/arbitrary";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile, fillSeccompData, Interpreter, passes, type Shape } from "../src/index.js";
import { AUDIT_ARCH } from "../src/program.js";
import { exactRules } from "./exact-rules.js";

const RUNS = process.env.GATEHOUSE_NIGHTLY ? 100_000 : 2_000;
const SHAPES: readonly Shape[] = ["linear", "tree"];

describe.each(SHAPES)("%s", (shape) => {
  test(`${RUNS} generated policies answer as decide() does`, () => {
    fc.assert(
      fc.property(policyAndEvents(linux618), ({ policy, chunk }) => {
        const common = { ...policy, clauses: policy.clauses.filter(({ task }) => task === null) };
        expect(differences(common, chunk, shape)).toEqual([]);
      }),
      { seed: 20120417, numRuns: RUNS },
    );
  });

  test(`${RUNS} conditions on one register answer as decide() does, at every edge`, () => {
    fc.assert(
      fc.property(onOneRegister(), ({ policy, values }) => {
        expect(differences(policy, lseeks(values), shape)).toEqual([]);
      }),
      { seed: 20120417, numRuns: RUNS },
    );
  });
});

function differences(policy: Policy, chunk: Chunk, shape: Shape): string[] {
  const compiled = compile(exactRules(policy, linux618), { shape });
  if (compiled.kind === "tooLong") return [compiled.reason];
  const interpreter = new Interpreter(compiled.program);
  const data = new Int32Array(16);
  return rowsOf(chunk).flatMap((event) => {
    if (event.format?.kind === "other" || !isAllKnown(event)) return [];
    fillSeccompData(data, event, AUDIT_ARCH.X86_64);
    const answer = passes(interpreter.run(data)) ? "allow" : "deny";
    const { verdict } = decide(policy, event);
    return answer === verdict ? [] : [`${event}: ${verdict}, BPF ${answer}`];
  });
}

const lseek = linux618.byName("lseek");
if (lseek === undefined) throw new Error("the catalog has no lseek");
const offset = lseek.fields[1];
if (offset === undefined) throw new Error("lseek has no second field");
const oneField = { ...lseek, fields: [offset] };

/** A policy on `lseek`'s offset, and values on both sides of everything that it compares with. */
function onOneRegister(): fc.Arbitrary<{ policy: Policy; values: readonly bigint[] }> {
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

function lseeks(values: readonly bigint[]): Chunk {
  const chunk = new Chunk(linux618, new Dictionary(), {
    capacity: values.length,
    slots: SLOTS,
    tasks: [{ pid: 1, parent: null, comm: "child", lineage: new Set(["child"]) }],
  });
  for (const value of values) chunk.push(0, lseek?.id ?? 0, 0, [u64(0), u64(value), u64(0)]);
  return chunk;
}

function rowsOf(chunk: Chunk): readonly TraceEvent[] {
  return Array.from({ length: chunk.length }, (_, row) => chunk.at(row));
}

function isAllKnown(event: TraceEvent): boolean {
  return (event.format?.fields ?? []).every(({ slot }) => event.isKnown(slot));
}
