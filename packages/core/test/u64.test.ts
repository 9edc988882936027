import { and64, compareSigned, compareUnsigned, equal64, hex, or64, toBigInt, u64 } from "@gatehouse/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

// The edges at which a 53-bit number, a signed word or a cut to 32 bits would go wrong.
const EDGES = [
  0n,
  1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 32n + 1n,
  2n ** 53n + 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const word = fc.oneof(fc.constantFrom(...EDGES), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));

test.each(EDGES)("%d survives as two words", (value) => {
  expect(toBigInt(u64(value))).toBe(value);
});

test("a negative number is its two's complement", () => {
  expect(u64(-1)).toEqual({ high: 0xffff_ffff, low: 0xffff_ffff });
  expect(hex(u64(-100n))).toBe("0xffffffffffffff9c");
});

describe("operations agree with BigInt", () => {
  test.each([
    [
      "compareUnsigned",
      (a: bigint, b: bigint) => Math.sign(compareUnsigned(u64(a), u64(b))),
      (a: bigint, b: bigint) => order(a, b),
    ],
    [
      "compareSigned",
      (a: bigint, b: bigint) => Math.sign(compareSigned(u64(a), u64(b))),
      (a: bigint, b: bigint) => order(BigInt.asIntN(64, a), BigInt.asIntN(64, b)),
    ],
    ["equal", (a: bigint, b: bigint) => equal64(u64(a), u64(b)), (a: bigint, b: bigint) => a === b],
    ["and", (a: bigint, b: bigint) => toBigInt(and64(u64(a), u64(b))), (a: bigint, b: bigint) => a & b],
    ["or", (a: bigint, b: bigint) => toBigInt(or64(u64(a), u64(b))), (a: bigint, b: bigint) => a | b],
  ])("%s", (_name, ours, host) => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(ours(a, b)).toBe(host(a, b));
      }),
      { seed: 20110526 },
    );
  });
});

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
