import { existsSync, readFileSync } from "node:fs";
import { FIRST_OTHER_EVENT, NO_SUCH_CALL } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { catalogs, linux618, linux2639 } from "../src/index.js";

const files = ["linux-6.18-x86_64.json", "linux-2.6.39-x86_64.json"];
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
])("$file", ({ catalog, file }) => {
  const data = JSON.parse(readFileSync(own(file), "utf8"));
  const calls = catalog.formats.filter(({ kind }) => kind === "syscall");

  test("every slot of the table is a call, and as many have events as the data's header counts", () => {
    expect(calls.length).toBe(data.catalog.counts.slots);
    expect(calls.filter(({ event }) => event !== null).length).toBe(data.catalog.counts.hooked);
    const implemented = new Set(
      data.syscalls.flatMap((call: { nr: number; implemented: boolean }) =>
        call.implemented ? [call.nr] : [],
      ),
    );
    expect(calls.filter(({ id, event }) => event === null && implemented.has(id)).length).toBe(
      data.catalog.counts.implementedUnhooked,
    );
  });

  test("an argument is a whole register, unsigned, in the slot of its place", () => {
    for (const { fields } of calls) {
      for (const [place, { slot, offset, size, signed, kind }] of fields.entries()) {
        expect({ slot, offset, size, signed, kind }).toEqual({
          slot: place,
          offset: 16 + 8 * place,
          size: 8,
          signed: false,
          kind: "number",
        });
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

test("catalogs are known by their short names", () => {
  expect(catalogs).toEqual({ "6.18-x86_64": linux618, "2.6.39-x86_64": linux2639 });
});
