// `gatehouse scenarios`: what is listed, and what a run prints and ends with.

import { describe, expect, test } from "vitest";
import { run } from "../src/main.js";
import { capture } from "./capture.js";

const gatehouse = (...args: string[]) => capture(() => run(["node", "gatehouse", ...args]));

describe("scenarios", () => {
  test("are listed with the designs that they are for", async () => {
    const { code, out, err } = await gatehouse("scenarios");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^standard streams only +all$/m);
    expect(out).toMatch(/^a second filter widens +v2 array shipped corrected$/m);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("are all as expected", async () => {
    const { code, out, err } = await gatehouse("scenarios", "run");
    expect([code, err]).toEqual([0, ""]);
    const lines = out.trimEnd().split("\n");
    expect(lines.filter((line) => !line.endsWith(": as expected"))).toEqual([]);
    expect(lines.length).toBeGreaterThan(50);
  });

  test("show their steps where they are asked for, and why a variant differs", async () => {
    const { code, out } = await gatehouse("scenarios", "run", "a second filter widens");
    expect(code).toBe(0);
    expect(out).toMatch(
      /^ {2}check read\(fd=2\) +deny\n {6}v2: allow, since `\(fd == 0\) && fd == 1 \|\| fd == 2`/m,
    );
  });

  test("may be named by a part of a name", async () => {
    const { out } = await gatehouse("scenarios", "run", "minijail", "--json");
    const { scenarios } = JSON.parse(out);
    expect(scenarios.map((each: { scenario: string }) => each.scenario)).toEqual([
      "minijail: mode 1 in filters",
      "minijail: open for reading",
      "minijail: ENOSYS becomes a wildcard",
    ]);
    expect(scenarios[0].runs[0]).toMatchObject({ design: "filter-engine-2010@v2", asExpected: true });
  });

  test("that there are none of are bad input", async () => {
    const { code, err } = await gatehouse("scenarios", "run", "a second filter widen5");
    expect([code, err]).toEqual([
      2,
      "gatehouse: there is no scenario `a second filter widen5`\nhint: did you mean `a second filter widens`?\n",
    ]);
  });
});
