import { columnBytes, columnsIn, wholeShape, wordsIn } from "@gatehouse/core";
import { expect, test } from "vitest";

test.each([
  {},
  { capacity: 0, slots: 0 },
  { capacity: 1, slots: 8, ip: true },
  { capacity: 1000, slots: 3 },
  { capacity: 1000, slots: 3, narrow: 0b101, ip: true },
])("columns of shape %j take as much as was said, each from a cache line on", (shape) => {
  const whole = wholeShape(shape);
  const bytes = columnBytes(whole);
  const { task, event, abi, known, slots, ip } = columnsIn(new ArrayBuffer(64 + bytes), 64, whole);
  const all = [task, event, abi, known, ...slots, ...(ip === null ? [] : [ip])];
  expect(all.map(({ byteOffset }) => byteOffset % 64)).toEqual(all.map(() => 0));
  const ends = all.map(({ byteOffset, byteLength }) => byteOffset + byteLength);
  // A line behind each may be read.
  for (const [i, { byteOffset }] of all.slice(1).entries())
    expect(byteOffset).toBeGreaterThanOrEqual((ends[i] ?? 0) + 64);
  expect(64 + bytes).toBeGreaterThanOrEqual((ends.at(-1) ?? 0) + 64);
  expect(slots.length).toBe(whole.slots);
  expect([task.length, event.length, abi.length, known.length]).toEqual(new Array(4).fill(whole.capacity));
  for (const [k, { length }] of slots.entries())
    expect(length).toBe(wordsIn(whole.narrow, k) * whole.capacity);
  if (ip) expect(ip.length).toBe(2 * whole.capacity);
});

test.each([
  [{ capacity: 65_537 }, "a chunk of 65537 rows"],
  [{ capacity: 0.5 }, "a chunk of 0.5 rows"],
  [{ slots: -1 }, "a chunk of -1 slots"],
  [{ slots: 9 }, "a chunk of 9 slots"],
  [{ slots: 2, narrow: 4 }, "a chunk of 2 slots, narrow 4"],
  [{ narrow: -1 }, "a chunk of 6 slots, narrow -1"],
  [{ narrow: 0.5 }, "a chunk of 6 slots, narrow 0.5"],
])("no chunk has the shape %j", (shape, message) => {
  expect(() => wholeShape(shape)).toThrow(new RangeError(message));
});
