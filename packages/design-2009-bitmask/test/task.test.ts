import { linux2639, linux2639i386 } from "@gatehouse/catalog";
import { ABI, type Answer, done, kernelOf, PR, refused } from "@gatehouse/core";
import { type Bitmask, bitmaskAnd, bitmaskSubset } from "@gatehouse/design-2009-bitmask";
import { RunningKernel } from "@gatehouse/scenarios";
import { describe, expect, test } from "vitest";

const kernel = kernelOf(linux2639, { compat: linux2639i386 });
const program = (...calls: readonly string[]) => {
  const text = `length ${linux2639.calls}\n${calls.join("\n")}`;
  const parsed = bitmaskAnd.parse(text, linux2639);
  if (!parsed.ok) throw new SyntaxError(parsed.error[0]?.message);
  return parsed.value;
};

const VARIANTS = [bitmaskAnd, bitmaskSubset];
type Variant = (typeof VARIANTS)[number];
type Program = ReturnType<typeof program>;

function booted({ task }: Variant): RunningKernel {
  return new RunningKernel(task, kernel);
}

const SHELL = { pid: 1, parent: null, comm: "sh", lineage: new Set(["sh"]) };

function upload(running: RunningKernel, variant: Variant, pid: number, mask: Program): Answer[] {
  return running.calls(pid, variant.task.install(mask, SHELL));
}

describe.each(VARIANTS)("$id", (variant) => {
  test("a task without a mask does what it likes, with one what its bits say", () => {
    const running = booted(variant);
    expect(running.verdict(1, "openat()")).toBe("allow");
    expect(running.prctl(1, PR.GET_SECCOMP)).toEqual(done(0));
    expect(upload(running, variant, 1, program("read", "write"))).toEqual([done()]);
    expect(running.prctl(1, PR.GET_SECCOMP)).toEqual(done(2));
    expect(running.check(1, "read(fd=0)")).toMatchObject({ verdict: "allow", log: [] });
    expect(running.check(1, "openat()")).toMatchObject({ verdict: "deny", log: [] });
    expect(running.verdict(1, "no_such_call()")).toBe("deny");
    expect(running.verdict(1, "file_open()")).toBe("allow");
  });

  test("a child has its parent's mask, and keeps it over exec", () => {
    const running = booted(variant);
    upload(running, variant, 1, program("read", "prctl"));
    running.fork(1, 2);
    running.exec(2);
    expect(running.verdict(2, "read()")).toBe("allow");
    expect(running.verdict(2, "write()")).toBe("deny");
    upload(running, variant, 2, program("prctl"));
    expect(running.verdict(2, "read()")).toBe("deny");
    expect(running.verdict(1, "read()")).toBe("allow");
  });

  test("a mask says nothing of calls that come in by another path than it did", () => {
    const running = booted(variant);
    upload(running, variant, 1, program("exit", "munmap"));
    // Number 11 is munmap by the native path and execve by `int 0x80`.
    expect(running.verdict(1, "munmap()")).toBe("allow");
    expect(running.verdict(1, "int80:execve()")).toBe("deny");
    const [call] = variant.task.install(program("munmap"), SHELL);
    if (call !== undefined) expect(running.call(1, { ...call, abi: ABI.int80 })).toEqual(refused("EINVAL"));
  });

  test("a task may go on to mode 1, and not back", () => {
    const running = booted(variant);
    upload(running, variant, 1, program("read", "openat", "prctl"));
    expect(running.prctl(1, PR.SET_SECCOMP, 1)).toEqual(done());
    expect(running.prctl(1, PR.GET_SECCOMP)).toEqual(done(1));
    // What its mask refused is still refused.
    expect(["read()", "write()", "openat()"].map((event) => running.verdict(1, event))).toEqual([
      "allow",
      "deny",
      "deny",
    ]);
    expect(upload(running, variant, 1, program("openat"))).toEqual([refused("EPERM")]);
  });

  test.each([
    ["a length of nothing", [2, 0, new Uint8Array(1)], "EINVAL"],
    ["a length beyond any table", [2, 5000, new Uint8Array(625)], "EINVAL"],
    ["a pointer to nowhere", [2, 8, null], "EFAULT"],
    ["fewer bytes than the length says", [2, 9, new Uint8Array(1)], "EFAULT"],
    ["a mode that it has not", [3], "EINVAL"],
  ] as const)("%s", (_, args, errno) => {
    expect(booted(variant).prctl(1, PR.SET_SECCOMP, ...args)).toEqual(refused(errno));
  });
});

test("@and: what is not in both maps is gone, and nobody is told", () => {
  const running = booted(bitmaskAnd);
  upload(running, bitmaskAnd, 1, program("read", "write", "prctl"));
  expect(upload(running, bitmaskAnd, 1, program("write", "openat", "prctl"))).toEqual([done()]);
  expect(["read()", "write()", "openat()"].map((event) => running.verdict(1, event))).toEqual([
    "deny",
    "allow",
    "deny",
  ]);
});

test("@subset: a map with one bit more is refused, and the old one stays", () => {
  const running = booted(bitmaskSubset);
  upload(running, bitmaskSubset, 1, program("read", "write", "prctl"));
  expect(upload(running, bitmaskSubset, 1, program("write", "openat", "prctl"))).toEqual([refused("EPERM")]);
  expect(["read()", "write()", "openat()"].map((event) => running.verdict(1, event))).toEqual([
    "allow",
    "allow",
    "deny",
  ]);
  expect(upload(running, bitmaskSubset, 1, program("write", "prctl"))).toEqual([done()]);
});

describe("mode 1, four calls, on each entry path its own", () => {
  const running = booted(bitmaskAnd);
  running.prctl(1, PR.SET_SECCOMP, 1);

  test.each([
    ["read()", "allow"],
    ["write()", "allow"],
    ["exit()", "allow"],
    ["rt_sigreturn()", "allow"],
    ["exit_group()", "deny"],
    ["prctl()", "deny"],
    ["int80:read()", "allow"],
    ["int80:write()", "allow"],
    ["int80:exit()", "allow"],
    ["int80:sigreturn()", "allow"],
    ["int80:rt_sigreturn()", "deny"],
    ["x32:read()", "deny"],
    ["file_open()", "allow"],
  ])("%s: %s", (event, verdict) => {
    expect(running.verdict(1, event)).toBe(verdict);
  });

  // The exploit of 27 February 2009: the old test asked which task it was, and took the other table.
  test.each([
    ["a 64-bit task calls by `int 0x80`: the number of write is open there", "int80:syscall_1()", "allow"],
    ["the number of read, 0, is restart_syscall there", "int80:syscall_0()", "deny"],
    ["the number of native exit, 60, is umask there", "int80:umask()", "deny"],
    ["a 32-bit task jumps to 64-bit code: number 3 is close there, not read", "close()", "deny"],
    ["number 4 is stat there, not write", "stat()", "deny"],
    ["number 119 is setresgid there, not sigreturn", "syscall_119()", "deny"],
  ])("%s", (_, event, verdict) => {
    expect(running.verdict(1, event)).toBe(verdict);
  });

  test("it cannot be left", () => {
    expect(running.prctl(1, PR.SET_SECCOMP, 1)).toEqual(refused("EPERM"));
    expect(running.prctl(1, PR.SET_SECCOMP, 0)).toEqual(refused("EPERM"));
  });
});

test("what a task hands over is what the kernel reads back", () => {
  const mask: Bitmask | undefined = program("read", "munmap", "prctl").programs[0];
  const [call] = bitmaskAnd.task.install(program("read", "munmap", "prctl"), SHELL);
  expect(mask?.length).toBe(linux2639.calls);
  expect(call).toEqual({
    call: "prctl",
    option: PR.SET_SECCOMP,
    args: [
      2,
      307,
      Uint8Array.from({ length: 39 }, (_, i) => (i === 0 ? 1 : i === 1 ? 8 : i === 19 ? 32 : 0)),
    ],
  });
});
