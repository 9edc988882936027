import { existsSync, readFileSync } from "node:fs";
import { FIRST_OTHER_EVENT, NO_SUCH_CALL } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { catalogs, coverageOf, linux618, linux618i386, linux2639, linux2639i386 } from "../src/index.js";

const files = ["linux-6.18-x86_64.json", "linux-2.6.39-x86_64.json", "linux-2.6.39-i386.json"];
const own = (file: string) => new URL(`../src/data/${file}`, import.meta.url);
const shared = (file: string) => new URL(`../../../../shared/data/catalog/${file}`, import.meta.url);

describe.skipIf(!existsSync(shared("README.md")))("the data (skipped where ../shared is absent)", () => {
  test.each(files)("%s is the recorded file, byte for byte", (file) => {
    expect(readFileSync(own(file)).equals(readFileSync(shared(file)))).toBe(true);
  });
});

describe.each([
  { catalog: linux618, file: "linux-6.18-x86_64.json" },
  { catalog: linux2639, file: "linux-2.6.39-x86_64.json" },
  { catalog: linux2639i386, file: "linux-2.6.39-i386.json" },
])("$file", ({ catalog, file }) => {
  const data = JSON.parse(readFileSync(own(file), "utf8"));
  const calls = catalog.formats.filter(({ kind }) => kind === "syscall");

  test("every slot of the table is a call, and as many have events as the data's header counts", () => {
    const { slots, hooked, implementedUnhooked, notImplemented } = data.catalog.counts;
    const coverage = coverageOf(catalog);
    expect({ ...coverage, untraced: coverage.untraced.length }).toEqual({
      slots,
      implemented: slots - notImplemented,
      traced: hooked,
      untraced: implementedUnhooked,
    });
  });

  test("an argument is a whole register, unsigned, in the slot of its place", () => {
    const { wordSize } = data.catalog;
    for (const { fields } of calls) {
      let last = -1;
      for (const { slot, offset, size, signed, kind } of fields) {
        expect({ offset, size, signed, kind }).toEqual({
          offset: 16 + wordSize * slot,
          size: wordSize,
          signed: false,
          kind: "number",
        });
        expect(slot).toBeGreaterThan(last);
        last = slot;
      }
    }
  });

  test("task and object events follow the calls", () => {
    const others = catalog.formats.filter(({ kind }) => kind !== "syscall");
    expect(others.map(({ id }) => id)).toEqual(others.map((_, i) => FIRST_OTHER_EVENT + i));
    expect(others.filter(({ kind }) => kind === "task").map(({ name }) => name)).toEqual([
      "sched_process_fork",
      "sched_process_exec",
      "sched_process_exit",
    ]);
    expect(catalog.byName("file_open")?.fields.map(({ name }) => name)).toEqual([
      "label",
      "inode",
      "uid",
      "gid",
      "mode",
      "flags",
      "filename",
    ]);
  });
});

test.each([
  ["6.18", linux618, { slots: 383, hooked: 360 }],
  ["2.6.39", linux2639, { slots: 307, hooked: 274 }],
  ["2.6.39 by `int 0x80`", linux2639i386, { slots: 345, hooked: 297 }],
] as const)("%s has as many calls and events as its kernel", (_, catalog, expected) => {
  const calls = catalog.formats.filter(({ kind }) => kind === "syscall");
  const hooked = calls.filter(({ event }) => event !== null);
  expect({ slots: calls.length, hooked: hooked.length }).toEqual(expected);
});

test.each([
  ["uname", 63],
  ["newuname", 63],
  ["sys_enter_newuname", 63],
  ["sendfile", 40],
  ["sendfile64", 40],
  ["stat", 4],
  ["newstat", 4],
  ["umount2", 166],
  ["umount", 166],
] as const)("`%s` is call %i on both kernels", (name, nr) => {
  expect(linux618.byName(name)).toBe(linux618.byId(nr));
  expect(linux2639.byName(name)?.id).toBe(nr);
});

test("what a kernel does not have is not there", () => {
  expect(linux618.byName("opeant")).toBe(undefined);
  expect(linux2639.byName("openat2")).toBe(undefined);
  expect(linux618.byId(400)).toBe(undefined);
  expect(linux618.byId(NO_SUCH_CALL)).toBe(undefined);
});

test("tracing of 2.6.39 does not cover `execve`", () => {
  expect(linux2639.byName("execve")?.event).toBe(null);
  expect(linux618.byName("execve")?.event).toBe("sys_enter_execve");
});

test("on 6.18 two calls pass every seccomp program; in 2011 there was none", () => {
  expect(linux618.passSeccomp.map(({ id, name }) => [id, name])).toEqual([
    [335, "uretprobe"],
    [336, "uprobe"],
  ]);
  expect([linux2639, linux2639i386].flatMap(({ passSeccomp }) => passSeccomp)).toEqual([]);
});

test("a 64-bit argument of i386 takes two registers and is no field; what follows it keeps its place", () => {
  const fields = (name: string) =>
    linux2639i386.byName(name)?.fields.map((field) => [field.name, field.slot]);
  expect(fields("readahead")).toEqual([
    ["fd", 0],
    ["count", 3],
  ]);
  expect(fields("mmap2")?.at(-1)).toEqual(["pgoff", 5]);
});

test("a number of i386 that was never a call's has a name nevertheless", () => {
  expect(linux2639i386.nameOf(222)).toBe("syscall_222");
});

describe("the tables of other entry paths", () => {
  test.each([
    [linux618, "int80", 3, "read(fd, buf, count)"],
    [linux618, "int80", 224, "gettid()"],
    [linux618, "int80", 192, "mmap2(addr, len, prot, flags, fd, pgoff)"],
    [linux618, "int80", 180, "pread64(fd, buf, count)"],
    [linux618, "int80", 451, "cachestat(fd, cstat_range, cstat, flags)"],
    [linux618, "int80", 17, "break()"],
    [linux618, "x32", 0, "read(fd, buf, count)"],
    [linux618, "x32", 512, "rt_sigaction(sig, act, oact, sigsetsize)"],
    [linux2639, "int80", 3, "read(fd, buf, count)"],
  ] as const)("%s: by %s, %i is %s", (catalog, entry, nr, call) => {
    const format = catalog.tables[entry]?.byId(nr);
    expect(`${format?.name}(${format?.fields.map(({ name }) => name).join(", ")})`).toBe(call);
  });

  test("are none of the kernels' that had none", () => {
    expect([linux2639.tables.x32, linux2639i386.tables]).toEqual([undefined, {}]);
  });
});

test("catalogs are known by their short names", () => {
  expect(catalogs).toEqual({
    "6.18-x86_64": linux618,
    "6.18-i386": linux618i386,
    "2.6.39-x86_64": linux2639,
    "2.6.39-i386": linux2639i386,
  });
});
