// Floors are right before they are fast: each against the sentence it is written for, said again in JavaScript.

import { linux618 } from "@gatehouse/catalog";
import { Bitset, CHUNK_ROWS, Chunk, Dictionary, newVerdicts, type U64, u64 } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { openAddon } from "../src/addon.js";
import { type Floor, openFloors } from "../src/floors.js";

const floors = openFloors();
const title = floors.ok ? "floors" : `floors (skipped: ${floors.error})`;

/** About a word of the bitmap, about a block of the loop, and a whole chunk. */
const LENGTHS = [0, 1, 7, 31, 32, 33, 1023, 1024, 1025, 2080, CHUNK_ROWS];

const VALUES: readonly U64[] = [
  0n,
  1n,
  2n,
  3n,
  0x3fn,
  0x40n,
  0x41n,
  0x1feen,
  0x1ffn,
  0x1fen,
  0x1_0000_0001n,
].map(u64);

describe.skipIf(!floors.ok)(title, () => {
  test.each(LENGTHS)("of %i rows: the four predicates", (length) => {
    const chunk = fill(length, () => 0);
    const [fd, flags, mode] = [0, 1, 2];
    const floor = get().fourPredicates({ fd, flags, mode });
    expectAllows(floor, chunk, (row) => {
      const [a, b, c] = [fd, flags, mode].map((slot) => value(chunk, slot, row));
      return (a === 1n || a === 2n) && ((b ?? 0n) & 0x40n) !== 0n && (c ?? 0n) < 0o777n;
    });
  });

  test.each(LENGTHS)("of %i rows: the bit test and the look-up", (length) => {
    const chunk = fill(length, (random) => random() % 65_536);
    const allowed = (id: number) => id % 3 === 0;
    const floors = get();
    for (const floor of [floors.bitTest(allowed), floors.lookUp(allowed)])
      expectAllows(floor, chunk, (row) => allowed(chunk.event[row] ?? 0));
  });

  test.each(LENGTHS)("of %i rows: reading allows everything", (length) => {
    const chunk = fill(length, (random) => random() % 400);
    expectAllows(get().read([0, 1]), chunk, () => true);
  });

  test("say by what they were compiled", () => {
    expect(get().build).toMatch(/^(GCC )?[0-9][^,]*(, x86-64-v[34])?$|clang/);
  });

  test("refuse a slot that the chunk does not have, or has narrow", () => {
    const floor = get().read([6]);
    expect(() =>
      floor.evaluateAll(
        fill(3, () => 0),
        Bitset.ones(3),
        newVerdicts(3),
      ),
    ).toThrow("no wide slot 6");
    const shape = { capacity: 3, slots: 7, narrow: 0x40 };
    const narrow = new Chunk(linux618, new Dictionary(), shape);
    expect(() => floor.evaluateAll(narrow, Bitset.ones(3), newVerdicts(3))).toThrow("no wide slot 6");
  });

  test.each([
    ["bitTest", []],
    ["lookUp", [new Uint16Array(4), new Uint8Array(5), 4, new Uint32Array(1), new Uint32Array(1)]],
    ["bitTest", [new Uint16Array(4), new Uint32Array(5), 4, new Uint32Array(1), new Uint32Array(1)]],
    ["bitTest", [new Uint16Array(4), new Uint32Array(2048), 5, new Uint32Array(1), new Uint32Array(1)]],
    ["bitTest", [new Uint16Array(64), new Uint32Array(2048), 64, new Uint32Array(1), new Uint32Array(2)]],
    ["bitTest", [new Uint16Array(4), new Uint32Array(2048), -1, new Uint32Array(1), new Uint32Array(1)]],
    ["bitTest", [new Uint16Array(4), new Uint32Array(2048), 1.5, new Uint32Array(1), new Uint32Array(1)]],
    [
      "bitTest",
      [new Uint16Array(4), new Uint32Array(2048), Number.NaN, new Uint32Array(1), new Uint32Array(1)],
    ],
    [
      "fourPredicates",
      [new Uint32Array(8), new Uint32Array(8), new Uint32Array(6), 4, new Uint32Array(1), new Uint32Array(1)],
    ],
    [
      "fourPredicates",
      [
        new Uint32Array(new ArrayBuffer(36), 4),
        new Uint32Array(8),
        new Uint32Array(8),
        4,
        new Uint32Array(1),
        new Uint32Array(1),
      ],
    ],
    [
      "dockerDefault",
      [new Uint16Array(4), new Uint16Array(4), new Uint32Array(8), 4, new Uint32Array(1), new Uint32Array(1)],
    ],
    [
      "dockerDefault",
      [detached(), new Uint8Array(4), new Uint32Array(8), 4, new Uint32Array(1), new Uint32Array(1)],
    ],
    ["read", [new Uint16Array(4), new Uint8Array(4), new Uint8Array(4), new Float64Array(4)]],
    ["read", [null, undefined]],
    ["read", []],
  ])("%s refuses wrong arguments, with its signature (%#)", (name, args) => {
    const addon = openAddon();
    if (!addon.ok) throw new Error(addon.error);
    const calls: Readonly<Record<string, unknown>> = addon.value.floors;
    const call = calls[name];
    if (typeof call !== "function") throw new Error(name);
    expect(() => Reflect.apply(call, undefined, args)).toThrow(TypeError);
    expect(() => Reflect.apply(call, undefined, args)).toThrow(`${name}(`);
  });
});

function get() {
  if (!floors.ok) throw new Error(floors.error);
  return floors.value;
}

/** Rows whose slots hold values about the edges of the predicates. */
function fill(length: number, event: (random: () => number) => number): Chunk {
  const random = generator(length + 1);
  const chunk = new Chunk(linux618, new Dictionary(), { capacity: Math.max(length, 1) });
  const pick = () => VALUES[random() % VALUES.length];
  for (let row = 0; row < length; row++) chunk.push(0, event(random), 0, Array.from({ length: 6 }, pick));
  return chunk;
}

/** xorshift32: the same rows in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** All rows but every fifth are judged; what is not judged is left clear. */
function expectAllows(floor: Floor, chunk: Chunk, allows: (row: number) => boolean): void {
  const rows = new Bitset(chunk.length);
  const expected = newVerdicts(chunk.length);
  for (let row = 0; row < chunk.length; row++) {
    if (row % 5 === 4) continue;
    rows.add(row);
    expected.known.add(row);
    if (allows(row)) expected.allow.add(row);
  }
  const found = newVerdicts(chunk.length);
  floor.evaluateAll(chunk, rows, found);
  expect(found).toEqual(expected);
}

function value(chunk: Chunk, slot: number, row: number): bigint {
  const { high, low } = chunk.at(row).value(slot);
  return (BigInt(high) << 32n) | BigInt(low);
}

function detached(): Uint16Array {
  const array = new Uint16Array(4);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}
