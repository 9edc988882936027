import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { actionOf, fromBytes, mostRestrictive, passes, RET, retErrno, toBytes } from "../src/index.js";
import { wildPrograms } from "./arbitrary-programs.js";

describe("bytes", () => {
  test("an instruction is code, jt, jf and k, little-endian", () => {
    const bytes = toBytes([{ code: 0x15, jt: 2, jf: 3, k: 0xc000_003e }]);
    expect([...bytes]).toEqual([0x15, 0, 2, 3, 0x3e, 0, 0, 0xc0]);
  });

  test("a program survives its bytes, wherever in a buffer they lie", () => {
    fc.assert(
      fc.property(wildPrograms, (program) => {
        const moved = new Uint8Array(8 * program.length + 3);
        moved.set(toBytes(program), 3);
        expect(fromBytes(moved.subarray(3))).toEqual({ ok: true, value: program });
      }),
      { seed: 20120417 },
    );
  });

  test.each([
    [0, "the file is empty: a program has at least one instruction"],
    [7, "7 bytes are not a whole number of instructions of 8 bytes"],
    [8 * 4096 + 1, "32769 bytes are not a whole number of instructions of 8 bytes"],
    [8 * 4097, "4097 instructions are more than the kernel takes (4096)"],
  ])("%d bytes are refused", (length, error) => {
    expect(fromBytes(new Uint8Array(length))).toEqual({ ok: false, error });
  });
});

describe("what a program returns", () => {
  test.each([
    [0x7fff_0000, "ALLOW", 0, true],
    [0x7ffc_0000, "LOG", 0, true],
    [0x7ff0_0007, "TRACE", 7, false],
    [0x7fc0_0000, "USER_NOTIF", 0, false],
    [0x0005_0026, "ERRNO", 0x26, false],
    [0x0003_0000, "TRAP", 0, false],
    [0x0000_0001, "KILL_THREAD", 1, false],
    [0x8000_0000, "KILL_PROCESS", 0, false],
    // Two that no kernel knows.
    [0x7ffe_0000, "KILL_PROCESS", 0, false],
    [0xffff_0000, "KILL_PROCESS", 0, false],
  ])("0x%s", (value, action, data, passing) => {
    expect(actionOf(value)).toEqual({ action, data });
    expect(passes(value)).toBe(passing);
  });

  test("of several programs the most restrictive action counts, of equal ones the later program's data", () => {
    const ascending = [
      RET.KILL_PROCESS,
      RET.KILL_THREAD,
      RET.TRAP,
      RET.ERRNO,
      RET.USER_NOTIF,
      RET.TRACE,
      RET.LOG,
    ];
    for (const [i, value] of ascending.entries()) {
      const milder = ascending[i + 1] ?? RET.ALLOW;
      expect(mostRestrictive(value, milder)).toBe(value);
      expect(mostRestrictive(milder, value)).toBe(value);
    }
    expect(mostRestrictive(retErrno(13), retErrno(1))).toBe(retErrno(13));
  });
});
