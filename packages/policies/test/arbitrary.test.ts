import { linux618 } from "@gatehouse/catalog";
import { decide, predicatesOf } from "@gatehouse/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { policyAndEvents } from "../src/arbitrary.js";

const made = fc.sample(policyAndEvents(linux618), { seed: 20110526, numRuns: 300 });

test("generated events get every answer, each often enough to be of use", () => {
  const count = { allow: 0, deny: 0, unknown: 0 };
  for (const { policy, chunk } of made) {
    for (let row = 0; row < chunk.length; row++) count[decide(policy, chunk.at(row)).verdict]++;
  }
  const all = count.allow + count.deny + count.unknown;
  expect(count.allow / all).toBeGreaterThan(0.1);
  expect(count.deny / all).toBeGreaterThan(0.1);
  expect(count.unknown / all).toBeGreaterThan(0.02);
});

test("generated policies use every kind of predicate", () => {
  const kinds = made.flatMap(({ policy }) =>
    policy.clauses.flatMap(({ condition }) => predicatesOf(condition).map(({ kind }) => kind)),
  );
  expect([...new Set(kinds)].sort()).toEqual([
    "anyBit",
    "equal",
    "in",
    "labels",
    "masked",
    "order",
    "string",
    "stringIn",
  ]);
});
