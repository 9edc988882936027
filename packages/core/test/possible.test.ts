// What a condition is held to is the event that it is asked of; the messages are held by scenarios/test/impossible.test.ts.

import { type Condition, constant, impossible, possible } from "@gatehouse/core";
import { expect, test } from "vitest";
import { catalog } from "./small.js";

const isZero: Condition = { kind: "equal", field: "fd", op: "==", value: constant(0) };

function formatOf(name: string) {
  const format = catalog.byName(name);
  if (format === undefined) throw new RangeError(name);
  return format;
}

test("a condition that is possible is given back as it is", () => {
  expect(possible(isZero, formatOf("read"))).toBe(isZero);
  expect(impossible(isZero, formatOf("read"))).toBe(null);
});

test("what one event can be asked, another cannot, in whichever order they are tried", () => {
  for (const name of ["open", "read", "open"]) {
    const ask = () => possible(isZero, formatOf(name));
    if (name === "read") expect(ask).not.toThrow();
    else expect(ask).toThrow("`open` has no field `fd`");
  }
});

test("a constant of two values may stand where values are compared for being equal", () => {
  const value = { text: "AT_FDCWD", values: [...constant(0xffff_ff9c).values, ...constant(-100n).values] };
  expect(impossible({ kind: "equal", field: "fd", op: "==", value }, formatOf("read"))).toBe(null);
  expect(impossible({ kind: "in", field: "fd", values: [value] }, formatOf("read"))).toBe(null);
});
