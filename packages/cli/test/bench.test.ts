// `gatehouse bench`: who races, what is said of those who do not, and what is refused. How fast anything is, is no test.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { figure } from "@gatehouse/harness";
import { openFloors } from "@gatehouse/native";
import { afterAll, describe, expect, test } from "vitest";
import type { PrintedBench } from "../src/bench.js";
import { showOrder } from "../src/bench-sweep.js";
import { showBench } from "../src/bench-text.js";
import { findDesigns } from "../src/known-designs.js";
import { commandLine, run } from "../src/main.js";
import { SWEEPS, sweepNames, sweepWord } from "../src/sweeps/index.js";
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

const HURRIED = ["--launches", "2", "--rounds", "3"];

describe("bench", () => {
  const few = bench(...HURRIED, "--backend", "reference,compiled", "--json");

  test("times every design on every back-end, and floors in the same run", async () => {
    const { code, out } = await few;
    expect(code).toBe(0);
    const { contestants, floor, sample, launches, rounds, machine } = JSON.parse(out);
    expect({ sample, launches, rounds }).toEqual({
      sample: { events: 2, chunks: 1 },
      ...{ launches: 2, rounds: 3 },
    });
    expect(machine).toMatchObject({ node: process.version });
    const of = (wanted: string) =>
      contestants.flatMap(({ kind, id }: { kind: string; id: string }) => (kind === wanted ? [id] : []));
    expect(of("design")).toEqual(findDesigns().flatMap(({ id }) => [`${id}@reference`, `${id}@compiled`]));
    expect(of("floor")).toContain("bit test in JavaScript");
    expect(of("floor")).toContain(floor);
  });

  test("says of each what it is a multiple of the floor, and the floor is itself", async () => {
    const { contestants, floor } = JSON.parse((await few).out);
    for (const { id, nsPerEvent, nsPerChunk, timesFloor, refused } of contestants) {
      expect([id, refused]).toEqual([id, null]);
      expect(nsPerEvent).toMatchObject({ launches: 2, quartiles: { length: 3 } });
      expect(nsPerEvent.value).toBeGreaterThanOrEqual(nsPerEvent.least);
      expect(nsPerChunk.value).toBeGreaterThan(0);
      expect(timesFloor.value).toBeGreaterThan(0);
      if (id === floor) expect(timesFloor.value).toBe(1);
    }
  });

  test("takes a design's back-end from its name", async () => {
    const { out } = await bench("--designs", "bitmask-2009@compiled", ...HURRIED, "--json");
    const ids = JSON.parse(out).contestants.map(({ id }: { id: string }) => id);
    expect(ids).toContain("bitmask-2009@subset@compiled");
    expect(ids).not.toContain("bitmask-2009@subset@reference");
  });

  test("leaves out a design that cannot say the policy, and says so", async () => {
    const args = ["--policy", empty, "--trace", trace, "--designs", "bitmask-2009,event-filters-2011@vision"];
    const { code, out } = await capture(() =>
      run(["node", "gatehouse", "bench", ...args, "--backend", "reference", ...HURRIED]),
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^bitmask-2009@subset@reference +inexpressible$/m);
  });

  test("prints a table in which every contestant has a line, and none is too long", async () => {
    const { out } = await bench("--designs", "bitmask-2009@reference", ...HURRIED);
    expect(out).toMatch(/^policy {2}reading\ntrace {3}small\.perf\.txt\n/);
    expect(out).toMatch(/^floor: bit test in JavaScript +[\d.,]+ ± [\d.,]+[?‡]?(?: +[\d.,]+){3}$/m);
    expect(out).toMatch(/^bitmask-2009@subset@reference +[\d.,]+ ± [\d.,]+[?‡]?(?: +[\d.,]+){3}$/m);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test.each([
    [["--backend", "vector"], 2, /no back-end `vector`; known: native, compiled, reference/],
    [["--rounds", "2"], 2, /from 3 to 999/],
    [["--launches", "0"], 2, /from 1 to 99/],
    [["--sweep", "nesting"], 2, /contestants of its own: --sweep takes no --policy/],
    [["--sweep", "depth"], 2, /Allowed choices are calls-allowed, /],
    [["--trace", "-"], 2, /has to be a file/],
    [["--designs", "bitmask-2010@native"], 2, /no design `bitmask-2010`/],
    [["--task", "99"], 2, /no event of the trace is of a task `99`/],
  ])("%j ends with %i", async (args, expected, message) => {
    const { code, out, err } = await bench(...args);
    expect(err).toMatch(message);
    expect([code, out]).toEqual([expected, ""]);
  });
});

const addon = openFloors();

describe.skipIf(!addon.ok)("a sweep", () => {
  const sweep = capture(() =>
    run(["node", "gatehouse", "bench", "--sweep", "foreign-events", "--launches", "2", "--rounds", "3"]),
  );

  test("draws every contestant, whose names are whole, at every point", async () => {
    const { code, out } = await sweep;
    expect(code).toBe(0);
    const { who, xs } = SWEEPS["foreign events"];
    const lines = out.split("\n");
    for (const id of who) {
      const line = lines.find((each) => each.startsWith(`${id} `)) ?? "";
      expect(line.slice(id.length).trim().split(/ +/)).toHaveLength(xs.length + 1);
    }
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test("says the order of the curves in words, and each relation with its limit", async () => {
    const { out } = await sweep;
    expect(out).toMatch(/^At 1,000 foreign events, from the cheapest on: floor; /m);
    expect(out).toMatch(/^✔ 2011: events, 2\.6\.39 walks over every event/m);
  });
});

test("help names every sweep", () => {
  const command = commandLine().commands.find((each) => each.name() === "bench");
  const option = command?.options.find(({ long }) => long === "--sweep");
  expect(option?.argChoices).toEqual(sweepNames.map(sweepWord));
});

test("curves whose spreads meet are said not to be told apart", () => {
  expect(showOrder([["a"], ["b", "c"], ["d"]])).toBe("a; b and c (not told apart); d");
});

test("of a back-end that answers wrongly there is no time, but the event on which it does, and doubtful figures are marked", () => {
  const [fast, slow, split] = [
    figure([
      [0.24, 0.25],
      [0.25, 0.26],
      [0.26, 0.27],
    ]),
    figure([
      [118, 125],
      [160, 190],
      [140, 141],
    ]),
    figure([
      [10, 20, 10, 20],
      [10, 20, 10, 20],
      [10, 20, 10, 20],
    ]),
  ];
  const wrong = { event: 1216, task: { pid: 10, comm: "cat" }, call: "read(fd=0)" };
  const timed = { kind: "design", compilation: "exact", refused: null, nsPerChunk: fast } as const;
  const long = "filter-engine-2010@corrected@bpf-linear-native-and-more";
  const processor = { family: 25, model: 17, stepping: 1, mhz: 2600, caches: null, isVirtual: true };
  const report: PrintedBench = {
    ...{ schema: "gatehouse.bench/2", policy: "reading", catalog: "6.18 x86_64", steady: 0.1 },
    ...{ launches: 3, rounds: 2, sample: { events: 2000, chunks: 1 }, floor: "loop" },
    machine: {
      ...{
        cpu: "AMD",
        cores: 2,
        processor,
        kernel: "6.18",
        node: "v20",
        commit: null,
        date: "",
        addon: null,
      },
    },
    contestants: [
      {
        ...{ id: "loop", kind: "floor", compilation: null, refused: null },
        ...{ nsPerEvent: fast, nsPerChunk: fast, timesFloor: { value: 1, spread: 0.03 } },
      },
      { id: "slow@one", ...timed, nsPerEvent: slow, timesFloor: { value: 560, spread: 80 } },
      { id: long, ...timed, nsPerEvent: split, timesFloor: { value: 40, spread: 2 } },
      {
        ...{ id: "wrong@one", kind: "design", compilation: "exact" },
        ...{ nsPerEvent: null, nsPerChunk: null, timesFloor: null },
        refused: { ...wrong, found: "deny", expected: "allow" },
      },
    ],
  };
  const titles = { policy: "reading", trace: "small.perf.txt", task: null, taskSide: false };
  const shown = showBench(report, titles, colours);
  expect(shown).toMatch(/^floor: loop +0\.25 ± 0\.01 +0\.26 +1\.00 +0\.25$/m);
  expect(shown).toMatch(/^slow@one +140 ± 20\? +140 +560 +0\.25$/m);
  expect(shown).toMatch(new RegExp(`^${long}\n +10\\.0 ± 0\\.3‡ +15\\.0 +40 +0\\.25$`, "m"));
  expect(shown).toMatch(/^wrong@one +refused$/m);
  const words = shown.replaceAll(/\s+/g, " ");
  expect(words).toContain(
    "wrong@one is not timed: of event 1,216, read(fd=0), it says deny, which should be allow",
  );
  expect(words).toContain("AMD family 25 model 17 stepping 1 (2 cores, virtual)");
  expect(words).toContain("? has a spread of more than 10 %");
  expect(words).toContain("‡ has two values");
});
