import { describe, expect, test } from "vitest";
import { read } from "./read.js";

const tracefs = (text: string) => read(text, { format: "tracefs" });
const HEAD = "              ls-2376    [001] .....  2153.086071: ";

describe("a line of tracefs", () => {
  test.each([
    [`${HEAD}sys_enter: NR 3 (3, 0, 0, 0, 0, 0)`, "ls 2376: close(fd=3)"],
    [`${HEAD}sys_close(fd: 3)`, "ls 2376: close(fd=3)"],
    [
      `${HEAD}sys_openat(dfd: 0xffffff9c, filename: 0x55c5e4fca5b0, flags: 0x241, mode: 0x1b6)`,
      "ls 2376: openat(dfd=0xffffff9c, filename=0x55c5e4fca5b0, flags=577, mode=438)",
    ],
    [
      `${HEAD}sys_openat(dfd: ffffff9c, filename: 55c5e4fca5b0, flags: 241, mode: 1b6)`,
      "ls 2376: openat(dfd=0xffffff9c, filename=0x55c5e4fca5b0, flags=577, mode=438)",
    ],
    [`${HEAD}sys_enter_close: fd: 0x00000003`, "ls 2376: close(fd=3)"],
    [`${HEAD}sys_getpid()`, "ls 2376: getpid()"],
    [
      "    a-b c-1-x-2376    [001] d..2.  2153.086071: sys_enter: NR 3 (3, 0, 0, 0, 0, 0)",
      "a-b c-1-x 2376: close(fd=3)",
    ],
    [
      "           <...>-2376    [001] .....  2153.086071: sys_enter: NR 3 (3, 0, 0, 0, 0, 0)",
      " 2376: close(fd=3)",
    ],
    [
      "              ls-2376    (   2376) [001] .....  2153.086071: sys_enter: NR 3 (3, 0, 0, 0, 0, 0)",
      "ls 2376: close(fd=3)",
    ],
    ["              ls-2376    (-------) [001] .....  2153.086071: sys_close(fd: 3)", "ls 2376: close(fd=3)"],
    [
      "              ls-2376    [001] 2153.086071: sys_enter: NR 3 (3, 0, 0, 0, 0, 0)",
      "ls 2376: close(fd=3)",
    ],
    ["ls-2376  [001]  2153.086071: sys_enter: NR 3 (3, 0, 0, 0, 0, 0)\r", "ls 2376: close(fd=3)"],
    [
      `${HEAD}sched_process_exit: comm=ls pid=2376 prio=120 group_dead=true`,
      "ls 2376: sched_process_exit(pid=0x948)",
    ],
  ])("%s", (line, row) => {
    const { rows, stats } = tracefs(`${line}\n`);
    expect(rows).toEqual([row]);
    expect(stats.unreadable.count).toBe(0);
  });

  test.each([
    ["# tracer: nop", "ignored"],
    ["", "ignored"],
    [`${HEAD}sys_exit: NR 3 = 0`, "skipped"],
    [`${HEAD}sys_openat -> 0x3`, "skipped"],
    [`${HEAD}sched_switch: prev_comm=ls prev_pid=2376`, "skipped"],
    ["CPU:1 [LOST 123 EVENTS]", "skipped"],
    [`${HEAD}sys_enter: NR 3 (3, 0, 0, 0, 0)`, "unreadable"],
    [`${HEAD}sys_frobnicate(fd: 3)`, "unreadable"],
    [`${HEAD}sys_close(fx: 3)`, "unreadable"],
    ["hello", "unreadable"],
    ["              ls-2376    [001] .....  2153.0", "unreadable"],
  ])("`%s` is %s", (line, expected) => {
    const { rows, stats } = tracefs(`${line}\n${HEAD}sys_close(fd: 4)\n`);
    const counted = stats.unreadable.count > 0 ? "unreadable" : stats.skipped > 0 ? "skipped" : "ignored";
    expect([counted, rows]).toEqual([expected, ["ls 2376: close(fd=4)"]]);
  });
});

test("a task whose name was forgotten keeps the one it had", () => {
  const forgotten = HEAD.replace("   ls-", "<...>-");
  const line = (head: string) => `${head}sys_enter: NR 3 (3, 0, 0, 0, 0, 0)\n`;
  expect(tracefs(line(HEAD) + line(forgotten)).rows).toEqual(Array(2).fill("ls 2376: close(fd=3)"));
});
