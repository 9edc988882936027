import { linux618 } from "@gatehouse/catalog";
import {
  type Backend,
  Bitset,
  type Design,
  decide,
  type Filter,
  newVerdicts,
  on,
  oneByOne,
  type Verdict,
} from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import {
  benchLines,
  bitTest,
  entrant,
  prove,
  type Runner,
  race,
  readNumbers,
  Sample,
  samplesOf,
  stopwatch,
  together,
} from "../src/index.js";
import { start, startAll } from "../src/processes.js";
import {
  allowAll,
  answering,
  byName,
  denyAll,
  idOf,
  policy,
  speechless,
  task,
  traceOf,
} from "./stand-ins.js";

const cat = task(10, "cat");
const trace = () =>
  traceOf(
    [cat],
    [
      [0, "read", 0],
      [0, "sched_process_fork", 10, 11, 0],
      [0, "read", 9],
    ],
    [
      [0, "socket", 1],
      [0, "read", null],
      [0, "read", 0],
    ],
  );

const sample = await Sample.of(trace(), null);

/** Says what the policy says. */
const truthful = answering("truthful@test", (event) => decide(policy, event).verdict);

const enter = (design: Design, reference = design) =>
  entrant({ design, reference, policy, catalog: linux618, fails: "closed" }, sample);

type Changes = { readonly [verdict in Verdict | "unknown"]?: Verdict };

describe("a design that enters a race", () => {
  test("is let in where its answers are the policy's", () => {
    expect(enter(truthful)).toMatchObject({ ok: true, value: { events: 5 } });
  });

  test("is refused where its own evaluator is wrong about a policy that it says exactly", () => {
    expect(enter(allowAll)).toEqual({
      ok: false,
      error: {
        ...{ event: 1, task: { pid: 10, comm: "cat" }, call: expect.stringContaining("read(fd=9") },
        ...{ found: "allow", expected: "deny" },
      },
    });
  });

  test.each([
    ["refuses what it should allow", { allow: "deny" }, { event: 0, found: "deny", expected: "allow" }],
    ["allows what it should refuse", { deny: "allow" }, { event: 1, found: "allow", expected: "deny" }],
    ["answers what is unknown", { unknown: "deny" }, { event: 3, found: "deny", expected: "unknown" }],
  ] as const)("is refused where its back-end %s", (_, changes: Changes, mistake) => {
    const evaluate: Filter["evaluate"] = (event) => {
      const { verdict } = decide(policy, event);
      return changes[verdict] ?? verdict;
    };
    const wrong: Backend = { name: "wrong", load: () => ({ evaluate, evaluateAll: oneByOne(evaluate) }) };
    expect(enter(on(wrong, truthful), truthful)).toMatchObject({ ok: false, error: mistake });
  });

  test("is refused where it is right about all but the last event", () => {
    let asked = 0;
    const evaluate: Filter["evaluate"] = (event) => (++asked === 5 ? "deny" : decide(policy, event).verdict);
    const late: Backend = { name: "late", load: () => ({ evaluate, evaluateAll: oneByOne(evaluate) }) };
    expect(enter(on(late, truthful), truthful)).toMatchObject({ ok: false, error: { event: 4 } });
  });

  test("of an approximate program answers as its own evaluator does, right or wrong", () => {
    const approximate = (design: Design): Design => ({
      ...design,
      compile: () => ({ kind: "approximate", program: null, fails: "closed", lost: [], actions: [] }),
    });
    expect(enter(approximate(denyAll))).toMatchObject({ ok: true });
    expect(enter(approximate(byName), denyAll)).toMatchObject({ ok: false, error: { event: 0 } });
  });

  test("does not race where it cannot say the policy", () => {
    expect(enter(speechless)).toBeNull();
  });
});

describe("work", () => {
  test("starts from clear bitmaps each time it is run", () => {
    const rounds: number[] = [];
    const { chunks } = sample;
    const filter = {
      evaluateAll(...[, rows, { allow }]: Parameters<ReturnType<typeof bitTest>["evaluateAll"]>) {
        rounds.push(allow.count());
        rows.forEach((row) => void allow.add(row));
      },
    };
    const expected = chunks.map(({ chunk, rows }) => ({ ...newVerdicts(chunk.length), allow: rows }));
    const work = prove(filter, chunks, expected);
    if (work.ok) work.value.run();
    expect(rounds).toEqual([0, 0, 0, 0]);
  });

  test("is also there for chunks in which nothing is judged", () => {
    let judged = 0;
    const { chunks } = sample;
    const filter = {
      evaluateAll(...[, rows]: Parameters<ReturnType<typeof bitTest>["evaluateAll"]>) {
        judged += rows.count();
      },
    };
    const work = prove(
      filter,
      chunks,
      chunks.map(({ chunk }) => newVerdicts(chunk.length)),
    );
    if (!work.ok) throw new Error("it is refused");
    judged = 0;
    work.value.perChunk.run();
    expect([judged, work.value.perChunk.events]).toEqual([0, 64]);
  });

  test("is run often enough for a clock with coarse steps", () => {
    let runs = 0;
    const take = stopwatch({ events: 2, run: () => void runs++ }, 2);
    const warm = runs;
    const ns = take();
    // A sample of two milliseconds, of a run that takes well under a microsecond.
    expect(runs - warm).toBeGreaterThan(1000);
    expect(ns).toBeGreaterThan(0);
  });

  test("of no events is not timed", () => {
    expect(() => stopwatch({ events: 0, run: () => {} })).toThrow("nothing to judge");
  });
});

describe("a race", () => {
  const order: string[] = [];
  const runner = (id: string, ...samples: readonly number[]): Runner => {
    let turn = 0;
    return {
      id,
      async sample() {
        order.push(id);
        // The first of each two is quick, and not to be counted.
        return turn++ % 2 === 0 ? 0 : (samples[(turn - 2) / 2] ?? Number.NaN);
      },
    };
  };
  // The machine is three times as slow in the second round.
  const rounds = race([runner("floor", 1, 3, 1), runner("a", 2, 6, 2), runner("b", 5, 15, 11)], 3);

  test("goes round after round, each begun by another, two samples a turn", async () => {
    await rounds;
    expect(order.join(" ")).toBe("floor floor a a b b a a b b floor floor b b floor floor a a");
  });

  test("counts the second sample of a turn", async () => {
    expect(Object.fromEntries(await rounds)).toEqual({ floor: [1, 3, 1], a: [2, 6, 2], b: [5, 15, 11] });
  });

  test("is put together with those of other launches", async () => {
    const other = new Map([
      ["floor", [4]],
      ["a", [8]],
    ]);
    const all = together([await rounds, other]);
    expect(samplesOf(all, "a")).toEqual([[2, 6, 2], [8]]);
    expect(samplesOf(all, "b")).toEqual([[5, 15, 11]]);
    expect(() => samplesOf(all, "nobody")).toThrow("nobody was not timed");
  });

  test("has lines also for those that did not run", async () => {
    const said = { kind: "design", compilation: "exact", refused: null } as const;
    const unsaid = { ...said, compilation: "inexpressible" } as const;
    const perEvent = together([await rounds]);
    const lines = benchLines(
      [
        { id: "a", ...said },
        { id: "mute", ...unsaid },
      ],
      { perEvent, perChunk: new Map([["a", [[70, 71]]]]) },
      "floor",
    );
    expect(lines).toMatchObject([
      { id: "a", nsPerEvent: { least: 2 }, nsPerChunk: { least: 70 }, timesFloor: { value: 2 } },
      { id: "mute", nsPerEvent: null, nsPerChunk: null, timesFloor: null },
    ]);
  });
});

test("the floor that reads the numbers decides nothing", () => {
  const [first] = sample.chunks;
  if (first === undefined) throw new Error("there is no chunk");
  const verdicts = newVerdicts(first.chunk.length);
  readNumbers().evaluateAll(first.chunk, first.rows, verdicts);
  expect(verdicts).toEqual({ allow: first.rows, known: first.rows });
});

test("the floor in JavaScript is one look-up by event, of judged rows alone", () => {
  const [first] = sample.chunks;
  if (first === undefined) throw new Error("there is no chunk");
  const verdicts = newVerdicts(first.chunk.length);
  bitTest((event) => event === idOf("read")).evaluateAll(first.chunk, first.rows, verdicts);
  const rows = new Bitset(3);
  for (const row of [0, 2]) rows.add(row);
  expect(verdicts).toEqual({ allow: rows, known: rows });
});

test("a sample ends where no more chunks fit", async () => {
  let read = 0;
  const endless = async function* () {
    const { chunks } = await Sample.of(traceOf([cat], Array(65_536).fill([0, "read", 0])), null);
    for (const { chunk } of chunks) {
      for (;;) {
        read++;
        yield chunk;
      }
    }
  };
  expect(await Sample.of(endless(), null)).toMatchObject({ events: 4 * 65_536 });
  expect(read).toBe(5);
});

describe("a process of its own", () => {
  const script = new URL("contestant.mjs", import.meta.url);

  test("proves its answers, then gives samples", async () => {
    const started = await start(script, "counter", { first: 7 });
    if (!started.ok) throw new Error("it is refused");
    const { details, sample, end } = started.value;
    expect(details).toEqual({ first: 7 });
    expect([await sample(), await sample(), await sample(100)]).toEqual([7, 8, 109]);
    end();
  });

  test("is started beside others, in the order of the jobs", async () => {
    const jobs = [5, -1, 6].map((first) => [String(first), { first }] as const);
    const started = await startAll(script, jobs);
    expect(started.map((each) => each.ok && each.value.id)).toEqual(["5", false, "6"]);
    for (const each of started) if (each.ok) each.value.end();
  });

  test("may refuse its job", async () => {
    expect(await start(script, "counter", { first: -1 })).toEqual({ ok: false, error: { event: 3 } });
  });

  test.each(["at once", "when asked"])("that ends %s is an error", async (dies) => {
    const started = start(script, "mayfly", { first: 1, dies });
    const asked = started.then((made) => (made.ok ? made.value.sample() : null));
    await expect(asked).rejects.toThrow("the process of mayfly ended: exit code 9");
  });
});
