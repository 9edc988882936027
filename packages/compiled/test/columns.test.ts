// Chunks whose columns lie in a back-end's own memory.

import {
  Chunk,
  type Columns,
  Dictionary,
  type Lowered,
  type Result,
  type Rule,
  SLOTS,
  u64,
} from "@gatehouse/core";
import { expect, test } from "vitest";
import { openBackend } from "../src/backend.js";
import { MAX_COLUMN_BYTES } from "../src/layout.js";
import { catalog, differences } from "./rules.js";

test("columns have the shape that a chunk's own have", () => {
  const { columns } = openBackend(true);
  const usual = given(columns());
  expect([usual.task, usual.event, usual.abi, usual.known].map(({ length }) => length)).toEqual(
    new Array(4).fill(65_536),
  );
  expect(usual.slots.map(({ length }) => length)).toEqual(new Array(6).fill(2 * 65_536));
  expect(usual.ip).toBe(null);
  const odd = given(columns({ capacity: 7, slots: 8, ip: true }));
  expect(odd.event.length).toBe(7);
  expect([odd.slots.length, odd.ip?.length]).toEqual([8, 14]);
  expect(() => columns({ capacity: 65_537 })).toThrow("a chunk of 65537 rows");
  expect(() => columns({ slots: SLOTS + 1 })).toThrow(`a chunk of ${SLOTS + 1} slots`);
});

test("no column lies over another", () => {
  const { columns } = openBackend(true);
  const all = [given(columns({ capacity: 100, ip: true })), given(columns({ capacity: 33 }))].flatMap(
    ({ task, event, abi, known, slots, ip }) => [task, event, abi, known, ...slots, ...(ip ? [ip] : [])],
  );
  for (const [i, column] of all.entries()) column.fill(i + 1);
  expect(all.map((column) => [...new Set(column)])).toEqual(all.map((_, i) => [i + 1]));
});

test.each([
  ["with SIMD", true],
  ["without SIMD", false],
])("several chunks, of a back-end's memory, another's and none, do not disturb each other, %s", (_, simd) => {
  const [backend, other] = [openBackend(simd), openBackend(simd)];
  const shapes = [{ capacity: 4096 }, { capacity: 5001 }, { capacity: 64 }];
  const chunks = shapes.flatMap((shape, i) => [
    chunkOf(shape.capacity, i, given(backend.columns(shape))),
    chunkOf(shape.capacity, i + 5, given(other.columns(shape))),
    chunkOf(shape.capacity, i + 9),
  ]);
  for (const stride of [1, 3, 5000]) {
    expect(chunks.map((chunk) => differences(backend, isBelow(50), chunk, stride))).toEqual(
      chunks.map(() => []),
    );
  }
});

test.each(["task", "event", "abi", "known", "slots"] as const)(
  "`%s` may lie elsewhere than the rest",
  (name) => {
    const backend = openBackend(true);
    const own = new Chunk(catalog, new Dictionary(), { capacity: 4096 });
    const chunk = chunkOf(4096, 1, { ...given(backend.columns({ capacity: 4096 })), [name]: own[name] });
    expect(differences(backend, isBelow(50), chunk)).toEqual([]);
  },
);

test("parts of columns are other arrays, and judged as such", () => {
  const backend = openBackend(true);
  const whole = given(backend.columns({ capacity: 5000 }));
  const part = {
    task: whole.task.subarray(3, 4099),
    event: whole.event.subarray(3, 4099),
    abi: whole.abi.subarray(3, 4099),
    known: whole.known.subarray(3, 4099),
    slots: whole.slots.map((slot) => slot.subarray(6, 8198)),
    narrow: 0,
    ip: null,
  };
  chunkOf(5000, 7, whole);
  expect(differences(backend, isBelow(50), chunkOf(4096, 1, part))).toEqual([]);
});

test.each(["abi", "known", "event"] as const)(
  "a block whose `%s` is unlike the first's is seen to be",
  (name) => {
    const backend = openBackend(true);
    const chunk = chunkOf(8192, 1, given(backend.columns({ capacity: 8192 })));
    chunk[name].fill(name === "known" ? 0x3e : 2, 4096 + 2048);
    expect(differences(backend, isBelow(50), chunk)).toEqual([]);
  },
);

test("what is full says so, and is judged to its last byte", () => {
  const backend = openBackend(true);
  const full = {
    ok: false,
    error: `columns in the compiled back-end's memory have ${MAX_COLUMN_BYTES} bytes in all`,
  };
  const last = [65_536, 4096, 9, 1].map((capacity) => {
    const all: Columns[] = [];
    let more = backend.columns({ capacity });
    for (; more.ok; more = backend.columns({ capacity })) all.push(more.value);
    expect(more).toEqual(full);
    return { capacity, columns: all.at(-1) };
  });
  for (const { capacity, columns } of last.filter(({ columns }) => columns !== undefined)) {
    expect(differences(backend, isBelow(50), chunkOf(capacity, 1, columns))).toEqual([]);
  }
  expect(last[0]?.columns?.task.length).toBe(65_536);
});

test("shared memory is not asked for: a page that has none keeps columns all the same", () => {
  expect(given(openBackend(true).columns({ capacity: 1 })).task.buffer).toBeInstanceOf(ArrayBuffer);
});

/** Full rows of call 1, all known. */
function chunkOf(capacity: number, seed: number, columns?: Columns): Chunk {
  const tasks = [{ pid: 1, parent: null, comm: "", lineage: new Set<string>() }];
  const chunk = new Chunk(catalog, new Dictionary(), { capacity, tasks, ...(columns && { columns }) });
  const values = (row: number) => Array.from({ length: 6 }, (_, slot) => u64((row * 37 + seed + slot) % 101));
  for (let row = 0; row < capacity; row++) chunk.push(0, 1, 0, values(row));
  return chunk;
}

function isBelow(value: number): Lowered {
  const rule: Rule = [0, 2].map((slot) => ({
    test: { kind: "below", slot, signed: false, value: u64(value) },
    whenTrue: slot === 0 ? 1 : "allow",
    whenFalse: "deny",
  }));
  const others = { otherCalls: "deny", otherEvents: "deny", otherEntry: "allow" } as const;
  return { sections: [], programs: [{ rules: new Map([[1, rule]]), ...others }] };
}

function given<T>(result: Result<T, string>): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}
