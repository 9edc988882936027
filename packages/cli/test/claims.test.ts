// `gatehouse claims`: what is listed, and what a run prints and ends with.

import { expect, test } from "vitest";
import { run } from "../src/main.js";
import { capture } from "./capture.js";

const gatehouse = (...args: string[]) => capture(() => run(["node", "gatehouse", ...args]));

test("claims are listed with who made them, and of what", async () => {
  const { code, out, err } = await gatehouse("claims");
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(
    /^C22 {2}children can only narrow what they are allowed\n {5}Ingo Molnar, M11, P09\n {5}subject: event-filters-2011@poc$/m,
  );
});

test("a run shows subject, ruling, evidence and, apart, comparison; a refuted claim is exit code 1", async () => {
  const { code, out, err } = await gatehouse("claims", "run", "c25");
  expect([code, err]).toEqual([1, ""]);
  expect(out).toMatch(/^ {5}subject: event-filters-2011@poc$/m);
  expect(out).toMatch(/^ {5}ruling: refuted$/m);
  const [evidence, comparison] = out.split(/^ {5}comparison, which decides nothing:$/m);
  expect(evidence).toMatch(/^ {7}− event-filters-2011@poc, fork: may now do read\(fd=1\), read\(fd=2\)$/m);
  expect(comparison).toMatch(/^ {7}\+ filter-engine-2010@v2, fork: all as before$/m);
  expect(out).not.toContain("C22");
});

test("how much code the rebuilt designs are is counted from their source, and is no evidence", async () => {
  const { code, out } = await gatehouse("claims", "run", "C01", "--json");
  expect(code).toBe(0);
  const { claims } = JSON.parse(out);
  expect(claims[0]).toMatchObject({
    claim: "C01",
    subject: { design: "event-filters-2011@poc", scope: "counted in the lines that each patch inserts" },
    ruling: "supported",
    why: null,
    evidence: [
      { speaks: "for", text: expect.stringContaining("event-filters-2011@poc 82") },
      { speaks: "neither" },
    ],
    comparison: [
      {
        speaks: "neither",
        text: expect.stringMatching(/^lines of TypeScript .*bitmask-2009@and \d+ and \d+, /),
      },
    ],
  });
});

test("a claim that is not known is bad input", async () => {
  const { code, err } = await gatehouse("claims", "run", "C99");
  expect(code).toBe(2);
  expect(err).toMatch(/^gatehouse: there is no claim `C99`; known: C01, C07, /);
});
