// `gatehouse claims`: what is listed, and what a run prints and ends with.

import { expect, test } from "vitest";
import { run } from "../src/main.js";
import { capture } from "./capture.js";

const gatehouse = (...args: string[]) => capture(() => run(["node", "gatehouse", ...args]));

test("claims are listed with who made them", async () => {
  const { code, out, err } = await gatehouse("claims");
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/^C22 {2}children can only narrow what they are allowed\n {5}Ingo Molnar, M11, P09$/m);
});

test("a run shows the ruling and the evidence on both sides", async () => {
  const { code, out, err } = await gatehouse("claims", "run", "c25");
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/^ {5}mixed$/m);
  expect(out).toMatch(/^ {5}− poc, fork: may now do read\(fd=1\), read\(fd=2\)$/m);
  expect(out).toMatch(/^ {5}\+ v2, fork: all as before$/m);
  expect(out).not.toContain("C22");
});

test("how much code the rebuilt designs are is counted from their source", async () => {
  const { code, out } = await gatehouse("claims", "run", "C01", "--json");
  expect(code).toBe(0);
  const { claims } = JSON.parse(out);
  expect(claims[0]).toMatchObject({
    ruling: "mixed",
    evidence: [
      { speaks: "for", text: expect.stringContaining("event-filters-2011@poc 82") },
      { text: expect.stringMatching(/^lines that the rebuilt one adds: bitmask-2009@and \d+, /) },
      { speaks: "against", text: expect.stringMatching(/^lines that it adds and stands on: /) },
    ],
  });
});

test("a claim that is not known is bad input", async () => {
  const { code, err } = await gatehouse("claims", "run", "C99");
  expect(code).toBe(2);
  expect(err).toMatch(/^gatehouse: there is no claim `C99`; known: C01, C12, /);
});
