// The prctl calls of each generation, errno by errno, and what their tasks may then do.

import { linux2639, linux2639i386 } from "@gatehouse/catalog";
import {
  ABI,
  type Answer,
  done,
  type Kernel,
  kernelOf,
  PR,
  type PrctlArgument,
  refused,
} from "@gatehouse/core";
import {
  eventIdOf,
  filterEngineArray,
  filterEngineCorrected,
  filterEngineShipped,
  filterEngineV2,
} from "@gatehouse/design-2010-filter-engine";
import { RunningKernel } from "@gatehouse/scenarios";
import { describe, expect, test } from "vitest";

const nr = (name: string, catalog = linux2639) => {
  const format = catalog.byName(name);
  if (format === undefined) throw new RangeError(name);
  return format.id;
};

type Variant = {
  readonly design: typeof filterEngineV2;
  /** What stands before a call's number. */
  readonly before: readonly number[];
  readonly mode: number;
};

const V2: Variant = { design: filterEngineV2, before: [], mode: 2 };
const SHIPPED: Variant = { design: filterEngineShipped, before: [0], mode: 13 };
const ARRAY: Variant = { design: filterEngineArray, before: [0], mode: 13 };
const CORRECTED: Variant = { design: filterEngineCorrected, before: [], mode: 2 };
const VARIANTS = [V2, ARRAY, SHIPPED, CORRECTED];

/** A task, and the calls as it would make them. */
class Task {
  readonly running: RunningKernel;
  readonly #variant: Variant;
  readonly #pid: number;

  constructor(variant: Variant, running: RunningKernel, pid = 1) {
    this.#variant = variant;
    this.running = running;
    this.#pid = pid;
  }

  set(call: string | number, filter: string | null): Answer {
    return this.#prctl(PR.SET_SECCOMP_FILTER, call, filter);
  }

  get(call: string | number, size = 256, buffer: PrctlArgument = new Uint8Array(size)): Answer {
    return this.#prctl(PR.GET_SECCOMP_FILTER, call, buffer, size);
  }

  clear(call: string | number): Answer {
    return this.#prctl(PR.CLEAR_SECCOMP_FILTER, call);
  }

  enforce(flags = 0): Answer {
    return this.running.prctl(this.#pid, PR.SET_SECCOMP, this.#variant.mode, flags);
  }

  verdicts(...events: readonly string[]): string[] {
    return events.map((event) => this.running.verdict(this.#pid, event));
  }

  fork(child: number): Task {
    this.running.fork(this.#pid, child);
    return new Task(this.#variant, this.running, child);
  }

  #prctl(option: number, call: string | number, ...args: readonly PrctlArgument[]): Answer {
    const id = typeof call === "number" ? call : nr(call);
    return this.running.prctl(this.#pid, option, ...this.#variant.before, id, ...args);
  }
}

function booted(variant: Variant, differs: Partial<Kernel> = {}, privileged = false): Task {
  const kernel = kernelOf(linux2639, differs);
  return new Task(variant, new RunningKernel(variant.design.task, kernel, privileged));
}

describe.each(VARIANTS)("$design.id", (variant) => {
  test("filters do nothing before they are enforced, and then all at once", () => {
    const task = booted(variant);
    expect(task.set("read", "fd == 0")).toEqual(done());
    expect(task.set("exit", " 1 ")).toEqual(done());
    expect(task.verdicts("read(fd=3)", "openat()")).toEqual(["allow", "allow"]);
    expect(task.running.prctl(1, PR.GET_SECCOMP)).toEqual(done(0));
    expect(task.enforce()).toEqual(done());
    expect(task.running.prctl(1, PR.GET_SECCOMP)).toEqual(done(variant.mode));
    expect(
      task.verdicts("read(fd=0)", "read(fd=3)", "read()", "exit()", "openat()", "no_such_call()"),
    ).toEqual(["allow", "deny", "unknown", "allow", "deny", "deny"]);
    expect(task.verdicts("file_open()", "int80:exit()", "x32:exit()")).toEqual(["allow", "deny", "deny"]);
  });

  test("once enforced nothing is added, what is cleared stays refused, and the mode stays", () => {
    const task = booted(variant);
    task.set("close", "1");
    task.enforce();
    expect(task.set("read", "1")).toEqual(refused("EACCES"));
    expect(task.clear("close")).toEqual(done());
    expect(task.verdicts("close()")).toEqual(["deny"]);
    expect(task.set("close", "1")).toEqual(refused("EACCES"));
    if (variant !== SHIPPED) expect(task.enforce()).toEqual(refused("EPERM"));
    expect(task.running.prctl(1, PR.SET_SECCOMP, 2 + variant.mode)).toEqual(refused("EPERM"));
    expect(task.running.prctl(1, PR.SET_SECCOMP, 1)).toEqual(refused("EPERM"));
  });

  test("before that, a cleared call starts again", () => {
    const task = booted(variant);
    task.set("read", "fd == 0");
    task.clear("read");
    expect(task.set("read", "fd == 1")).toEqual(done());
    expect(task.get("read")).toEqual({ ok: true, value: 0, text: "fd == 1", wrote: 8 });
  });

  test.each([
    ["a negative number", [-1, "1"], "EINVAL"],
    ["a pointer to nowhere", ["read", null], "EFAULT"],
    ["an empty string", ["read", ""], "EINVAL"],
    ["a blank one", ["read", " \t\n"], "EINVAL"],
    ["a field that the call has not", ["write", "size < 100"], "EINVAL"],
    ["`0`, which is no filter", ["read", "0"], "EINVAL"],
    ["a filter on a call without metadata", ["rt_sigreturn", "fd == 0"], "ENOSYS"],
  ] as const)("SET refuses %s", (_, [call, filter], errno) => {
    expect(booted(variant).set(call, filter)).toEqual(refused(errno));
  });

  test("calls without metadata take `1` and nothing else; without CONFIG_FTRACE_SYSCALLS all are such", () => {
    expect(booted(variant, {}, true).set("execve", "1")).toEqual(done());
    expect(booted(variant, {}, true).set("execve", "nr == 59")).toEqual(refused("ENOSYS"));
    const bare = booted(variant, { ftrace: false });
    expect(bare.set("read", "fd == 0")).toEqual(refused("ENOSYS"));
    expect(bare.set("read", "1")).toEqual(done());
  });

  test("without CONFIG_SECCOMP_FILTER the numbers are known and do nothing", () => {
    const task = booted(variant, { filters: false });
    expect([task.set("read", "1"), task.get("read"), task.clear("read")]).toEqual([
      refused("ENOSYS"),
      refused("ENOSYS"),
      refused("ENOSYS"),
    ]);
    if (variant !== V2) expect(task.enforce()).toEqual(refused("EINVAL"));
    expect(task.running.prctl(1, PR.SET_SECCOMP, 1)).toEqual(done());
  });

  test.each([
    ["no entry", "write", 100, "ENOENT"],
    ["no room", "read", 7, "ENOSPC"],
    ["a size of nothing", "read", 0, "EINVAL"],
  ] as const)("GET refuses %s", (_, call, size, errno) => {
    const task = booted(variant);
    task.set("read", "fd == 0");
    expect(task.get(call, size)).toEqual(refused(errno));
    expect(task.get("read", 8)).toEqual({ ok: true, value: 0, text: "fd == 0", wrote: 8 });
  });

  test("GET into a buffer that ends too early writes what has room, and answers ENOSPC", () => {
    const task = booted(variant);
    task.set("read", "fd == 0");
    expect(task.get("read", 100, null)).toEqual(refused("ENOSPC"));
    const partly = { ok: false, errno: "ENOSPC", wrote: 4, text: "fd =" };
    expect(task.get("read", 100, new Uint8Array(4))).toEqual(partly);
  });

  test("what is merged has fewer than 256 bytes", () => {
    const task = booted(variant);
    const text = (bytes: number) => `fd ==${"1".padStart(bytes - 5)}`;
    task.set("read", text(120));
    expect(task.set("read", text(140))).toEqual(refused("E2BIG"));
    expect(task.get("read")).toMatchObject({ text: text(120) });
  });

  test("a refused call is told to the log", () => {
    const task = booted(variant);
    task.set("read", "fd == 0");
    task.enforce();
    const at = variant.mode === 2 ? "ip:0" : "0x0";
    expect(task.running.check(1, "write(fd=1)").log).toEqual([
      `sh[1]: system call 1 (sys_write) blocked at ${at}`,
    ]);
    expect(task.running.check(1, "rt_sigreturn()").log).toEqual([
      `sh[1]: system call 15 (unknown) blocked at ${at}`,
    ]);
    expect(task.running.check(1, "read(fd=0)").log).toEqual([]);
  });

  test("a set is that of one entry path: the other adds nothing to it", () => {
    const task = booted(variant, { compat: linux2639i386 });
    task.set("read", "1");
    const args = [...variant.before, nr("read", linux2639i386), "1"];
    const call = { call: "prctl", option: PR.SET_SECCOMP_FILTER, args, abi: ABI.int80 } as const;
    expect(task.running.call(1, call)).toEqual(refused("EACCES"));
  });

  test("by `int 0x80` metadata describes native arguments: all but the second version take `1` alone", () => {
    const task = booted(variant, { compat: linux2639i386 });
    const set = (filter: string) =>
      task.running.call(1, {
        call: "prctl",
        option: PR.SET_SECCOMP_FILTER,
        args: [...variant.before, nr("read", linux2639i386), filter],
        abi: ABI.int80,
      });
    // The second version holds an expression against the native call of the same number, where 3 is close.
    expect(set("fd == 0")).toEqual(variant === V2 ? done() : refused("ENOSYS"));
    if (variant !== V2) expect(set("1")).toEqual(done());
  });

  test("perf has no say", () => {
    const { running } = booted(variant);
    expect(running.call(1, { call: "perf_event_open", event: "syscalls:sys_enter_read", attr: {} })).toEqual(
      refused("ENOSYS"),
    );
    expect(running.call(1, { call: "close", fd: 3 })).toEqual(refused("EBADF"));
  });

  test("what `install` gives puts a task under the program", () => {
    const { running } = booted(variant);
    const program = variant.design.parse("read: fd == 0\nexit: 1\n", linux2639);
    if (!program.ok) throw new Error("the program does not parse");
    const shell = { pid: 1, parent: null, comm: "sh", lineage: new Set(["sh"]) };
    expect(running.calls(1, variant.design.task.install(program.value, shell))).toEqual([
      done(),
      done(),
      done(),
    ]);
    expect(["read(fd=0)", "read(fd=1)"].map((event) => running.verdict(1, event))).toEqual(["allow", "deny"]);
  });
});

test.each([V2, ARRAY, CORRECTED])("$design.id: SET refuses a number beyond the table", (variant) => {
  expect(booted(variant).set(linux2639.calls, "1")).toEqual(refused("EINVAL"));
});

describe.each([V2, CORRECTED])("$design.id", (variant) => {
  test("a child has all of it, enforced or not, and what it narrows is its own", () => {
    const parent = booted(variant);
    parent.set("read", "fd == 0 || fd == 3");
    parent.set("prctl", "1");
    const early = parent.fork(2);
    expect(early.get("read")).toMatchObject({ text: "fd == 0 || fd == 3" });
    parent.enforce();
    const child = parent.fork(3);
    parent.running.exec(3);
    expect(child.set("read", "fd == 3")).toEqual(done());
    expect(child.verdicts("read(fd=0)", "read(fd=3)")).toEqual(["deny", "allow"]);
    expect(parent.verdicts("read(fd=0)")).toEqual(["allow"]);
    expect(early.verdicts("openat()")).toEqual(["allow"]);
  });

  test("clearing what is not there is no error", () => {
    expect(booted(variant).clear("read")).toEqual(done());
  });

  test("a mode beyond 2 is refused", () => {
    expect(booted(variant).running.prctl(1, PR.SET_SECCOMP, 13)).toEqual(refused("EINVAL"));
    expect(booted(variant).running.prctl(1, PR.SET_SECCOMP, 0)).toEqual(refused("EINVAL"));
  });

  test("an execve that is refused ends FILTER_ON_EXEC, also if it fails", () => {
    const task = booted(variant);
    task.set("read", "1");
    expect(task.enforce(2)).toEqual(done());
    expect(task.running.proc(1)).toContain("Filtering: 0\n");
    expect(task.running.check(1, "write()")).toMatchObject({ verdict: "allow" });
    expect(task.running.check(1, "execve()")).toMatchObject({ verdict: "allow" });
    expect(task.verdicts("read()", "write()", "execve()")).toEqual(["allow", "deny", "deny"]);
  });

  test("/proc/<pid>/seccomp_filter", () => {
    const task = booted(variant);
    task.set("write", "fd == 1");
    task.set("rt_sigreturn", "1");
    expect(task.running.proc(1)).toBe(
      // By hash: 15's chain is before that of 1.
      "Filtering: 0\nFilterCount: 2\nSystemCall: 15 (unknown)\nFilter: 1\nSystemCall: 1 (sys_write)\nFilter: fd == 1\n",
    );
    task.enforce();
    expect(task.running.proc(1)).toContain("Filtering: 1\n");
  });
});

describe("filter-engine-2010@array", () => {
  test("execve is refused whatever the set says, and a child has its parent's set once that is enforced", () => {
    const parent = booted(ARRAY, {}, true);
    expect(parent.set("execve", "1")).toEqual(done());
    expect(parent.fork(2).get("execve")).toEqual(refused("EINVAL"));
    parent.set("read", "fd == 0 || fd == 1");
    parent.enforce();
    expect(parent.verdicts("execve()", "read(fd=1)")).toEqual(["deny", "allow"]);
    const child = parent.fork(3);
    expect(child.set("read", "fd == 0")).toEqual(done());
    expect(child.verdicts("read(fd=1)")).toEqual(["deny"]);
    expect(parent.verdicts("read(fd=1)")).toEqual(["allow"]);
    expect(child.running.proc(3)).toBe("0 (sys_read): (fd == 0 || fd == 1) && (fd == 0)\n59 (unknown): 1\n");
  });

  test("a `1` is not narrowed", () => {
    const task = booted(ARRAY);
    task.set("read", "1");
    expect([task.set("read", "fd == 0"), task.set("read", "1")]).toEqual([
      refused("ENOENT"),
      refused("EINVAL"),
    ]);
  });
});

describe("filter-engine-2010@shipped", () => {
  test("a call is named by its trace event too, but not by `int 0x80` nor without ftrace", () => {
    const { running } = booted(SHIPPED, { compat: linux2639i386 });
    const id = eventIdOf(linux2639, "sys_enter_newuname") ?? 0;
    expect(running.prctl(1, PR.SET_SECCOMP_FILTER, 1, id, "1")).toEqual(done());
    expect(running.prctl(1, PR.GET_SECCOMP_FILTER, 0, nr("uname"), "", 9)).toMatchObject({ text: "1" });
    expect(running.prctl(1, PR.SET_SECCOMP_FILTER, 1, 9999, "1")).toEqual(refused("EINVAL"));
    expect(running.prctl(1, PR.SET_SECCOMP_FILTER, 2, 0, "1")).toEqual(refused("EINVAL"));
    const call = {
      call: "prctl",
      option: PR.SET_SECCOMP_FILTER,
      args: [1, id, "1"],
      abi: ABI.int80,
    } as const;
    expect(running.call(1, call)).toEqual(refused("ENOSYS"));
    const bare = booted(SHIPPED, { ftrace: false });
    expect(bare.running.prctl(1, PR.SET_SECCOMP_FILTER, 1, id, "1")).toEqual(refused("ENOSYS"));
    expect(eventIdOf(linux2639, "sys_enter_execve")).toBe(null);
  });

  test("a wildcard is narrowed by what replaces it, and a filter is not by a wildcard", () => {
    const task = booted(SHIPPED);
    task.set("read", "1");
    expect(task.set("read", "fd == 0")).toEqual(done());
    expect(task.get("read")).toMatchObject({ text: "fd == 0" });
    expect(task.set("read", "1")).toEqual(refused("EINVAL"));
  });

  test("execve is CAP_SYS_ADMIN's to allow, and any edit without it takes it away", () => {
    expect(booted(SHIPPED).set("execve", "1")).toEqual(refused("EPERM"));
    const root = booted(SHIPPED, {}, true);
    expect(root.set("execve", "1")).toEqual(done());
    root.set("read", "1");
    root.enforce();
    expect(root.verdicts("execve()")).toEqual(["allow"]);
    root.running.call(1, { call: "setuid" });
    expect(root.verdicts("execve()")).toEqual(["allow"]);
    root.clear("read");
    expect(root.verdicts("execve()")).toEqual(["deny"]);
  });

  test("clearing what is not there is an error", () => {
    expect(booted(SHIPPED).clear("read")).toEqual(refused("EINVAL"));
  });

  test("a set that is not enforced is not inherited", () => {
    const parent = booted(SHIPPED);
    parent.set("read", "1");
    const child = parent.fork(2);
    expect(child.get("read")).toEqual(refused("EINVAL"));
    expect(child.running.proc(2)).toBe("");
  });

  test("a child composes a set of its own with what it inherited", () => {
    const parent = booted(SHIPPED);
    parent.set("read", "fd == 0 || fd == 3");
    parent.set("write", "1");
    parent.enforce();
    const child = parent.fork(2);
    expect(child.enforce()).toEqual(refused("EINVAL"));
    expect([child.get("read"), child.clear("read")]).toEqual([refused("EINVAL"), refused("EINVAL")]);
    expect(child.set("read", "fd == 3 || fd == 4")).toEqual(done());
    expect(child.set("openat", "1")).toEqual(done());
    expect(child.verdicts("read(fd=0)", "read(fd=4)", "write()")).toEqual(["allow", "deny", "allow"]);
    // A second time as well: the set is copied, and nothing else comes of that.
    expect([child.enforce(), child.enforce()]).toEqual([done(), done()]);
    expect(child.verdicts("read(fd=0)", "read(fd=3)", "read(fd=4)", "write()", "openat()")).toEqual([
      "deny",
      "allow",
      "deny",
      "deny",
      "deny",
    ]);
    expect(parent.verdicts("read(fd=0)", "write()")).toEqual(["allow", "allow"]);
    expect(child.running.proc(2)).toBe(
      [
        "Enabled: 1",
        "Inherited: 0",
        "257 (sys_openat): 1",
        "0 (sys_read): fd == 3 || fd == 4",
        "--",
        "Enabled: 1",
        "Inherited: 1",
        "1 (sys_write): 1",
        "0 (sys_read): fd == 0 || fd == 3",
        "--",
        "",
      ].join("\n"),
    );
  });
});
