// `gatehouse bench`: who races, what is said of those who do not, and what is refused. How fast anything is, is no test.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { PrintedBench } from "../src/bench.js";
import { showBench } from "../src/bench-text.js";
import { run } from "../src/main.js";
import { colours } from "../src/terminal.js";
import { capture } from "./capture.js";

const folder = mkdtempSync(join(tmpdir(), "gatehouse-bench-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const LINE = "  cat 10 [000]  1.000000001:   raw_syscalls:sys_enter: NR";
const trace = file("small.perf.txt", `${LINE} 0 (0, 0, 0, 0, 0, 0)\n${LINE} 1 (1, 0, 0, 0, 0, 0)\n`);
const reading = file("reading.gate", "policy reading\nallow read if fd == 0\n");
const empty = file("empty.gate", 'default allow\nkill file_open if filename == "/etc"\n');

const bench = (...args: readonly string[]) =>
  capture(() => run(["node", "gatehouse", "bench", "--policy", reading, "--trace", trace, ...args]));

describe("bench", () => {
  const few = bench("--rounds", "3", "--backend", "reference,compiled", "--json");

  test("times every design on every back-end, and floors in the same run", async () => {
    const { code, out } = await few;
    expect(code).toBe(0);
    const { contestants, floor, sample, rounds, machine } = JSON.parse(out);
    expect({ sample, rounds }).toEqual({ sample: { events: 2 }, rounds: 3 });
    expect(machine).toMatchObject({ node: process.version });
    const of = (wanted: string) =>
      contestants.flatMap(({ kind, id }: { kind: string; id: string }) => (kind === wanted ? [id] : []));
    expect(of("design")).toEqual(
      ["bitmask-2009@and", "filter-engine-2010@corrected", "event-filters-2011@vision"].flatMap((id) => [
        `${id}@reference`,
        `${id}@compiled`,
      ]),
    );
    expect(of("floor")).toContain("bit test in JavaScript");
    expect(of("floor")).toContain(floor);
  });

  test("says of each what it is a multiple of the floor, and the floor is itself", async () => {
    const { contestants, floor } = JSON.parse((await few).out);
    for (const { id, nsPerEvent, timesFloor, refused } of contestants) {
      expect([id, refused]).toEqual([id, null]);
      expect(nsPerEvent.median).toBeGreaterThan(0);
      expect(timesFloor).toBeGreaterThan(0);
      if (id === floor) expect(timesFloor).toBe(1);
    }
  });

  test("takes a design's back-end from its name", async () => {
    const { out } = await bench("--designs", "bitmask-2009@compiled", "--rounds", "3", "--json");
    const ids = JSON.parse(out).contestants.map(({ id }: { id: string }) => id);
    expect(ids).toContain("bitmask-2009@and@compiled");
    expect(ids).not.toContain("bitmask-2009@and@reference");
  });

  test("leaves out a design that cannot say the policy, and says so", async () => {
    const args = ["--policy", empty, "--trace", trace, "--designs", "bitmask-2009,event-filters-2011"];
    const { code, out } = await capture(() =>
      run(["node", "gatehouse", "bench", ...args, "--backend", "reference", "--rounds", "3"]),
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^bitmask-2009@and@reference +inexpressible$/m);
  });

  test("prints a table in which every contestant has a line, and none is too long", async () => {
    const { out } = await bench("--designs", "bitmask-2009@reference", "--rounds", "3");
    expect(out).toMatch(/^policy {2}reading\ntrace {3}small\.perf\.txt\n/);
    expect(out).toMatch(/^floor: bit test in JavaScript +\d\S* +\d.* ± +\d/m);
    expect(out).toMatch(/^bitmask-2009@and@reference +\d\S* +\d.* ± +\d/m);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test.each([
    [["--backend", "vector"], 2, /no back-end `vector`; known: native, compiled, reference/],
    [["--rounds", "2"], 2, /from 3 to 999/],
    [["--trace", "-"], 2, /has to be a file/],
    [["--designs", "bitmask-2010@native"], 2, /no design `bitmask-2010`/],
    [["--task", "99"], 2, /no event of the trace is of a task `99`/],
  ])("%j ends with %i", async (args, expected, message) => {
    const { code, out, err } = await bench(...args);
    expect(err).toMatch(message);
    expect([code, out]).toEqual([expected, ""]);
  });
});

test("of a back-end that answers wrongly there is no time, but the event on which it does, and doubtful figures are marked", () => {
  const steady = { median: 0.25, spread: 0.01, least: 0.24, steady: true };
  const wrong = { event: 1216, task: { pid: 10, comm: "cat" }, call: "read(fd=0)" };
  const report: PrintedBench = {
    ...{ schema: "gatehouse.bench/1", policy: "reading", catalog: "6.18 x86_64", rounds: 15, steady: 0.1 },
    machine: { cpu: "AMD", cores: 2, kernel: "6.18", node: "v20", commit: null, date: "", addon: null },
    ...{ sample: { events: 2000 }, floor: "loop" },
    contestants: [
      {
        ...{ id: "loop", kind: "floor", compilation: null, refused: null },
        ...{ nsPerEvent: steady, timesFloor: 1 },
      },
      {
        ...{ id: "slow@one", kind: "design", compilation: "exact", refused: null },
        nsPerEvent: { median: 123.4, spread: 50, least: 118, steady: false },
        timesFloor: 493,
      },
      {
        ...{ id: "wrong@one", kind: "design", compilation: "exact", nsPerEvent: null, timesFloor: null },
        refused: { ...wrong, found: "deny", expected: "allow" },
      },
    ],
  };
  const titles = { policy: "reading", trace: "small.perf.txt", task: null, taskSide: false };
  const shown = showBench(report, titles, colours);
  expect(shown).toMatch(/^floor: loop +0\.240 +0\.250 +± 0\.010 +1\.00$/m);
  expect(shown).toMatch(/^slow@one +118 +123\? +± 50\.0 +493$/m);
  expect(shown).toMatch(/^wrong@one +refused$/m);
  const words = shown.replaceAll(/\s+/g, " ");
  expect(words).toContain(
    "wrong@one is not timed: of event 1,216, read(fd=0), it says deny, which should be allow",
  );
  expect(words).toContain("? has a spread of more than 10 %.");
});
