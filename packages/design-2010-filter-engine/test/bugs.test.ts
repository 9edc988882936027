// What the generations got wrong, each in the variant that had it and beside the one that has not.

import { coverageOf, linux2639, linux2639i386 } from "@gatehouse/catalog";
import { ABI, type Answer, Catalog, done, kernelOf, PR, refusalName, refused } from "@gatehouse/core";
import {
  filterEngineCorrected,
  filterEngineShipped,
  filterEngineV2,
} from "@gatehouse/design-2010-filter-engine";
import { RunningKernel } from "@gatehouse/scenarios";
import { describe, expect, test } from "vitest";

const READ = 0;
const WRITE = 1;
const MMAP = 9;
const EXECVE = 59;

type Design = typeof filterEngineV2;
type Compat = { readonly compat: typeof linux2639i386 };

function booted({ task }: Design, differs: Partial<Compat> = {}): RunningKernel {
  return new RunningKernel(task, kernelOf(linux2639, differs));
}

/** By the calls of v2. */
const set = (running: RunningKernel, nr: number, filter: string): Answer =>
  running.prctl(1, PR.SET_SECCOMP_FILTER, nr, filter);
const get = (running: RunningKernel, nr: number): Answer =>
  running.prctl(1, PR.GET_SECCOMP_FILTER, nr, "", 4096);
const enforce = (running: RunningKernel, flags = 0): Answer => running.prctl(1, PR.SET_SECCOMP, 2, flags);

/** By those of the shipped form. */
const setShipped = (running: RunningKernel, nr: number, filter: string): Answer =>
  running.prctl(1, PR.SET_SECCOMP_FILTER, 0, nr, filter);
const getShipped = (running: RunningKernel, nr: number): Answer =>
  running.prctl(1, PR.GET_SECCOMP_FILTER, 0, nr, "", 4096);
const enforceShipped = (running: RunningKernel): Answer => running.prctl(1, PR.SET_SECCOMP, 13);

describe("the AND that widens", () => {
  test("@v2: `(old) && new` without parentheses lets pass what neither said alone", () => {
    const running = booted(filterEngineV2);
    set(running, READ, "fd == 0");
    enforce(running);
    expect(running.verdict(1, "read(fd=2)")).toBe("deny");
    expect(set(running, READ, "fd == 1 || fd == 2")).toEqual(done());
    expect(get(running, READ)).toMatchObject({ text: "(fd == 0) && fd == 1 || fd == 2" });
    expect(running.verdict(1, "read(fd=2)")).toBe("allow");
  });

  test("@shipped and @corrected: parentheses keep it apart", () => {
    const shipped = booted(filterEngineShipped);
    setShipped(shipped, READ, "fd == 0");
    enforceShipped(shipped);
    setShipped(shipped, READ, "fd == 1 || fd == 2");
    expect(getShipped(shipped, READ)).toMatchObject({ text: "(fd == 0) && (fd == 1 || fd == 2)" });
    const corrected = booted(filterEngineCorrected);
    set(corrected, READ, "fd == 0");
    enforce(corrected);
    set(corrected, READ, "fd == 1 || fd == 2");
    for (const running of [shipped, corrected]) expect(running.verdict(1, "read(fd=2)")).toBe("deny");
  });
});

describe("the wildcard that cannot be narrowed", () => {
  test("@v2: `(1) && fd == 0` is no filter", () => {
    const running = booted(filterEngineV2);
    set(running, READ, "1");
    expect(set(running, READ, "fd == 0")).toEqual(refused("EINVAL"));
    expect(set(running, READ, "1")).toEqual(refused("EINVAL"));
  });

  test("@corrected: the new text takes its place", () => {
    const running = booted(filterEngineCorrected);
    set(running, READ, "1");
    enforce(running);
    expect(set(running, READ, "fd == 0")).toEqual(done());
    expect(get(running, READ)).toMatchObject({ text: "fd == 0" });
    expect(running.verdict(1, "read(fd=1)")).toBe("deny");
  });
});

describe("the compat test that is inverted", () => {
  const compat = { compat: linux2639i386 };

  test("@v2 with CONFIG_COMPAT: every native task dies of its next call", () => {
    const running = booted(filterEngineV2, compat);
    set(running, READ, "1");
    enforce(running);
    expect(running.verdict(1, "read(fd=0)")).toBe("deny");
    expect(running.verdict(1, "exit_group()")).toBe("deny");
  });

  // Number 9 is mmap on the native path and link by `int 0x80`.
  test("@v2 with CONFIG_COMPAT: `int 0x80` is let through, and looked up in the native table", () => {
    const running = booted(filterEngineV2, compat);
    set(running, MMAP, "1");
    enforce(running);
    expect(running.verdict(1, "int80:link()")).toBe("allow");
    expect(running.verdict(1, "int80:read()")).toBe("deny");
  });

  test("@v2 with CONFIG_COMPAT: a 32-bit task that jumps to 64-bit code is let through likewise", () => {
    const running = booted(filterEngineV2, compat);
    const call = { call: "prctl", option: PR.SET_SECCOMP_FILTER, args: [3, "1"], abi: ABI.int80 } as const;
    expect(running.call(1, call)).toEqual(done()); // read, by its number of `int 0x80`
    running.call(1, { call: "prctl", option: PR.SET_SECCOMP, args: [2, 0], abi: ABI.int80 });
    expect(running.verdict(1, "int80:read()")).toBe("allow"); // is_compat_task() is 2, and 2 is not 1
    expect(running.verdict(1, "close()")).toBe("allow"); // number 3 of the native table
  });

  test.each([
    ["@shipped", filterEngineShipped, [0]],
    ["@corrected", filterEngineCorrected, []],
  ] as const)("%s: each path its own set, and the other is refused", (_, design, before) => {
    const running = booted(design, compat);
    running.prctl(1, PR.SET_SECCOMP_FILTER, ...before, MMAP, "1");
    running.prctl(1, PR.SET_SECCOMP, design === filterEngineShipped ? 13 : 2, 0);
    expect(running.verdict(1, "mmap()")).toBe("allow");
    expect(running.verdict(1, "int80:link()")).toBe("deny");
  });
});

describe("FILTER_ON_EXEC that never ends", () => {
  test("@v2: an execve that the set lets pass leaves the flag, and nothing is ever enforced", () => {
    const running = booted(filterEngineV2);
    set(running, EXECVE, "1");
    enforce(running, 2);
    running.check(1, "execve()");
    running.exec(1);
    expect(running.verdict(1, "unlink()")).toBe("allow");
  });

  test("@corrected: the first attempt ends it", () => {
    const running = booted(filterEngineCorrected);
    set(running, EXECVE, "1");
    enforce(running, 2);
    running.check(1, "execve()");
    expect(running.verdict(1, "unlink()")).toBe("deny");
  });
});

describe("strings that are too long", () => {
  const padded = (bytes: number, filter = "fd == 0") => filter.padEnd(bytes);

  test("@v2: 255 bytes fill the copy, and what is behind it on the stack is read along", () => {
    const running = booted(filterEngineV2);
    expect(set(running, READ, padded(254))).toEqual(done());
    expect(set(running, WRITE, padded(255))).toEqual(refused("E2BIG"));
  });

  test("@corrected: 255 bytes are a filter, 256 are refused", () => {
    const running = booted(filterEngineCorrected);
    expect(set(running, READ, padded(255))).toEqual(done());
    expect(set(running, WRITE, padded(256))).toEqual(refused("E2BIG"));
  });

  test("@shipped: what is behind byte 255 is cut off, and nobody is told", () => {
    const running = booted(filterEngineShipped);
    expect(setShipped(running, READ, `${padded(240, "fd == 0 || fd == 1")} && count < 4096`)).toEqual(done());
    // The cut has left `… && count < 4`.
    expect(getShipped(running, READ)).toMatchObject({ text: expect.stringMatching(/ && count <? ?\d*$/) });
    setShipped(running, WRITE, `${padded(255, "fd == 1")} && count == 0`);
    enforceShipped(running);
    expect(running.verdict(1, "write(fd=1, count=100)")).toBe("allow");
  });

  test("@shipped: 8,192 times `A` is refused, as a filter that is none", () => {
    expect(setShipped(booted(filterEngineShipped), READ, "A".repeat(8192))).toEqual(refused("EINVAL"));
  });
});

describe("the record of six arguments in a buffer of 64 bytes", () => {
  test("@shipped: a filter on such a call is taken, and the first use of the call kills, without a line in the log", () => {
    const running = booted(filterEngineShipped);
    expect(setShipped(running, MMAP, "prot == 1")).toEqual(done());
    enforceShipped(running);
    expect(running.check(1, "mmap(prot=1)")).toEqual({ verdict: "deny", log: null });
  });

  test("@shipped: `1` needs no record, nor do 32 bits too many", () => {
    const wide = booted(filterEngineShipped);
    setShipped(wide, MMAP, "1");
    enforceShipped(wide);
    expect(wide.verdict(1, "mmap(prot=7)")).toBe("allow");
    const narrow = new RunningKernel(filterEngineShipped.task, kernelOf(linux2639i386));
    setShipped(narrow, linux2639i386.byName("mmap2")?.id ?? -1, "prot == 1");
    enforceShipped(narrow);
    expect(narrow.verdict(1, "mmap2(prot=1)")).toBe("allow");
  });

  test("@v2 and @corrected have the room", () => {
    for (const design of [filterEngineV2, filterEngineCorrected]) {
      const running = booted(design);
      set(running, MMAP, "prot == 1");
      enforce(running);
      expect(running.verdict(1, "mmap(prot=1)")).toBe("allow");
    }
  });
});

describe("registers are 64 bits wide and the kernel's `int` is not", () => {
  test.each([
    ["@v2", filterEngineV2, [], 2],
    ["@shipped", filterEngineShipped, [0], 13],
    ["@corrected", filterEngineCorrected, [], 2],
  ] as const)("%s: `fd != 2` lets 0x100000002 pass, which write takes for 2", (_, design, before, mode) => {
    const running = booted(design);
    running.prctl(1, PR.SET_SECCOMP_FILTER, ...before, WRITE, "fd != 2");
    running.prctl(1, PR.SET_SECCOMP_FILTER, ...before, READ, "fd == 0");
    running.prctl(1, PR.SET_SECCOMP, mode, 0);
    expect(running.verdict(1, "write(fd=2)")).toBe("deny");
    expect(running.verdict(1, "write(fd=0x100000002)")).toBe("allow");
    // A filter that says what is allowed is too strict at worst.
    expect(running.verdict(1, "read(fd=0x100000000)")).toBe("deny");
  });
});

describe("calls without metadata", () => {
  test.each([
    ["x86-64", linux2639],
    ["i386", linux2639i386],
  ])("on %s they are those that the catalog counts: `1` and nothing else works on them", (_, catalog) => {
    const { traced, implemented, untraced } = coverageOf(catalog);
    const running = new RunningKernel(filterEngineCorrected.task, kernelOf(catalog));
    const asked = catalog.formats.filter(({ kind }) => kind === "syscall");
    const blind = asked.filter(({ id }) => {
      const answer = set(running, id, `__syscall_nr == ${id}`);
      return !answer.ok && refusalName(answer) === "ENOSYS";
    });
    expect(asked.length - blind.length).toBe(traced);
    expect(blind.map(({ name }) => name)).toEqual(expect.arrayContaining([...untraced]));
    expect(implemented - traced).toBe(untraced.length);
    for (const { id } of blind) expect(set(running, id, "1")).toEqual(done());
  });
});

test("@v2: there is no 512th entry", () => {
  const calls = Array.from({ length: 600 }, (_, id) => ({
    id,
    kind: "syscall" as const,
    name: `call_${id}`,
    names: [`call_${id}`],
    event: null,
    system: "syscalls",
    fields: [],
  }));
  const running = new RunningKernel(filterEngineV2.task, kernelOf(new Catalog("made up", "none", calls)));
  const answers = calls.slice(0, 512).map(({ id }) => set(running, id, "1"));
  expect(answers.filter(({ ok }) => ok).length).toBe(511);
  expect(answers.at(-1)).toEqual(refused("EINVAL"));
});
