// What the generations got wrong, each in the variant that had it and beside the one that has not.

import { coverageOf, linux2639, linux2639i386 } from "@gatehouse/catalog";
import { ABI, type Answer, done, kernelOf, PR, refused } from "@gatehouse/core";
import {
  filterEngineArray,
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
const PRCTL = 157;

type Design = typeof filterEngineV2;
type Compat = { readonly compat: typeof linux2639i386 };

function booted({ task }: Design, differs: Partial<Compat> = {}): RunningKernel {
  return new RunningKernel(task, kernelOf(linux2639, differs));
}

/** By the calls of v2. */
const set = (running: RunningKernel, nr: number, filter: string): Answer =>
  running.prctl(1, PR.SET_SECCOMP_FILTER, nr, filter);
const get = (running: RunningKernel, nr: number): Answer =>
  running.prctl(1, PR.GET_SECCOMP_FILTER, nr, new Uint8Array(256), 256);
const enforce = (running: RunningKernel, flags = 0): Answer => running.prctl(1, PR.SET_SECCOMP, 2, flags);

/** By those of the shipped form. */
const setShipped = (running: RunningKernel, nr: number, filter: string): Answer =>
  running.prctl(1, PR.SET_SECCOMP_FILTER, 0, nr, filter);
const getShipped = (running: RunningKernel, nr: number): Answer =>
  running.prctl(1, PR.GET_SECCOMP_FILTER, 0, nr, new Uint8Array(256), 256);
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

  test("@shipped and @corrected: parentheses keep a plain `||` apart", () => {
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

// The parentheses around the new text are part of one merged text, which alone is read: a text that closes them and opens
// new ones takes the old text's `&&` apart.
describe("the text that breaks out of its parentheses", () => {
  const BREAKS_OUT = "fd == 0) || (fd == 1";

  test("@shipped: `fd == 0` narrowed by it lets fd 1 pass", () => {
    const running = booted(filterEngineShipped);
    setShipped(running, READ, "fd == 0");
    enforceShipped(running);
    expect(running.verdict(1, "read(fd=1)")).toBe("deny");
    expect(setShipped(running, READ, BREAKS_OUT)).toEqual(done());
    expect(getShipped(running, READ)).toMatchObject({ text: "(fd == 0) && (fd == 0) || (fd == 1)" });
    expect(running.verdict(1, "read(fd=1)")).toBe("allow");
  });

  test("@shipped: what a task inherited is ANDed by the chain, and stays", () => {
    const running = booted(filterEngineShipped);
    setShipped(running, READ, "fd == 0");
    setShipped(running, PRCTL, "1");
    enforceShipped(running);
    running.fork(1, 2);
    for (const text of ["fd == 0", BREAKS_OUT]) running.prctl(2, PR.SET_SECCOMP_FILTER, 0, READ, text);
    running.prctl(2, PR.SET_SECCOMP, 13);
    expect(running.verdict(2, "read(fd=1)")).toBe("deny");
  });

  test("@array: a child loosens the filter that its parent set", () => {
    const running = booted(filterEngineArray);
    setShipped(running, READ, "fd == 0");
    setShipped(running, PRCTL, "1");
    enforceShipped(running);
    running.fork(1, 2);
    expect(running.verdict(2, "read(fd=1)")).toBe("deny");
    expect(running.prctl(2, PR.SET_SECCOMP_FILTER, 0, READ, BREAKS_OUT)).toEqual(done());
    expect(running.verdict(2, "read(fd=1)")).toBe("allow");
    expect(running.verdict(1, "read(fd=1)")).toBe("deny");
  });

  test("@v2: only the old text has parentheses, so such a text does not parse", () => {
    const running = booted(filterEngineV2);
    set(running, READ, "fd == 0");
    expect(set(running, READ, BREAKS_OUT)).toEqual(refused("EINVAL"));
  });

  test("@corrected: the new text must be a filter by itself", () => {
    const running = booted(filterEngineCorrected);
    set(running, READ, "fd == 0");
    expect(set(running, READ, BREAKS_OUT)).toEqual(refused("EINVAL"));
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

  test("@v2: 255 bytes fill the copy, and a zero behind it on the stack cuts the text off", () => {
    const running = booted(filterEngineV2);
    expect(set(running, READ, padded(254))).toEqual(done());
    expect(set(running, WRITE, `${padded(255, "fd == 1")} && count == 0`)).toEqual(done());
    expect(get(running, WRITE)).toMatchObject({ text: "fd == 1" });
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
    expect(running.check(1, "mmap(prot=1)")).toEqual({ verdict: "deny", log: [], checked: true, bug: true });
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

  test("@v2: the same; @corrected has the room", () => {
    const verdicts = [filterEngineV2, filterEngineCorrected].map((design) => {
      const running = booted(design);
      expect(set(running, MMAP, "prot == 1")).toEqual(done());
      enforce(running);
      return running.verdict(1, "mmap(prot=1)");
    });
    expect(verdicts).toEqual(["deny", "allow"]);
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
      return !answer.ok && answer.errno === "ENOSYS";
    });
    expect(asked.length - blind.length).toBe(traced);
    expect(blind.map(({ name }) => name)).toEqual(expect.arrayContaining([...untraced]));
    expect(implemented - traced).toBe(untraced.length);
    for (const { id } of blind) expect(set(running, id, "1")).toEqual(done());
  });
});

describe("the table that counts wrongly", () => {
  test("@v2: FilterCount is one too high after a filter was narrowed, until the next change", () => {
    const running = booted(filterEngineV2);
    set(running, READ, "fd == 0 || fd == 1");
    set(running, READ, "fd != 1");
    expect(running.proc(1)).toContain("FilterCount: 2\n");
    set(running, WRITE, "1");
    expect(running.proc(1)).toContain("FilterCount: 2\n");
  });

  test("@corrected: the count is right", () => {
    const running = booted(filterEngineCorrected);
    set(running, READ, "fd == 0 || fd == 1");
    set(running, READ, "fd != 1");
    expect(running.proc(1)).toContain("FilterCount: 1\n");
  });
});

describe("the copy that parses every text again", () => {
  const CALLS = linux2639.formats
    .filter(({ kind, event }) => kind === "syscall" && event !== null)
    .slice(0, 20);

  /** Texts parsed while so many filters are installed, one call after the other. */
  function parses({ task }: Design, before: readonly number[]): number {
    let state = task.boot(kernelOf(linux2639), { pid: 1, privileged: true });
    let sum = 0;
    for (const { id } of CALLS) {
      const args = [...before, id, "nr >= 0"];
      const called = task.call(state, 1, { call: "prctl", option: PR.SET_SECCOMP_FILTER, args });
      expect(called.answer).toEqual(done());
      state = called.state;
      sum += called.parses ?? 0;
    }
    return sum;
  }

  test.each([
    ["@v2", filterEngineV2, []],
    ["@shipped", filterEngineShipped, [0]],
    ["@array", filterEngineArray, [0]],
  ] as const)("%s: n filters cost n (n + 1) / 2 texts", (_, design, before) => {
    expect(parses(design, before)).toBe((CALLS.length * (CALLS.length + 1)) / 2);
  });
});

test("@v2: mode 2 can be set in a kernel without filters, and every call is killed without a line", () => {
  const running = new RunningKernel(filterEngineV2.task, kernelOf(linux2639, { filters: false }));
  expect(enforce(running)).toEqual(done());
  expect(running.check(1, "read(fd=0)")).toEqual({ verdict: "deny", log: [], checked: true });
});

test("@array: slots of `1` are never given back, and after 65,533 of them the kernel oopses", () => {
  const running = booted(filterEngineArray);
  const pair = () => {
    const answer = setShipped(running, READ, "1");
    running.prctl(1, PR.CLEAR_SECCOMP_FILTER, 0, READ);
    return answer;
  };
  for (let i = 0; i < 65_533; i++) if (!pair().ok) throw new Error(`refused at pair ${i}`);
  expect(pair()).toEqual({ ok: false, errno: null });
});

test("@shipped: numbers beyond the table take `1`, and a number that no int holds is refused", () => {
  const running = booted(filterEngineShipped);
  expect(setShipped(running, 100_000, "1")).toEqual(done());
  expect(setShipped(running, 100_001, "nr == 1")).toEqual(refused("ENOSYS"));
  expect(setShipped(running, 2 ** 31, "1")).toEqual(refused("EINVAL"));
});
