// What the history says of the patches' data structures, of the structures themselves.

import { linux618, linux2639, linux2639i386 } from "@gatehouse/catalog";
import {
  ABI,
  Bitset,
  type Catalog,
  Chunk,
  type Design,
  Dictionary,
  kernelOf,
  newVerdicts,
  strictCalls,
  strictVerdict,
  u64,
} from "@gatehouse/core";
import { bitmaskAnd, bitmaskSubset } from "@gatehouse/design-2009-bitmask";
import {
  filterEngineCorrected,
  filterEngineShipped,
  filterEngineV2,
} from "@gatehouse/design-2010-filter-engine";
import { eventFiltersPoc, eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { describe, expect, test } from "vitest";
import { type FaithfulFilter, type FaithfulOptions, faithful, openAddon } from "../src/index.js";
import { bucketOf } from "./faithful-model.js";

const addon = openAddon();
if (!addon.ok) test.skip(`the native back-end is not there: ${addon.error}`);
const TASK = { pid: 1, parent: null, comm: "ls", lineage: new Set(["ls"]) };

/** The program of `ls` in the mail of 24 May 2011, by the names of 2.6.39 on x86-64. */
const LS =
  "access brk close exit_group fcntl fstat getdents64 getpid getuid ioctl lstat mmap mprotect munmap open read stat " +
  "time uname write";
/** On a 32-bit kernel, where it ran, by the names of kernel functions that it gives. */
const LS32 =
  "access brk close exit_group fcntl64 fstat64 getdents64 getpid getuid ioctl lstat64 mmap_pgoff mprotect munmap open " +
  "read stat64 time newuname write";

describe.runIf(addon.ok)("what the history says", () => {
  test("the table of 2.6.39 has 307 calls: a mask has 39 bytes, and the older table of numbers four for each", () => {
    expect(linux2639.calls).toBe(307);
    const all = {
      length: 307,
      words: Uint32Array.from({ length: 10 }, (_, i) => (i < 9 ? 0xffff_ffff : 0x7_ffff)),
    };
    const program = ofOneTask(all);
    expect(load(bitmaskAnd, program, linux2639).shape).toEqual({ bytes: 39, depth: 1 });
    expect(load(bitmaskSubset, program, linux2639).shape.bytes).toBe(39);
    const list = load(bitmaskAnd, program, linux2639, { structure: "list" }).shape;
    expect(list).toEqual({ bytes: 4 * (307 + 1), depth: 307 });
  });

  test("hashing all 307 numbers makes chains of 18 to 21", () => {
    const lengths = Array.from({ length: 16 }, () => 0);
    for (let nr = 0; nr < 307; nr++) lengths[bucketOf(nr)] = (lengths[bucketOf(nr)] ?? 0) + 1;
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([18, 21]);
    expect(load(filterEngineV2, wildcards(307), linux2639).shape.depth).toBe(21);
    // What is read for each: the head of its chain, and one entry of 24 bytes after the other.
    const bytes = countsOfAll(load(filterEngineV2, wildcards(307), linux2639), linux2639).bytes;
    expect([Math.min(...bytes), Math.max(...bytes)]).toEqual([3 + 8 + 24, 3 + 8 + 21 * 24]);
  });

  test.each([
    [linux2639, LS, 3],
    [linux2639i386, LS32, 2],
  ])("the longest chain of the 20 calls of `ls`", (catalog, names, longest) => {
    const numbers = names.split(" ").map((name) => catalog.byName(name)?.id ?? -1);
    const filters = numbers.sort((a, b) => a - b).map((nr) => ({ nr, filter: "1" }));
    expect(filters).toHaveLength(20);
    expect(load(filterEngineV2, ofOneTask({ filters }), catalog).shape.depth).toBe(longest);
  });

  test("the shipped engine's index has 614 bytes, and its b-tree of 300 nodes of 128 bytes is 3 high", () => {
    const index = load(filterEngineShipped, wildcards(0), linux2639, { structure: "index" });
    expect(index.shape.bytes).toBe(614);
    const heights = [0, 1, 8, 9, 64, 65, 300, 307].map(
      (count) => load(filterEngineShipped, wildcards(count), linux2639, { structure: "btree" }).shape.depth,
    );
    expect(heights).toEqual([0, 1, 1, 2, 2, 3, 3, 3]);
    const full = load(filterEngineShipped, wildcards(64), linux2639, { structure: "btree" });
    expect(full.shape.bytes).toBe(128 * (8 + 1));
  });

  test("a predicate has 320 bytes in 2.6.39, a number's too; 312 in 2.6.38, of which there are always 32", () => {
    const program = (filter: string) => ofOneTask({ filters: [{ nr: 0, filter }] });
    const bytes = (filter: string, options: FaithfulOptions = {}) =>
      load(filterEngineV2, program(filter), linux2639, options).shape.bytes;
    expect(bytes("fd == 1 && count < 9") - bytes("1")).toBe(3 * 320 + 2 * 2);
    expect(bytes("fd == 1 && count < 9", { structure: "hash-2.6.38" }) - bytes("1")).toBe(32 * (8 + 312));
    const corrected = (filter: string) => load(filterEngineCorrected, program(filter), linux618).shape.bytes;
    expect(corrected("fd == 1 && count < 9") - corrected("1")).toBe((2 + 2) * 16 + 2 * 64);
  });

  test("six arguments do not fit into the 64 bytes of every form that was posted or shipped", () => {
    const futex = linux2639.byName("futex")?.id ?? -1;
    const program = ofOneTask({ filters: [{ nr: futex, filter: "op == 0" }] });
    const chunk = chunkOf(linux2639, [{ nr: futex }]);
    for (const structure of ["hash", "hash-2.6.38"] as const)
      expect(load(filterEngineV2, program, linux2639, { structure }).evaluate(chunk.at(0))).toBe("deny");
    for (const structure of ["chain", "btree", "index"] as const)
      expect(load(filterEngineShipped, program, linux2639, { structure }).evaluate(chunk.at(0))).toBe("deny");
  });

  test.each([
    [linux618, null],
    [linux2639, linux2639i386],
  ])("mode 1's four calls, walked, allow what mode 1 allows", (catalog, compat) => {
    const kernel = kernelOf(catalog, { compat });
    const mask = maskOf(catalog, strictCalls(catalog));
    const filter = load(bitmaskAnd, ofOneTask(mask), catalog, { structure: "list" });
    const ids = [
      ...catalog.formats.filter(({ kind }) => kind !== "task").map(({ id }) => id),
      catalog.calls,
      4095,
    ];
    const chunk = chunkOf(
      catalog,
      ids.map((nr) => ({ nr })),
    );
    for (let row = 0; row < chunk.length; row++)
      expect(filter.evaluate(chunk.at(row))).toBe(strictVerdict(kernel, chunk.at(row)));
    expect(filter.shape).toEqual({ bytes: 4 * 5, depth: 4 });
  });

  test("the cost of a chain grows with its depth, and what a task inherits can only refuse more", () => {
    const program = ofOneTask({ filters: [{ nr: 0, filter: "fd == 1 || fd == 2" }] });
    const chunk = chunkOf(linux2639, [{ nr: 0, fd: 2n }, { nr: 0, fd: 3n }, { nr: 1 }]);
    for (const depth of [1, 2, 32]) {
      const filter = load(filterEngineShipped, program, linux2639, { depth });
      const verdicts = newVerdicts(3);
      const { counts } = filter.count(chunk, Bitset.ones(3), verdicts);
      expect([verdicts.allow.words[0], verdicts.known.words[0]]).toEqual([0b001, 0b111]);
      // Every set is asked where all allow; where one refuses, that is the last.
      expect([counts[0], counts[3], counts[6]]).toEqual([2 * depth, 2, 0]);
      expect(filter.shape.depth).toBe(depth);
    }
  });

  test("copying turns a hash's chains round, so the last filter that was installed ends up behind", () => {
    const [a = 0, b = 0, c = 0] = Array.from({ length: 307 }, (_, nr) => nr).filter(
      (nr) => bucketOf(nr) === bucketOf(0),
    );
    const filters = [a, b, c].map((nr) => ({ nr, filter: "1" }));
    const { bytes } = countsOfAll(load(filterEngineV2, ofOneTask({ filters }), linux2639), linux2639);
    // a; b a; c a b; and enforcing turns that round once more: b a c.
    expect([b, a, c].map((nr) => bytes[nr])).toEqual([1, 2, 3].map((read) => 3 + 8 + 24 * read));
  });

  test("perf builds the record before it walks the list, also where no event has a filter", () => {
    const nr = linux2639.byName("write")?.id ?? -1;
    const hung = (...filters: readonly (string | null)[]) =>
      ofOneTask({ events: filters.map((filter) => ({ event: "syscalls:sys_enter_write", filter })) });
    const bytes = (program: ReturnType<typeof hung>) =>
      countsOfAll(load(eventFiltersPoc, program, linux2639), linux2639).bytes[nr];
    const arguments3 = 8 * 3;
    expect(bytes(hung(null))).toBe(3 + arguments3 + 8);
    expect(bytes(hung(null, null, null))).toBe(3 + arguments3 + 3 * 8);
  });

  test("perf walks its list to the end, over events of others too, which decide nothing", () => {
    const events = ["fd == 1", "fd == 2"].map((filter) => ({ event: "syscalls:sys_enter_read", filter }));
    const chunk = chunkOf(linux2639, [
      { nr: 0, fd: 1n },
      { nr: 0, fd: 3n },
    ]);
    for (const foreign of [0, 1, 1000]) {
      const filter = load(eventFiltersPoc, ofOneTask({ events }), linux2639, { foreign });
      const verdicts = newVerdicts(2);
      const { counts } = filter.count(chunk, Bitset.ones(2), verdicts);
      expect([verdicts.allow.words[0], verdicts.known.words[0]]).toEqual([0b01, 0b11]);
      const [predicates, , bytes] = counts;
      expect([predicates, bytes, filter.shape.depth]).toEqual([
        2,
        3 + 3 * 8 + 2 * (8 + 320) + 8 * foreign,
        2 + foreign,
      ]);
    }
  });

  test("a call that the proof of concept exempts passes before a record is built, whatever hangs on it", () => {
    const events = [{ event: "syscalls:sys_enter_execve", filter: "envp == 1" }];
    const execve = linux618.byName("execve")?.id ?? -1;
    const chunk = chunkOf(linux618, [{ nr: execve, fd: 0n }]);
    for (const [design, allow, looked] of [
      [eventFiltersPoc, 1, [0, 1, 3]],
      [eventFiltersVision, 0, [1, 1, 3 + 3 * 8 + 8 + 80]],
    ] as const) {
      const filter = load(design, ofOneTask({ events }), linux618);
      const verdicts = newVerdicts(1);
      const { counts } = filter.count(chunk, Bitset.ones(1), verdicts);
      expect([verdicts.allow.words[0], [...counts]]).toEqual([allow, looked]);
    }
  });

  test("a common field is not known in perf's records, and 0 in the filter engine's", () => {
    const chunk = chunkOf(linux2639, [{ nr: 0, fd: 1n }]);
    const filter = "common_flags == 0";
    const perf = ofOneTask({ events: [{ event: "syscalls:sys_enter_read", filter }] });
    const engine = ofOneTask({ filters: [{ nr: 0, filter }] });
    const event = chunk.at(0);
    expect(load(eventFiltersPoc, perf, linux2639).evaluate(event)).toBe("unknown");
    expect(eventFiltersPoc.load(perf, linux2639).evaluate(event)).toBe("unknown");
    expect(load(filterEngineV2, engine, linux2639).evaluate(event)).toBe("allow");
    const byTask = ofOneTask({ events: [{ event: "syscalls:sys_enter_read", filter: "common_pid == 1" }] });
    expect(() => load(eventFiltersPoc, byTask, linux2639)).toThrow(/`common_pid` is in none of the columns/);
  });

  test("a comparison with the number of the call is a predicate, which the reference decides beforehand", () => {
    const chunk = chunkOf(linux2639, [
      { nr: 0, fd: 1n },
      { nr: 1, fd: 1n },
    ]);
    const filters = [0, 1].map((nr) => ({ nr, filter: "nr == 0 && fd == 1" }));
    const reference = filterEngineV2.load(ofOneTask({ filters }), linux2639);
    const held = load(filterEngineV2, ofOneTask({ filters }), linux2639);
    for (const row of [0, 1]) expect(held.evaluate(chunk.at(row))).toBe(reference.evaluate(chunk.at(row)));
    expect([0, 1].map((row) => held.touched(chunk.at(row)).predicates)).toEqual([2, 1]);
    expect([0, 1].map((row) => reference.touched(chunk.at(row)).predicates)).toEqual([1, 0]);
  });
});

describe.runIf(addon.ok)("faithful", () => {
  test("says of which design it is, and in which structure where that is not the design's own", () => {
    const ids: [Design, FaithfulOptions][] = [
      [bitmaskAnd, {}],
      [bitmaskAnd, { structure: "list" }],
      [filterEngineShipped, { structure: "index" }],
      [filterEngineShipped, { depth: 32 }],
      [eventFiltersPoc, { structure: "events" }],
      [eventFiltersVision, {}],
      [eventFiltersPoc, { foreign: 10 }],
    ];
    expect(
      ids.map(([design, options]) => {
        const held = faithful(design, options);
        return held.ok ? held.value.id : held.error;
      }),
    ).toEqual([
      "bitmask-2009@and@faithful",
      "bitmask-2009@and@faithful-list",
      "filter-engine-2010@shipped@faithful-index",
      "filter-engine-2010@shipped@faithful-32",
      "event-filters-2011@poc@faithful",
      "event-filters-2011@vision@faithful",
      "event-filters-2011@poc@faithful-10",
    ]);
  });

  test.each([
    [filterEngineV2, { structure: "btree" }, "filter-engine-2010@v2 was not held as btree"],
    [filterEngineV2, { depth: 2 }, "a hash keeps one set, not 2"],
    [filterEngineShipped, { depth: 0 }, "0 is no number of sets from 1 to 1024"],
    [filterEngineShipped, { depth: 1025 }, "1025 is no number of sets from 1 to 1024"],
    [filterEngineShipped, { depth: 1.5 }, "1.5 is no number of sets from 1 to 1024"],
    [filterEngineV2, { foreign: 1 }, "a hash sees no events of others"],
    [eventFiltersPoc, { foreign: 10_001 }, "10001 is no number of events from 0 to 10000"],
    [{ ...filterEngineV2, id: "mine@v1" }, {}, "mine@v1 is no design that was posted"],
  ] as const)("refuses what was not, with the reason: %#", (design: Design, options, reason) => {
    expect(faithful(design, options)).toEqual({ ok: false, error: reason });
  });

  test("a program of another design is refused when it is loaded", () => {
    const mask = { sections: [], programs: [maskOf(linux2639, [0])] };
    const design: Design = filterEngineV2;
    const made = faithful(design);
    if (!made.ok) throw new Error(made.error);
    expect(() => made.value.load(mask, linux2639)).toThrow();
    expect(() => made.value.load({ programs: 3 }, linux2639)).toThrow();
    expect(() => made.value.load(ofOneTask({ filters: [{ nr: 0, filter: "fd &&" }] }), linux2639)).toThrow();
  });

  test("2.6.38 holds 32 operators, and takes no longer filter", () => {
    const many = Array.from({ length: 17 }, (_, i) => `fd == ${i}`).join(" || ");
    const program = ofOneTask({ filters: [{ nr: 0, filter: many }] });
    expect(() => load(filterEngineV2, program, linux2639)).not.toThrow();
    expect(() => load(filterEngineV2, program, linux2639, { structure: "hash-2.6.38" })).toThrow(/2\.6\.38/);
  });
});

function load<P>(
  design: Design<P>,
  program: P,
  catalog: Catalog,
  options: FaithfulOptions = {},
): FaithfulFilter<P> {
  const held = faithful(design, options);
  if (!held.ok) throw new Error(held.error);
  return held.value.load(program, catalog);
}

function ofOneTask<T>(program: T) {
  return { sections: [], programs: [program] };
}

/** The first calls, each with every argument. */
function wildcards(count: number) {
  return ofOneTask({ filters: Array.from({ length: count }, (_, nr) => ({ nr, filter: "1" })) });
}

function maskOf({ calls }: Catalog, allowed: readonly number[]) {
  const words = new Uint32Array((calls + 31) >>> 5);
  for (const nr of allowed) words[nr >>> 5] = (words[nr >>> 5] ?? 0) | (1 << (nr & 31));
  return { length: calls, words };
}

function chunkOf(catalog: Catalog, rows: readonly { readonly nr: number; readonly fd?: bigint }[]): Chunk {
  const chunk = new Chunk(catalog, new Dictionary(), { capacity: rows.length, tasks: [TASK] });
  for (const { nr, fd = 0n } of rows)
    chunk.push(
      0,
      nr,
      ABI.native,
      [fd, 0n, 0n, 0n, 0n, 0n].map((value) => u64(value)),
    );
  return chunk;
}

/** What one row for each call of the table took. */
function countsOfAll(filter: FaithfulFilter, catalog: Catalog) {
  const chunk = chunkOf(
    catalog,
    Array.from({ length: catalog.calls }, (_, nr) => ({ nr })),
  );
  const { counts } = filter.count(chunk, Bitset.ones(chunk.length), newVerdicts(chunk.length));
  const column = (at: number) => Array.from({ length: chunk.length }, (_, row) => counts[3 * row + at] ?? 0);
  return { predicates: column(0), steps: column(1), bytes: column(2) };
}
