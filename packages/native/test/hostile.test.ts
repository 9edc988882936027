// What JavaScript can hand to the addon and should not: a TypeError that shows the signature, and never a crash.

import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { Bitset, type Lowered, newVerdicts, u64 } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { encode } from "../src/encode.js";
import { type Addon, nativeBackend, openAddon } from "../src/index.js";
import { answers, catalog, chunkOf, plain } from "./rules.js";

const opened = openAddon();
const file = fileURLToPath(new URL("../build/Release/gatehouse.node", import.meta.url));

const ROWS = 100;
const oneSet: Lowered = {
  sections: [],
  programs: [
    {
      rules: new Map([
        [
          0,
          [
            { test: { kind: "equal", slot: 0, value: u64(1) }, whenTrue: "allow", whenFalse: 1 },
            {
              test: { kind: "string", slot: 1, op: "==", value: "ab" },
              whenTrue: "allow",
              whenFalse: "deny",
            },
          ],
        ],
      ]),
      otherCalls: "allow",
      otherEvents: "deny",
      otherEntry: "deny",
    },
  ],
};
const encoded = encode(oneSet, catalog);

/** What `evaluate` takes, by name, all as it should be. */
function goodArguments(addon: Addon): Record<string, unknown> {
  const chunk = chunkOf({ rows: ROWS, seed: 1 });
  const { allow, known } = newVerdicts(ROWS);
  return {
    rules: addon.bulk.loadRules(encoded.words),
    rows: ROWS,
    event: chunk.event,
    abi: chunk.abi,
    known: chunk.known,
    task: chunk.task,
    sets: new Uint8Array(chunk.tasks.length),
    narrow: 0,
    judged: new Uint32Array(allow.words.length).fill(0xffff_ffff),
    allow: allow.words,
    decided: known.words,
    ...Object.fromEntries(chunk.slots.map((slot, i) => [`slot${i}`, slot])),
  };
}

/** The same with all columns in one piece of memory, as `evaluateInPlace` takes them. */
function goodPlaces(addon: Addon): Record<string, unknown> {
  const { rules, rows, sets, narrow, judged, allow, decided } = goodArguments(addon);
  const memory = new Uint8Array(100 * ROWS);
  const places = Uint32Array.from({ length: 12 }, (_, i) => 8 * ROWS * i);
  return { rules, rows, memory, places, sets, narrow, judged, allow, decided };
}

const COLUMNS = ["event", "abi", "known", "judged", "allow", "decided", "slot0", "slot7"];

/** None of these is a typed array that could do. */
const NOT_COLUMNS: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  "a number": () => 1,
  "a string": () => "event",
  "a bigint": () => 1n,
  "a symbol": () => Symbol("event"),
  "a function": () => () => 1,
  "an array": () => new Array(4 * ROWS).fill(0),
  "an object with a length": () => ({ length: 4 * ROWS, 0: 1 }),
  "an ArrayBuffer": () => new ArrayBuffer(16 * ROWS),
  "a DataView": () => new DataView(new ArrayBuffer(16 * ROWS)),
  floats: () => new Float64Array(4 * ROWS),
  "signed numbers": () => new Int32Array(4 * ROWS),
  "clamped bytes": () => new Uint8ClampedArray(4 * ROWS),
  "a proxy of what would do": () => new Proxy(new Uint32Array(4 * ROWS), {}),
};

type TypedArray = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** Each makes of a column that would do one that does not. */
const SPOILT: Readonly<Record<string, (good: TypedArray) => unknown>> = {
  "one element too short": (good) => good.slice(0, lengthNeeded(good) - 1),
  empty: (good) => good.slice(0, 0),
  "a view of the end": (good) => good.subarray(good.length - 1),
  detached: (good) => {
    const copy = good.slice();
    structuredClone(copy.buffer, { transfer: [copy.buffer] });
    return copy;
  },
  "of a buffer that has shrunk": (good) => resized(good, 0, (bytes) => bytes - good.BYTES_PER_ELEMENT, false),
  "following a buffer that has shrunk": (good) => resized(good, 0, () => good.BYTES_PER_ELEMENT, true),
  "behind the end of a buffer that has shrunk": (good) => resized(good, 64, () => 32, false),
};

describe.skipIf(!opened.ok)(`hostile input${opened.ok ? "" : ` (skipped: ${opened.error})`}`, () => {
  const addon = opened.ok ? opened.value : ({} as Addon);
  const call = (its: Record<string, unknown>) =>
    Reflect.apply(addon.bulk.evaluate, undefined, Object.values(its));
  const evaluateError = /^evaluate\(rules, rows, event, .*\): `\w+` must be /;

  test("what it should be is taken", () => {
    expect(call(goodArguments(addon))).toBeUndefined();
  });

  test.each(Object.keys(NOT_COLUMNS))("no column: %s", (kind) => {
    for (const name of COLUMNS) {
      const made = NOT_COLUMNS[kind]?.();
      if (name.startsWith("slot") && (made === undefined || made === null)) continue; // a slot may be absent
      expect(() => call({ ...goodArguments(addon), [name]: made }), name).toThrow(TypeError);
      expect(() => call({ ...goodArguments(addon), [name]: made }), name).toThrow(evaluateError);
    }
  });

  test.each(Object.keys(SPOILT))("a column %s", (kind) => {
    for (const name of COLUMNS) {
      const its = goodArguments(addon);
      its[name] = SPOILT[kind]?.(its[name] as TypedArray);
      expect(() => call(its), name).toThrow(TypeError);
      expect(() => call(its), name).toThrow(evaluateError);
    }
  });

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 65_537, 2 ** 32, 2 ** 53, "1", null, {}, 1n])(
    "%s rows",
    (rows) => {
      expect(() => call({ ...goodArguments(addon), rows })).toThrow(TypeError);
      expect(() => call({ ...goodArguments(addon), rows })).toThrow(/`rows` must be a whole number/);
    },
  );

  test.each([-1, 0.5, 256, "1", null, {}])("narrow slots %s", (narrow) => {
    expect(() => call({ ...goodArguments(addon), narrow })).toThrow(/`narrow` must be a whole number/);
  });

  test("a narrow slot has half as many words, and no fewer", () => {
    const narrow = { narrow: 1, slot0: new Uint32Array(ROWS) };
    expect(call({ ...goodArguments(addon), ...narrow })).toBeUndefined();
    const short = { ...goodArguments(addon), ...narrow, slot0: new Uint32Array(ROWS - 1) };
    expect(() => call(short)).toThrow(evaluateError);
    expect(() => call({ ...goodArguments(addon), slot0: new Uint32Array(ROWS) })).toThrow(evaluateError);
  });

  describe("columns in one piece of memory", () => {
    const callInPlace = (its: Record<string, unknown>) =>
      Reflect.apply(addon.bulk.evaluateInPlace, undefined, Object.values(its));
    const error = /^evaluateInPlace\(rules, rows, memory, places, .*\): `\w+` must be /;
    const refused = (change: Record<string, unknown>, what: string) => {
      expect(() => callInPlace({ ...goodPlaces(addon), ...change }), what).toThrow(TypeError);
      expect(() => callInPlace({ ...goodPlaces(addon), ...change }), what).toThrow(error);
    };

    test("what it should be is taken, also of shared memory and with fewer slots", () => {
      expect(callInPlace(goodPlaces(addon))).toBeUndefined();
      const memory = new Uint8Array(new SharedArrayBuffer(100 * ROWS));
      for (const count of [4, 5, 13]) {
        const places = new Uint32Array(new SharedArrayBuffer(4 * count));
        expect(callInPlace({ ...goodPlaces(addon), memory, places })).toBeUndefined();
      }
    });

    test.each(Object.keys(NOT_COLUMNS))("no column: %s", (kind) => {
      for (const name of ["memory", "places", "judged", "allow", "decided"])
        refused({ [name]: NOT_COLUMNS[kind]?.() }, name);
    });

    test.each(Object.keys(SPOILT))("a column %s", (kind) => {
      for (const name of ["judged", "allow", "decided"]) {
        const good = goodPlaces(addon)[name];
        refused({ [name]: SPOILT[kind]?.(good as TypedArray) }, name);
      }
      for (const [name, good] of [
        ["memory", new Uint8Array(100 * ROWS)],
        ["places", new Uint32Array(4)],
      ] as const) {
        const spoilt = SPOILT[kind]?.(good) as TypedArray;
        // All of the memory is needed where the last slot is at its end.
        const places = Uint32Array.from({ length: 12 }, (_, i) => (i === 11 ? 92 * ROWS : 0));
        refused({ ...(name === "memory" && { places }), [name]: spoilt }, name);
      }
    });

    test.each([0, 1, 2, 3, 4, 11])("column %i where there is none", (column) => {
      const widths = [2, 1, 1, 4];
      const bytes = (widths[column] ?? 8) * ROWS;
      const at = (place: number) => {
        const places = goodPlaces(addon).places as Uint32Array;
        places[column] = place;
        return { places };
      };
      expect(callInPlace({ ...goodPlaces(addon), ...at(100 * ROWS - bytes) })).toBeUndefined();
      for (const place of [100 * ROWS - bytes + 4, 100 * ROWS, 100 * ROWS + 4, 2 ** 31, 2 ** 32 - 4])
        refused(at(place), String(place));
      if (bytes > ROWS) refused(at(1), "unaligned");
    });

    test("a narrow slot may end where a wide one would not", () => {
      const places = goodPlaces(addon).places as Uint32Array;
      places[11] = 96 * ROWS;
      expect(callInPlace({ ...goodPlaces(addon), places, narrow: 0x80 })).toBeUndefined();
      refused({ places, narrow: 0x40 }, "wide");
    });

    test("slots that begin in the middle of eight bytes are as good as any", () => {
      const good = goodArguments(addon);
      call(good);
      for (const shift of [0, 4]) {
        const its = goodPlaces(addon);
        const memory = its.memory as Uint8Array;
        const places = its.places as Uint32Array;
        const slots = Array.from({ length: 8 }, (_, slot) => `slot${slot}`);
        for (const [i, name] of ["event", "abi", "known", "task", ...slots].entries()) {
          const { buffer, byteOffset, BYTES_PER_ELEMENT: width } = good[name] as TypedArray;
          places[i] = 8 * ROWS * i + (i < 4 ? 0 : shift);
          memory.set(new Uint8Array(buffer, byteOffset, (i < 4 ? width : 8) * ROWS), places[i]);
        }
        callInPlace(its);
        expect([its.allow, its.decided], `${shift} bytes on`).toEqual([good.allow, good.decided]);
      }
    });

    test("what is no rules", () => {
      for (const rules of [undefined, null, 1, {}, () => 1]) refused({ rules }, String(rules));
    });

    test("a task that has no set", () => {
      const one = oneSet.programs[0];
      if (one === undefined) throw new Error("no rules");
      const two = encode({ sections: ["nginx"], programs: [one, one] }, catalog);
      const its = { ...goodPlaces(addon), rules: addon.bulk.loadRules(two.words) };
      expect(callInPlace({ ...its, sets: new Uint8Array(1) })).toBeUndefined();
      for (const sets of [new Uint8Array(0), new Uint8Array(1).fill(2)])
        expect(() => callInPlace({ ...its, sets })).toThrow(/`sets` must be a set of these rules/);
    });

    test.each([0, 1, 5000, 2 ** 21, 2 ** 22 + 1])(
      "memory for %i bytes holds zeroes, and its neighbours stay",
      (bytes) => {
        const { room, settle } = addon.bulk;
        const beside = 5000;
        const all = new Uint8Array(beside + room(bytes) + beside);
        const memory = all.subarray(beside, beside + room(bytes));
        const neighbours = [all.subarray(0, beside), all.subarray(beside + memory.length)];
        for (const neighbour of neighbours) neighbour.fill(7);
        const start = settle(memory, bytes);
        expect(start + bytes).toBeLessThanOrEqual(memory.length);
        expect(memory.every((byte) => byte === 0)).toBe(true);
        for (const neighbour of neighbours) expect(neighbour.every((byte) => byte === 7)).toBe(true);
      },
    );

    test("memory that is none, or too little", () => {
      const { room, settle } = addon.bulk;
      const of = (bytes: number) => new Uint8Array(room(bytes));
      for (const bytes of [0, 1, 5000, 2 ** 21, 2 ** 22 + 1]) {
        const memory = of(bytes);
        expect(() => settle(memory.subarray(1), bytes)).toThrow(/^settle\(memory, bytes\): `memory` must be/);
      }
      for (const bytes of [-1, 0.5, Number.NaN, 2 ** 30 + 1, 2 ** 53, "1", null, undefined]) {
        expect(() => Reflect.apply(room, undefined, [bytes])).toThrow(/^room\(bytes\): `bytes` must be/);
        expect(() => Reflect.apply(settle, undefined, [of(64), bytes])).toThrow(TypeError);
      }
      for (const kind of Object.values(NOT_COLUMNS))
        expect(() => Reflect.apply(settle, undefined, [kind(), 1])).toThrow(/^settle\(memory, bytes\): /);
    });
  });

  test("fewer arguments than it takes", () => {
    const all = Object.values(goodArguments(addon));
    for (let count = 0; count < 10; count++)
      expect(() => Reflect.apply(addon.bulk.evaluate, undefined, all.slice(0, count))).toThrow(TypeError);
  });

  test.each([undefined, null, 1, {}, [], () => 1, Object.create(null), new Proxy({}, {})])(
    "%s in place of a handle",
    (rules) => {
      expect(() => call({ ...goodArguments(addon), rules })).toThrow(TypeError);
      expect(() => call({ ...goodArguments(addon), rules })).toThrow(/`rules` must be a handle/);
    },
  );

  test("what inherits from a handle, or stands in for one, is none", () => {
    const rules = addon.bulk.loadRules(encoded.words);
    for (const fake of [Object.create(rules), new Proxy(rules, {}), { ...rules }, structuredClone(rules)])
      expect(() => call({ ...goodArguments(addon), rules: fake })).toThrow(/`rules` must be a handle/);
  });

  test("words that are no rules", () => {
    const { words } = encoded;
    const load = (spoilt: unknown) => () => Reflect.apply(addon.bulk.loadRules, undefined, [spoilt]);
    for (const kind of Object.values(NOT_COLUMNS)) expect(load(kind())).toThrow(/^loadRules\(words\): /);
    // Most of the words are codes of events, all alike: a few of them stand for all.
    const places = [...words.keys()].filter((at) => at < 20 || at > words.length - 40 || at % 200 === 0);
    for (const length of places) expect(load(words.slice(0, length))).toThrow(/^loadRules\(words\): /);
    expect(load(new Uint32Array(2 ** 22 + 1))).toThrow(/too long/);
    // Any one word changed: taken or refused, and what was taken can be run.
    for (const at of places) {
      for (const value of [0, 1, 2, 0xffff, 0x1_0000, 0x7fff_ffff, 0xffff_ffff]) {
        const changed = words.slice();
        changed[at] = value;
        try {
          call({ ...goodArguments(addon), rules: addon.bulk.loadRules(changed) });
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }
    }
  });

  test("tables that are none", () => {
    const rules = addon.bulk.loadRules(encoded.words);
    const set =
      (...its: unknown[]) =>
      () =>
        Reflect.apply(addon.bulk.setTable, undefined, its);
    expect(set(rules, 0, 31, new Uint32Array(1))).not.toThrow();
    for (const wrong of [
      set(rules, 1, 0, new Uint32Array(1)),
      set(rules, -1, 0, new Uint32Array(1)),
      set(rules, 0, 32, new Uint32Array(1)),
      set(rules, 0, 2 ** 28 + 1, new Uint32Array(1)),
      set(rules, 0, 0, new Uint8Array(4)),
      set({}, 0, 0, new Uint32Array(1)),
      set(),
    ]) {
      expect(wrong).toThrow(TypeError);
      expect(wrong).toThrow(/^setTable\(rules, table, last, words\): /);
    }
  });

  test("a task that has no set, and a set that the rules do not have", () => {
    const one = oneSet.programs[0];
    if (one === undefined) throw new Error("no rules");
    const two = encode({ sections: ["nginx"], programs: [one, one] }, catalog);
    const its = { ...goodArguments(addon), rules: addon.bulk.loadRules(two.words) };
    expect(() => call(its)).not.toThrow();
    for (const sets of [new Uint8Array(0), new Uint8Array(1), new Uint8Array(4).fill(2)]) {
      expect(() => call({ ...its, sets })).toThrow(TypeError);
      expect(() => call({ ...its, sets })).toThrow(/`sets` must be a set of these rules/);
    }
    expect(() => call({ ...its, task: new Uint32Array(ROWS).fill(0xffff_ffff) })).toThrow(TypeError);
    expect(() => call({ ...its, task: new Uint32Array(ROWS - 1) })).toThrow(/`task` must be a Uint32Array/);
  });

  test("shared memory and unaligned columns are as good as any", () => {
    const its = goodArguments(addon);
    call(its);
    const expected = [its.allow, its.decided];
    const moved = goodArguments(addon);
    for (const name of [...COLUMNS, "task"]) {
      const column = moved[name] as TypedArray;
      const bytes = new SharedArrayBuffer(column.byteLength + column.BYTES_PER_ELEMENT);
      const Kind = column.constructor as new (buffer: SharedArrayBuffer, offset: number) => Uint8Array;
      const shared = new Kind(bytes, column.BYTES_PER_ELEMENT);
      shared.set(column);
      moved[name] = shared;
    }
    call(moved);
    expect([moved.allow, moved.decided].map((words) => [...(words as Uint32Array)])).toEqual(
      expected.map((words) => [...(words as Uint32Array)]),
    );
  });

  test("one buffer for everything", () => {
    const words = new Uint32Array(4 * ROWS).fill(0x0001_0001);
    const its = goodArguments(addon);
    const all = Object.fromEntries(Object.keys(its).map((name) => [name, words]));
    const { rules, rows } = its;
    const event = new Uint16Array(words.buffer);
    const bytes = new Uint8Array(words.buffer);
    expect(() =>
      call({ ...all, rules, rows, narrow: 0x55, event, abi: bytes, known: bytes, sets: bytes }),
    ).not.toThrow();
  });

  test("a second copy of the addon works, and refuses the first one's handles", () => {
    const folder = mkdtempSync(join(tmpdir(), "gatehouse-copy-"));
    try {
      const copy = join(folder, "copy.node");
      copyFileSync(file, copy);
      const other: Addon = createRequire(import.meta.url)(copy);
      expect(
        Reflect.apply(other.bulk.evaluate, undefined, Object.values(goodArguments(other))),
      ).toBeUndefined();
      const mixed = { ...goodArguments(addon), rules: other.bulk.loadRules(encoded.words) };
      expect(() => call(mixed)).toThrow(/`rules` must be a handle that this addon gave/);
      const inPlace = { ...goodPlaces(addon), rules: mixed.rules };
      expect(() => Reflect.apply(addon.bulk.evaluateInPlace, undefined, Object.values(inPlace))).toThrow(
        /`rules` must be a handle that this addon gave/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("threads have rules of their own, also while another one writes to the columns", async () => {
    const shared = new Uint16Array(new SharedArrayBuffer(2 * 65_536));
    const slots = new Uint32Array(new SharedArrayBuffer(8 * 65_536));
    const worker = `
      const { workerData, parentPort } = require("node:worker_threads");
      const { file, words, shared, slots, writes } = workerData;
      const { bulk } = require(file);
      const rules = bulk.loadRules(words);
      const bytes = new Uint8Array(65_536);
      const [judged, allow, decided] = [0xffff_ffff, 0, 0].map((bits) => new Uint32Array(2048).fill(bits));
      for (let round = 0; round < 60; round++) {
        if (writes) for (let i = 0; i < shared.length; i++) { shared[i] = (i * round * 2654435761) >>> 7; slots[2 * i] = round & 1; }
        else bulk.evaluate(rules, 65_536, shared, bytes, bytes, slots, bytes, round & 3, judged, allow, decided, slots, slots);
      }
      parentPort.postMessage("done");
    `;
    const threads = [false, false, true].map(
      (writes) =>
        new Promise((resolve, reject) => {
          const workerData = { file, words: encoded.words, shared, slots, writes };
          const thread = new Worker(worker, { eval: true, workerData });
          thread.once("message", resolve);
          thread.once("error", reject);
        }),
    );
    expect(await Promise.all(threads)).toEqual(["done", "done", "done"]);
  });

  test("after all that it still answers as it should", () => {
    const backend = nativeBackend();
    if (!backend.ok) throw new Error(backend.error);
    const chunk = chunkOf({ rows: ROWS, seed: 2 });
    const rows = Bitset.ones(ROWS);
    expect(answers(backend.value.load(oneSet, catalog), chunk, rows)).toEqual(
      answers(plain(oneSet), chunk, rows),
    );
  });
});

/** How many elements `evaluate` needs of a column of this kind. */
function lengthNeeded(column: TypedArray): number {
  return column.length >= ROWS ? column.length : Math.ceil(ROWS / 32);
}

/** The column over a resizable buffer, which then becomes `shrunk(bytes)` long. */
function resized(
  good: TypedArray,
  offset: number,
  shrunk: (bytes: number) => number,
  follows: boolean,
): unknown {
  const bytes = good.byteLength + offset;
  const Resizable = ArrayBuffer as unknown as new (
    length: number,
    options: { maxByteLength: number },
  ) => ArrayBuffer & { resize(length: number): void };
  const buffer = new Resizable(bytes, { maxByteLength: 2 * bytes });
  const Kind = good.constructor as new (buffer: ArrayBuffer, offset: number, length?: number) => TypedArray;
  const view = follows ? new Kind(buffer, offset) : new Kind(buffer, offset, good.length);
  buffer.resize(shrunk(bytes));
  return view;
}
