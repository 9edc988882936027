import { ABI } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { read } from "./read.js";

const audit = (text: string) => read(text, { format: "audit" });
const WHO = "auid=4294967295 uid=0 gid=0 ses=4294967295 pid=2323";
const WHAT = "sig=0 arch=c000003e syscall=110 compat=0 ip=0x7f8a64eeb829 code=0x7ffc0000";

describe("an audit line", () => {
  test.each([
    [
      "of the kernel's log",
      `[ 3677.391892] audit: type=1326 audit(1795462403.189:2): ${WHO} comm="logf" exe="/usr/bin/lab" ${WHAT}`,
    ],
    [
      "of auditd's",
      `type=SECCOMP msg=audit(1795462403.189:2): ${WHO} comm="logf" exe="/usr/bin/lab" ${WHAT}\x1dARCH=x86_64`,
    ],
    [
      "of journald's",
      `Nov 23 10:00:00 vm audit[2323]: SECCOMP ${WHO} comm="logf" exe="/usr/bin/lab" ${WHAT}`,
    ],
    [
      "with its name in hexadecimal",
      `type=SECCOMP msg=audit(1.1:2): ${WHO} comm=6C6F6766 exe="/usr/bin/lab" ${WHAT}`,
    ],
    [
      "with a path that looks like fields",
      `type=SECCOMP msg=audit(1.1:2): ${WHO} comm="logf" exe="/arch=40000003" ${WHAT}`,
    ],
  ])("%s shows the number and the pointer, and no register", (_, line) => {
    const { chunks, rows } = audit(`${line}\n`);
    expect(rows).toEqual(["logf 2323: getppid()"]);
    expect([chunks[0]?.known[0], chunks[0]?.ip?.slice(0, 2)]).toEqual([
      0,
      Uint32Array.of(0x64ee_b829, 0x7f8a),
    ]);
  });

  test.each([
    ["arch=c000003e syscall=110", 110, ABI.native],
    ["arch=c000003e syscall=1073741934", 110, ABI.x32],
    ["arch=40000003 syscall=3", 3, ABI.int80],
    ["arch=40000003 syscall=-1", 4095, ABI.int80],
  ])("with %s is call %i by path %i", (what, id, abi) => {
    const line = `type=1326 audit(1.1:2): ${WHO} comm="a" exe="/a" sig=0 ${what} compat=0 ip=0x1 code=0x0\n`;
    const event = audit(line).chunks[0]?.at(0);
    expect([event?.id, event?.abi]).toEqual([id, abi]);
  });

  test.each([
    ["[   12.345678] usb 1-1: new device", "skipped"],
    ["type=SYSCALL msg=audit(1.1:2): arch=c000003e syscall=3", "skipped"],
    ["", "ignored"],
    [
      `type=1326 audit(1.1:2): ${WHO} comm="a" exe="/a" sig=0 arch=c00000b7 syscall=3 compat=0 ip=0x1`,
      "unreadable",
    ],
    [`type=1326 audit(1.1:2): ${WHO} comm="a" exe="/a" sig=0`, "unreadable"],
    ["hello", "unreadable"],
  ])("`%s` is %s", (line, expected) => {
    const { stats } = audit(`${line}\n`);
    expect(stats.unreadable.count > 0 ? "unreadable" : stats.skipped > 0 ? "skipped" : "ignored").toBe(
      expected,
    );
    expect(stats.events).toBe(0);
  });
});
