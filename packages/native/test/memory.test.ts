// Chunks whose columns lie in the back-end's own memory.

import { existsSync, readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { Bitset, Chunk, type Columns, type ColumnsShape, newVerdicts, SLOTS } from "@gatehouse/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nativeBackend, openAddon } from "../src/index.js";
import { newColumns, placeOf } from "../src/memory.js";
import { answers, catalog, chunkOf, lowered, plain, type Shape, someRows } from "./rules.js";

const backend = nativeBackend();
const runs = process.env.GATEHOUSE_NIGHTLY ? 5_000 : 150;

/** What the kernel says of huge pages; not there on other systems. */
const HUGE_PAGES = "/sys/kernel/mm/transparent_hugepage/enabled";

describe.skipIf(!backend.ok)(`columns in place${backend.ok ? "" : ` (skipped: ${backend.error})`}`, () => {
  const native = () => given(backend);
  const columns = (shape?: ColumnsShape) => given(native().columns(shape));

  /** The same rows in memory of the back-end's. */
  function movedOf(shape: Shape): Chunk {
    const chunk = chunkOf(shape);
    const { capacity, dictionary, tasks } = chunk;
    const its = columns({ capacity, slots: chunk.slots.length, narrow: chunk.narrow });
    for (const [i, column] of all(its).entries()) column.set(all(chunk)[i] ?? []);
    const moved = new Chunk(catalog, dictionary, { capacity, tasks, columns: its });
    moved.length = chunk.length;
    return moved;
  }

  test("they have the shape that a chunk's own have, and hold zeroes", () => {
    const usual = columns();
    expect(all(usual).map(({ length }) => length)).toEqual([
      ...[65_536, 65_536, 65_536, 65_536],
      ...new Array(6).fill(2 * 65_536),
    ]);
    expect(usual.ip).toBe(null);
    expect(all(usual).every((column) => column.every((value: number) => value === 0))).toBe(true);
    const odd = columns({ capacity: 7, slots: 8, ip: true });
    expect([odd.event.length, odd.slots.length, odd.ip?.length]).toEqual([7, 8, 14]);
    expect(columns({ capacity: 0, slots: 0 }).event.length).toBe(0);
  });

  test.each([
    { capacity: 65_537 },
    { capacity: -1 },
    { capacity: 1.5 },
    { capacity: Number.NaN },
    { slots: SLOTS + 1 },
    { slots: -1 },
  ])("there are none of shape %j", (shape) => {
    expect(() => native().columns(shape)).toThrow(RangeError);
  });

  test.each([33, 1000, 50_000, 65_536])("no column lies over another, of %i rows", (capacity) => {
    const its = all(columns({ capacity, slots: 8, ip: true }));
    for (const [i, column] of its.entries()) column.fill(i + 1);
    expect(its.map((column) => [...new Set(column)])).toEqual(its.map((_, i) => [i + 1]));
  });

  test("rows in place get the answers of the plain reading", () => {
    const shape = fc.record({
      rows: fc.constantFrom(0, 1, 63, 64, 65, 300, 1024, 2100, 2112, 20_000),
      seed: fc.nat(),
      kinds: fc.constantFrom(1, 3, 20),
      otherEntry: fc.constantFrom(0, 16),
      unknown: fc.constantFrom(0, 8),
      slots: fc.constantFrom(0, 6, 8),
      narrow: fc.constantFrom(0, 0b1101_0110, 0xff),
    });
    fc.assert(
      fc.property(lowered, shape, fc.boolean(), (rules, its, every) => {
        const chunk = movedOf(its);
        expect(placeOf(chunk)).toBeDefined();
        const rows = every ? Bitset.ones(its.rows) : someRows(its.rows, its.seed);
        const expected = answers(plain(rules), chunk, rows);
        expect(answers(native().load(rules, catalog), chunk, rows)).toEqual(expected);
      }),
      { seed: 20110526, numRuns: runs },
    );
  });

  test.each(["task", "event", "abi", "known", "slots"] as const)(
    "`%s` of another chunk's: judged as any columns are",
    (name) => {
      const chunk = movedOf({ rows: 5000, seed: 3 });
      const other = movedOf({ rows: 5000, seed: 4 });
      const mixed = new Chunk(catalog, chunk.dictionary, {
        capacity: 5000,
        tasks: chunk.tasks,
        columns: { ...chunk, [name]: other[name] },
      });
      mixed.length = 5000;
      expect(placeOf(mixed)).toBe(undefined);
      const rows = Bitset.ones(5000);
      for (const rules of fc.sample(lowered, { seed: 1, numRuns: 5 }))
        expect(answers(native().load(rules, catalog), mixed, rows)).toEqual(
          answers(plain(rules), mixed, rows),
        );
    },
  );

  test("a list of slots that was changed since is seen to be", () => {
    const its = columns({ capacity: 100, slots: 2 });
    const chunk = new Chunk(catalog, chunkOf({ rows: 0, seed: 1 }).dictionary, {
      capacity: 100,
      columns: its,
    });
    expect(placeOf(chunk)).toBeDefined();
    for (const slots of [
      its.slots.slice(0, 1),
      [...its.slots].reverse(),
      [...its.slots, its.slots[0] ?? []],
    ]) {
      (its.slots as Uint32Array[]).splice(0, 3, ...(slots as Uint32Array[]));
      expect(placeOf(chunk)).toBe(undefined);
    }
  });

  test("a chunk that claims more rows than its columns have is refused as any is", () => {
    const its = columns({ capacity: 100 });
    const { dictionary, tasks } = chunkOf({ rows: 0, seed: 1 });
    const chunk = new Chunk(catalog, dictionary, { capacity: 200, tasks, columns: its });
    const [rules] = fc.sample(lowered, { seed: 1, numRuns: 1 });
    if (rules === undefined) throw new Error("no rules");
    expect(() => answers(native().load(rules, catalog), chunk, Bitset.ones(200))).toThrow(TypeError);
  });

  test("what was moved to another thread is refused here, and is there what it was", async () => {
    const chunk = movedOf({ rows: 65_536, seed: 5 });
    const sum = chunk.event.reduce((total, event) => total + event, 0);
    const worker = new Worker(
      `const { parentPort } = require("node:worker_threads");
       parentPort.once("message", (event) => {
         const sum = event.reduce((total, one) => total + one, 0);
         parentPort.postMessage({ sum, event }, [event.buffer]);
       });`,
      { eval: true },
    );
    const answer = new Promise<{ sum: number; event: Uint16Array }>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    const { buffer } = chunk.event;
    if (!(buffer instanceof ArrayBuffer)) throw new Error("it is shared");
    worker.postMessage(chunk.event, [buffer]);
    for (const rules of fc.sample(lowered, { seed: 2, numRuns: 5 })) {
      const filter = native().load(rules, catalog);
      expect(() => filter.evaluateAll(chunk, Bitset.ones(65_536), newVerdicts(65_536))).toThrow(
        /`event` must be a Uint16Array of at least 65536 elements/,
      );
      expect(() => filter.evaluateAll(chunk, new Bitset(0), newVerdicts(0))).not.toThrow();
    }
    const { sum: there, event } = await answer;
    await worker.terminate();
    expect(there).toBe(sum);
    // Its thread has ended, and the memory outlives it.
    collect();
    expect(event.reduce((total, one) => total + one, 0)).toBe(sum);
  });

  test("one column is enough to keep the memory, whatever else is dropped", () => {
    const kept = Array.from({ length: 20 }, (_, i) => {
      const { known } = movedOf({ rows: 40_000, seed: i });
      known.fill(i);
      return known;
    });
    for (let i = 0; i < 20; i++) {
      collect();
      columns().known.fill(255);
    }
    expect(kept.map((known) => [...new Set(known)])).toEqual(kept.map((_, i) => [i]));
  });

  test("what nobody holds is given back, also where the event loop never comes round", () => {
    const fill = () => {
      for (const column of all(columns())) column.fill(1);
    };
    for (let i = 0; i < 20; i++) fill();
    const before = process.memoryUsage.rss();
    // Two gigabytes.
    for (let i = 0; i < 500; i++) fill();
    expect(process.memoryUsage.rss() - before).toBeLessThan(500e6);
  });

  test("where there is no memory the reason is given", () => {
    const { bulk } = given(openAddon());
    const refused = newColumns({ ...bulk, room: () => 2 ** 53 - 1 }, { capacity: 64, slots: 1 });
    expect(refused).toEqual({ ok: false, error: expect.stringMatching(/^there is no memory for \d+ bytes/) });
  });

  test.skipIf(!existsSync(HUGE_PAGES))(
    `the system is asked for huge pages${existsSync(HUGE_PAGES) ? "" : " (skipped: it has none)"}`,
    () => {
      const before = advisedKilobytes();
      const kept = [columns(), columns()];
      expect(advisedKilobytes() - before).toBeGreaterThanOrEqual(2 * 4096);
      expect(kept.length).toBe(2);
    },
  );
});

type Column = Uint8Array | Uint16Array | Uint32Array;

function all({ task, event, abi, known, slots, ip }: Columns): Column[] {
  return [task, event, abi, known, ...slots, ...(ip === null ? [] : [ip])];
}

function given<T>(result: { ok: true; value: T } | { ok: false; error: string }): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

function collect(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

/** How much of this process's memory was said to be good in huge pages. */
function advisedKilobytes(): number {
  const mappings = readFileSync("/proc/self/smaps", "utf8").split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  return mappings
    .filter((mapping) => /^VmFlags:.* hg\b/m.test(mapping))
    .reduce((total, mapping) => total + Number(/^Size:\s+(\d+) kB$/m.exec(mapping)?.[1]), 0);
}
