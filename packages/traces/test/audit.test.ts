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
    [
      "SYSCALL records",
      `type=SYSCALL msg=audit(1.1:2): arch=c000003e syscall=263 success=no exit=-21 a0=334 a1=c0014d3943 a2=0 a3=0 items=2 ppid=1 pid=926 auid=1 uid=0 comm="containerd" exe="/x"`,
      "containerd 926: unlinkat(dfd=820, pathname=0xc0014d3943, flag=0)",
    ],
    [
      "what ausearch -i makes of them",
      "type=SYSCALL msg=audit(11/23/2026 10:00:00.123:456) : arch=x86_64 syscall=unlinkat success=no exit=EISDIR(Is a directory) a0=0x334 a1=0xc0014d3943 a2=0x0 a3=0x0 items=2 ppid=1 pid=926 auid=unset uid=root comm=containerd exe=/x",
      "containerd 926: unlinkat(dfd=820, pathname=0xc0014d3943, flag=0)",
    ],
    [
      "type 1701 of 64-bit code",
      `[ 1448.370412] type=1701 audit(1.1:2): ${WHO} comm="chrome" reason="seccomp" sig=0 syscall=110 compat=0 ip=0x7f8e83f326b0 code=0x50000`,
      "chrome 2323: getppid()",
    ],
    [
      "lines of dmesg in colour",
      `\u001b[32m[ 3677.391892] \u001b[0m\u001b[33maudit: \u001b[0mtype=1326 audit(1.1:2): ${WHO} comm="logf" exe="/usr/bin/lab" ${WHAT}\u001b[0m`,
      "logf 2323: getppid()",
    ],
  ])("%s are read", (_, line, row) => {
    const { rows, stats } = audit(`${line}\n`);
    expect([rows, stats.unreadable.first]).toEqual([[row], []]);
  });

  const fields = `${WHO} comm="logf" exe="/usr/bin/lab" ${WHAT}`;
  const journals = `Nov 23 10:00:00 vm audit[2323]: SECCOMP ${fields}`;
  const kernels = (serial: number) =>
    `Nov 23 10:00:00 vm kernel: audit: type=1326 audit(1.189:${serial}): ${fields}`;
  const auditds = (serial: number) => `type=SECCOMP msg=audit(1.189:${serial}): ${fields}\x1dARCH=x86_64`;
  test.each([
    ["journald's socket and the kernel's log", [journals, kernels(2)], 1],
    ["either order", [kernels(2), journals, journals, kernels(3)], 2],
    ["auditd and the kernel, by serial", [kernels(2), kernels(3), auditds(3), auditds(2)], 2],
    ["three transports", [kernels(2), journals, auditds(2)], 1],
    ["other serials are other records", [kernels(2), auditds(3)], 2],
    ["equal records by one transport stay several", [journals, journals, journals], 3],
  ])("one record is one event: %s", (_, lines, events) => {
    const { stats } = audit(`${lines.join("\n")}\n`);
    expect([stats.events, stats.skipped]).toEqual([events, lines.length - events]);
  });

  test("what the kernel could not log is counted", () => {
    const lines = [
      "[ 1448.372928] audit_printk_skb: 9 callbacks suppressed",
      "[ 1.000000] audit: audit_lost=2 audit_rate_limit=0",
      "[ 2.000000] audit: audit_lost=5 audit_rate_limit=0",
    ];
    expect(audit(`${lines.join("\n")}\n`).stats).toMatchObject({ skipped: 3, lostEvents: 14 });
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
    ["type=SYSCALL msg=audit(1.1:2): arch=c000003e syscall=3", "unreadable"],
    ['type=PROCTITLE msg=audit(1.1:2): proctitle="/bin/sh"', "skipped"],
    ["[Mon Nov 23 10:00:00 2026] usb 1-1: new device", "skipped"],
    ["2026-11-23T10:00:00.123456+01:00 vm kernel: usb 1-1: new device", "skipped"],
    ['type=1701 audit(1.1:2): auid=1 uid=0 gid=0 ses=1 pid=7 comm="a" sig=11', "skipped"],
    [
      `type=1701 audit(1.1:2): ${WHO} comm="a" reason="seccomp" sig=0 syscall=20 compat=0 ip=0xb37dd424 code=0x0`,
      "unreadable",
    ],
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
