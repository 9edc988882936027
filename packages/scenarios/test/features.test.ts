// What variants can do beside judging calls, and that the experiments can tell.

import { bitmaskAnd } from "@gatehouse/design-2009-bitmask";
import { describe, expect, test } from "vitest";
import { features } from "../src/index.js";
import { variants } from "./variants.js";

/** Of the variants in their order: `+` yes, `-` no, `.` there is no such call or file. */
const EXPECTED: Readonly<Record<string, string>> = {
  GET: "..++++..",
  CLEAR: "..++++..",
  narrowing: "++++++-+",
  "/proc": "..++++..",
  log: "--++++--",
  compat: "++++++--",
  ON_EXEC: "--+--+--",
  fork: "++++++-+",
  "other events": "-------+",
  labels: "-------+",
};

test("every feature is expected of every variant", () => {
  expect(features.map(({ name }) => name)).toEqual(Object.keys(EXPECTED));
});

describe.each(features)("$name: $means", ({ name, has }) => {
  test.each(variants.map((design, i) => [design.id, design, EXPECTED[name]?.[i]] as const))(
    "%s",
    (_id, design, expected) => {
      const found = has(design);
      expect(found === null ? "." : found ? "+" : "-").toBe(expected);
    },
  );

  test("is not the same for all variants", () => {
    expect(new Set(variants.map(has)).size).toBeGreaterThan(1);
  });
});

test("a design that lets everything pass has none of them", () => {
  const all = { ...bitmaskAnd, task: { ...bitmaskAnd.task, install: () => [] } };
  const named = features.filter(({ name }) => ["narrowing", "other events", "labels"].includes(name));
  expect(named.map(({ has }) => has(all))).toEqual([false, false, false]);
});
