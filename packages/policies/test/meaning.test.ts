// What policies mean, by hand: text in, verdict out, with `decide` between.

import { linux618 } from "@gatehouse/catalog";
import { describe, expect, test } from "vitest";
import { parsePolicy } from "../src/index.js";
import { answer } from "./ask.js";

function ask(policyText: string, eventText: string, lineage?: readonly string[]): string {
  const policy = parsePolicy(policyText, linux618);
  if (!policy.ok) throw new Error(policy.error[0]?.message);
  return answer(policy.value, eventText, lineage);
}

const CONVERTER = `
# a filter for a PDF converter
policy pdftotext
labels tmp_t user_home_t
default kill
allow read      if fd == 0
allow write     if fd == 1 || fd == 2
allow exit_group
deny EPERM socket
allow file_open if label & (tmp_t | user_home_t)

task net-thread          # clauses for one task only
allow ioctl     if cmd == TUNSETIFF
`;

test.each([
  ["read(fd=0)", "allow"],
  ["read(fd=1)", "kill"],
  ["read(fd=0x100000000)", "kill"],
  ["read()", "unknown"],
  ["write(fd=1)", "allow"],
  ["write(fd=2)", "allow"],
  ["write(fd=0)", "kill"],
  ["exit_group(error_code=-1)", "allow"],
  ["exit_group()", "allow"],
  ["socket()", "deny EPERM"],
  ["openat(dfd=AT_FDCWD)", "kill"],
  ["syscall_470()", "kill"],
  ["no_such_call()", "kill"],
  ["int80:exit_group()", "kill"],
  ["x32:read(fd=0)", "kill"],
  ["ioctl(cmd=TUNSETIFF)", "kill"],
  ["file_open(label={tmp_t})", "allow"],
  ["file_open(label={etc_t, user_home_t})", "allow"],
  ["file_open(label={etc_t})", "kill"],
  ["file_open(label={})", "kill"],
  ["file_open()", "unknown"],
])("the converter's %s: %s", (event, expected) => {
  expect(ask(CONVERTER, event)).toBe(expected);
});

describe("a register is 64 bits, unsigned", () => {
  test.each([
    ["fd == 1", "close(fd=0x100000001)", "kill"],
    ["fd == 4294967296", "close(fd=0x100000000)", "allow"],
    ["fd == 4294967296", "close(fd=0)", "kill"],
    ["fd == 9007199254740993", "close(fd=9007199254740993)", "allow"],
    ["fd == 9007199254740993", "close(fd=9007199254740992)", "kill"],
    ["fd > 0x7fffffffffffffff", "close(fd=0x8000000000000000)", "allow"],
    ["fd > 0x7fffffffffffffff", "close(fd=0x7fffffffffffffff)", "kill"],
    ["fd >= 0x8000000000000000", "close(fd=-1)", "allow"],
    ["fd < 0xffffffffffffffff", "close(fd=-2)", "allow"],
    ["fd < 0xffffffffffffffff", "close(fd=-1)", "kill"],
    ["fd == 18446744073709551615", "close(fd=-1)", "allow"],
    ["fd & 0x8000000000000000", "close(fd=-1)", "allow"],
    ["fd & 0x8000000000000000", "close(fd=0x7fffffffffffffff)", "kill"],
    ["fd & 0xffffffff00000000 == 0x100000000", "close(fd=0x100000007)", "allow"],
    ["fd & 0xffffffff00000000 == 0x100000000", "close(fd=7)", "kill"],
    ["fd & 3 != 0", "close(fd=4)", "kill"],
    ["fd in {1, 0x100000000}", "close(fd=0x100000000)", "allow"],
    ["fd in {1, 0x100000000}", "close(fd=0)", "kill"],
  ])("allow close if %s; %s: %s", (condition, event, expected) => {
    expect(ask(`allow close if ${condition}`, event)).toBe(expected);
  });

  test.each([
    ["0xffffff9c", "allow"],
    ["0xffffffffffffff9c", "allow"],
    ["AT_FDCWD", "allow"],
    ["-100", "allow"],
    ["0x1ffffff9c", "kill"],
  ])("AT_FDCWD as %s: %s", (dfd, expected) => {
    expect(ask("allow openat if dfd == AT_FDCWD", `openat(dfd=${dfd})`)).toBe(expected);
  });
});

describe("what the trace does not show", () => {
  test.each([
    ["allow read if fd == 0", "read(count=1)", "unknown"],
    ["allow read if fd == 0 || count == 1", "read(count=1)", "allow"],
    ["allow read if fd == 0 && count == 1", "read(count=2)", "kill"],
    ["allow read if !(fd == 0)", "read()", "unknown"],
    ["allow read\nkill read if fd == 0", "read()", "unknown"],
    ["deny EPERM read\nkill read if fd == 0", "read()", "deny: unknown"],
    ["kill read\nallow read if fd == 0", "read()", "kill"],
    ["allow read if fd == 0\nallow read if fd != 0\ndefault allow", "read()", "allow"],
  ])("%j; %s: %s", (policy, event, expected) => {
    expect(ask(policy, event)).toBe(expected);
  });
});

describe("the most restrictive of the clauses that match decides", () => {
  const clauses = ["allow socket", "deny EACCES socket", "deny EPERM socket", "kill socket"];
  test.each([
    [1, "allow"],
    [2, "deny EACCES"],
    [3, "deny EPERM"],
    [4, "kill"],
  ])("of the first %i: %s, in whichever order", (count, expected) => {
    const some = clauses.slice(0, count);
    expect(ask(some.join("\n"), "socket()")).toBe(expected);
    expect(ask(some.reverse().join("\n"), "socket()")).toBe(expected);
  });

  test.each(["allow", "deny ENOSYS", "kill"])("the default speaks where none does: %s", (action) => {
    expect(ask(`default ${action}\nallow read`, "write()")).toBe(action);
  });
});

describe("a section holds for tasks of that name and their descendants", () => {
  const policy = "allow read\ntask nginx\nallow write\ndeny EPERM read\ntask cache\nallow close\n";
  test.each([
    [["sh"], "read()", "allow"],
    [["sh"], "write()", "kill"],
    [["nginx"], "write()", "allow"],
    [["nginx"], "read()", "deny EPERM"],
    [["sh", "nginx", "worker"], "write()", "allow"],
    [["nginx", "cache"], "close()", "allow"],
    [["nginx", "cache"], "write()", "allow"],
    [["cache"], "write()", "kill"],
  ])("%j %s: %s", (lineage, event, expected) => {
    expect(ask(policy, event, lineage)).toBe(expected);
  });
});

describe("an event that is no system call is governed once a clause names it", () => {
  test.each([
    ["allow read", "file_open(uid=0)", "allow"],
    ["allow file_open if uid == 0", "file_open(uid=0)", "allow"],
    ["allow file_open if uid == 0", "file_open(uid=1)", "kill"],
    ["allow file_open if uid == 0", "file_exec(uid=1)", "allow"],
    ["kill file_exec if uid == 1\ndefault allow", "file_exec(uid=0)", "allow"],
    ['allow vfs_getname if name ^= "/tmp/"', 'vfs_getname(name="/tmp/x")', "allow"],
    ['allow vfs_getname if name ^= "/tmp/"', 'vfs_getname(name="/etc/x")', "kill"],
    ['allow vfs_getname if name ~ "*.so*"', 'vfs_getname(name="/lib/libc.so.6")', "allow"],
    ['allow vfs_getname if name in {"/a", "/é"}', 'vfs_getname(name="/é")', "allow"],
    ["task nginx\nallow file_open", "file_open()", "allow"],
  ])("%j; %s: %s", (policy, event, expected) => {
    expect(ask(policy, event)).toBe(expected);
  });
});
