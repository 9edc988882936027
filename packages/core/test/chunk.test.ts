import {
  ABI,
  Bitset,
  Chunk,
  Dictionary,
  FIRST_OTHER_EVENT,
  NO_SUCH_CALL,
  u64,
  wideSlot,
} from "@gatehouse/core";
import { expect, test } from "vitest";
import { catalog, dictionary, event, task } from "./small.js";

test("columns lie as in Arrow: low word first, one known bit a slot", () => {
  const chunk = new Chunk(catalog, new Dictionary(), { capacity: 4, tasks: [task("sh")] });
  chunk.push(0, 1, ABI.native, [u64(0x1_0000_0002n), undefined, u64(3)]);
  expect([...(chunk.slots[0] ?? [])].slice(0, 2)).toEqual([2, 1]);
  expect(chunk.known[0]).toBe(0b101);
  expect(chunk.at(0).value(0)).toEqual({ high: 1, low: 2 });
  expect(chunk.at(0).isKnown(1)).toBe(false);
});

test("a narrow slot holds 32 bits in one word, and refuses a row with more", () => {
  const chunk = new Chunk(catalog, new Dictionary(), {
    capacity: 3,
    slots: 2,
    narrow: 0b10,
    tasks: [task("sh")],
  });
  expect(chunk.slots.map(({ length }) => length)).toEqual([6, 3]);
  chunk.push(0, 1, ABI.native, [u64(0x1_0000_0002n), u64(0xffff_ffffn)]);
  chunk.push(0, 1, ABI.native, [undefined, u64(7)]);
  const [first, second] = [chunk.at(0), chunk.at(1)];
  expect([first.value(0), first.value(1)]).toEqual([u64(0x1_0000_0002n), u64(0xffff_ffffn)]);
  expect([second.value(0), second.value(1), second.isKnown(0)]).toEqual([u64(0), u64(7), false]);
  expect(() => chunk.push(0, 1, ABI.native, [u64(1), u64(1n << 32n)])).toThrow(
    new RangeError("slot 1 is narrow, and its value has more than 32 bits"),
  );
  expect([chunk.length, chunk.slots[0]?.[4]]).toEqual([2, 0]);
  expect([...wideSlot(chunk, 1, 0, 3)]).toEqual([0xffff_ffff, 0, 7, 0, 0, 0]);
  expect([...wideSlot(chunk, 0, 0, 1)]).toEqual([2, 1]);
  expect([...wideSlot(chunk, 5, 0, 1)]).toEqual([]);
});

test("a full chunk takes no more", () => {
  const chunk = new Chunk(catalog, new Dictionary(), { capacity: 1 });
  chunk.push(0, 1, ABI.native, []);
  expect(() => chunk.push(0, 1, ABI.native, [])).toThrow(RangeError);
});

test.each([
  [event("read", [3, 0xffff_ffff_ffff_ffc4n, undefined]), "read(fd=3, buf=0xffffffffffffffc4, count=?)"],
  [event("read", [0, 1024, 0x1_0000_0000n], task("sh"), 1), "int80:write(fd=0, buf=0x400)"],
  [
    event("file_open", [
      u64(dictionary.labels(["b", "a"])),
      5,
      u64(dictionary.string("caf\u00c3\u00a9")),
      -3,
    ]),
    'file_open(label={a, b}, inode=5, filename="café", delta=-3)',
  ],
])("%s reads well", (subject, text) => {
  expect(String(subject)).toBe(text);
});

test("a number outside the table still has a name and no format", () => {
  const chunk = new Chunk(catalog, new Dictionary(), { capacity: 2, tasks: [task("sh")] });
  expect(chunk.at(chunk.push(0, 470, ABI.native, [])).name).toBe("syscall_470");
  expect(chunk.at(chunk.push(0, NO_SUCH_CALL, ABI.native, [])).name).toBe("no_such_call");
  expect(chunk.at(0).format).toBe(undefined);
});

test("an event added at run time gets the next id and Arrow-like offsets", () => {
  const more = catalog.with({
    name: "socket_label",
    system: "object",
    traced: false,
    fields: [
      { name: "family", type: "u16", kind: "number" },
      { name: "label", type: "labels", kind: "labels" },
      { name: "inode", type: "u64", kind: "number" },
    ],
  });
  const format = more.byName("socket_label");
  expect(format?.id).toBe(FIRST_OTHER_EVENT + 1);
  expect(format?.event).toBeNull();
  expect(format?.fields.map(({ offset, size, slot }) => [offset, size, slot])).toEqual([
    [8, 2, 0],
    [12, 4, 1],
    [16, 8, 2],
  ]);
  expect(catalog.byName("socket_label")).toBe(undefined);
});

test("a bitset counts and visits what was added, up to its length", () => {
  const bits = new Bitset(70);
  for (const i of [0, 31, 32, 69]) bits.add(i);
  const seen: number[] = [];
  bits.forEach((i) => {
    seen.push(i);
  });
  expect(seen).toEqual([0, 31, 32, 69]);
  expect(bits.count()).toBe(4);
  expect(Bitset.ones(70).count()).toBe(70);
  expect(Bitset.ones(64).count()).toBe(64);
});
