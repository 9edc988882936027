import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TraceError } from "../src/index.js";
import { MAX_LINE } from "../src/line-cutter.js";
import { bytesOf, close, exec, exit, fork, line, read, readBytes } from "./read.js";

const CLOSE = "raw_syscalls:sys_enter: NR 3 (3, 0, 0, 0, 0, 0)";

describe("the head of a line", () => {
  test.each([
    ["as perf prints it", `           nginx 24638 [001]  1585.023319890:   ${CLOSE}`],
    ["with microseconds", `           nginx 24638 [001]  1585.023319:   ${CLOSE}`],
    ["without a cpu", `           nginx 24638  1585.023319890:   ${CLOSE}`],
    ["with process and thread", `           nginx 24600/24638 [001]  1585.023319890:   ${CLOSE}`],
    ["with process and a short thread", `           nginx    24600/24638   [001]  1585.023319890: ${CLOSE}`],
    ["with latency flags", `           nginx 24638 [001] d..2.  1585.023319890: ${CLOSE}`],
    ["with a period", `           nginx 24638 [001]  1585.023319890:          1   ${CLOSE}`],
    ["not in columns", `nginx 24638 [001]  1585.023319890: ${CLOSE}`],
    ["not in columns, without a cpu", `nginx 24638 1585.023319890: ${CLOSE}`],
    ["with a carriage return", `           nginx 24638 [001]  1585.023319890:   ${CLOSE}\r`],
    ["with spaces after it", `           nginx 24638 [001]  1585.023319890:   ${CLOSE}  `],
  ])("is read %s", (_, text) => {
    expect(read(`${text}\n`).rows).toEqual(["nginx 24638: close(fd=3)"]);
  });

  test.each([
    "Web Content",
    "a 1 [000] 2.5: ",
    "tmux: server",
    "kworker/0:1",
    "(sd-pam)",
    "[x]",
    ":1234",
    "123",
    "\xe9\x01",
  ])("may name a task `%s`", (comm) => {
    expect(read(`${close(comm, 7)}\n`).rows).toEqual([`${comm} 7: close(fd=3)`]);
  });

  test.each(["Web Content", "a 1", "tmux: server"])("may name a task `%s` outside of columns", (comm) => {
    expect(read(`${close(comm, 7).trimStart()}\n`).rows).toEqual([`${comm} 7: close(fd=3)`]);
  });
});

describe("a call", () => {
  test("keeps its six registers, all 64 bits of each", () => {
    const registers = "ffffffffffffffff, 80000000, 100000000, 123456789abcdef0, 0, 7ffd4085364c";
    const text = `${line("sh", 7, `raw_syscalls:sys_enter: NR 9 (${registers})`)}\n`;
    const event = read(text).chunks[0]?.at(0);
    expect([0, 1, 2, 3, 4, 5].map((slot) => event?.value(slot))).toEqual([
      { high: 0xffff_ffff, low: 0xffff_ffff },
      { high: 0, low: 0x8000_0000 },
      { high: 1, low: 0 },
      { high: 0x1234_5678, low: 0x9abc_def0 },
      { high: 0, low: 0 },
      { high: 0x7ffd, low: 0x4085_364c },
    ]);
    expect([0, 1, 2, 3, 4, 5].every((slot) => event?.isKnown(slot))).toBe(true);
  });

  test.each([
    ["0", 0, 0],
    ["469", 469, 0],
    ["4094", 4094, 0],
    ["4095", 4095, 0],
    ["70000", 4095, 0],
    ["-1", 4095, 0],
    ["1073741824", 0, 2],
    ["1073742341", 517, 2],
    ["1073746000", 4095, 2],
    ["2147483648", 4095, 0],
    ["9223372036854775807", 4095, 0],
  ])("with number %s has event id %i and entered by %i", (nr, id, abi) => {
    const { chunks, stats } = read(
      `${line("sh", 7, `raw_syscalls:sys_enter: NR ${nr} (0, 0, 0, 0, 0, 0)`)}\n`,
    );
    const event = chunks[0]?.at(0);
    expect([event?.id, event?.abi, stats.events]).toEqual([id, abi, 1]);
  });
});

describe("what -F asks for is read, in any choice", () => {
  test.each([
    ["no time", "              sh     7 [000] raw_syscalls:sys_enter: NR 3 (3, 0, 0, 0, 0, 0)", "sh 7"],
    ["no time and no columns", `sh 7 ${CLOSE}`, "sh 7"],
    ["no name", `   21/37       80.123456789: ${CLOSE}`, " 37"],
    ["no name and no time", `     37 ${CLOSE}`, " 37"],
    ["where the call was made", `${line("sh", 7, CLOSE)}      7f95c01d62a0 __close+0x10 (libc.so.6)`, "sh 7"],
  ])("%s", (_, text, who) => {
    const { rows, stats } = read(`${text}\n`);
    expect([rows, stats.unreadable.first]).toEqual([[`${who}: close(fd=3)`], []]);
  });
});

describe("events of single calls", () => {
  const OPENAT = "syscalls:sys_enter_openat: dfd: 0xffffff9c, filename: 0x7ffe43867573";
  test.each([
    [
      "as kernels to 6.18 print them",
      `${OPENAT}, flags: 0x00000000, mode: 0x00000000`,
      "openat(dfd=0xffffff9c, filename=0x7ffe43867573, flags=0, mode=0)",
    ],
    [
      "with what pointers lead to",
      `${OPENAT} "/a, b: "c"", flags: 0x00080000, mode: 0x00000000`,
      "openat(dfd=0xffffff9c, filename=0x7ffe43867573, flags=0x80000, mode=0)",
    ],
    [
      "in words and decimal",
      'syscalls:sys_enter_openat: dfd: 4294967196, filename: 139785545139344 "/usr/lib/loca"..., flags: O_RDONLY|O_CLOEXEC',
      "openat(dfd=0xffffff9c, filename=0x7f225bc34490, flags=0x80000, mode=?)",
    ],
    [
      "with where the call was made",
      "syscalls:sys_enter_close: fd: 0x00000003      7f95c01d62a0 __close+0x10 (libc.so.6)",
      "close(fd=3)",
    ],
    ["without arguments", "syscalls:sys_enter_getpid: ", "getpid()"],
  ])("are read %s", (_, event, row) => {
    const { rows, stats, chunks } = read(`${line("sh", 7, event)}\n`);
    expect([rows, stats.unreadable.first]).toEqual([[`sh 7: ${row}`], []]);
    expect(chunks[0]?.at(0).isKnown(5)).toBe(false);
  });

  const single = (fd: number) => line("sh", 7, `syscalls:sys_enter_close: fd: 0x0000000${fd}`);
  const raw = (fd: number) => line("sh", 7, `raw_syscalls:sys_enter: NR 3 (${fd}, 1, 2, 3, 4, 5)`);
  const foreign = close("cat", 8);
  test.each([
    ["the raw event first", [raw(3), foreign, single(3), raw(4), single(4)], 1],
    ["the raw event second", [single(3), raw(3), foreign, single(4), raw(4)], 1],
    ["not in columns", [raw(3).trimStart(), single(3), foreign, single(4), raw(4).trimStart()], 1],
    ["alone, twice the same call", [single(3), single(3), foreign], 0],
  ])("beside raw events of the same calls count once: %s", (_, lines, known) => {
    const { stats, chunks } = read(`${lines.join("\n")}\n`);
    expect(stats.events).toBe(3);
    expect([stats.skipped, stats.lines]).toEqual([lines.length - 3, lines.length]);
    const calls = [0, 1, 2].map((row) => chunks[0]?.at(row)).filter((event) => event?.task.pid === 7);
    for (const call of calls) expect(call?.isKnown(5)).toBe(known === 1);
  });
});

test("events that perf lost are counted", () => {
  const text = `${close("sh", 7)}\n${line("sh", 7, "PERF_RECORD_LOST lost 17")}\n`;
  expect(read(text).stats).toMatchObject({ events: 1, skipped: 1, lostEvents: 17 });
});

describe("a line that is no call", () => {
  test.each([
    ["another event", line("swapper", 0, "sched:sched_switch: prev_comm=swapper/0 prev_pid=0"), "skipped"],
    ["the end of a call", line("sh", 7, "raw_syscalls:sys_exit: NR 3 = 0"), "skipped"],
    ["the end of a decoded call", line("sh", 7, "syscalls:sys_exit_openat: 0x3"), "skipped"],
    ["a decoded call of another kernel", line("sh", 7, "syscalls:sys_enter_nocall: fd: 0x3"), "unreadable"],
    ["a counter", line("sh", 7, "        250000 cycles:u:      7ffd4085364c main+0x1c (/bin/sh)"), "skipped"],
    ["a record of perf", line("sh", 7, "PERF_RECORD_LOST lost 17"), "skipped"],
    ["a comment", "# captured on    : Mon Nov 23 10:00:00 2026", "ignored"],
    ["a call chain", "\t    7f95c01d62a0 __close+0x10 (/usr/lib/libc.so.6)", "ignored"],
    ["an empty line", "", "ignored"],
    ["a line of spaces", "    ", "ignored"],
    ["five registers", line("sh", 7, "raw_syscalls:sys_enter: NR 3 (3, 0, 0, 0, 0)"), "unreadable"],
    ["seven registers", line("sh", 7, "raw_syscalls:sys_enter: NR 3 (3, 0, 0, 0, 0, 0, 0)"), "unreadable"],
    [
      "a register too long",
      line("sh", 7, "raw_syscalls:sys_enter: NR 3 (1ffffffffffffffff, 0, 0, 0, 0, 0)"),
      "unreadable",
    ],
    ["a register missing", line("sh", 7, "raw_syscalls:sys_enter: NR 3 (, 0, 0, 0, 0, 0)"), "unreadable"],
    ["a number missing", line("sh", 7, "raw_syscalls:sys_enter: NR  (3, 0, 0, 0, 0, 0)"), "unreadable"],
    ["more after the registers", line("sh", 7, `${CLOSE} x`), "unreadable"],
    ["a fork without a child", line("sh", 7, "sched:sched_process_fork: comm=sh pid=7"), "unreadable"],
    ["an exec without a file", line("sh", 7, "sched:sched_process_exec: pid=7 old_pid=7"), "unreadable"],
    ["no event", line("sh", 7, ""), "unreadable"],
    ["no task", "  1585.023319890: raw_syscalls:sys_enter: NR 3 (3, 0, 0, 0, 0, 0)", "unreadable"],
    ["something else", "hello", "unreadable"],
    ["half a line", "              sh     7 [000]", "unreadable"],
  ])("%s: %#", (_, text, expected) => {
    const { rows, stats } = read(`${text}\n${close("sh", 8)}\n`);
    const counted = stats.unreadable.count > 0 ? "unreadable" : stats.skipped > 0 ? "skipped" : "ignored";
    expect(counted).toBe(expected);
    expect(rows).toEqual(["sh 8: close(fd=3)"]);
    expect([stats.lines, stats.events, stats.unreadable.count + stats.skipped < 2]).toEqual([2, 1, true]);
  });

  test("the first five that are unreadable are kept, with their line, safe to print", () => {
    const bad = ["\x1b[31mred", "x".repeat(300), "3", "4", "5", "6"];
    const { stats } = read([close("sh", 7), ...bad].join("\n"));
    expect(stats.unreadable.count).toBe(6);
    expect(stats.unreadable.first.map(({ line, text }) => [line, text])).toEqual([
      [2, "\\x1b[31mred"],
      [3, "x".repeat(200)],
      [4, "3"],
      [5, "4"],
      [6, "5"],
    ]);
  });

  test("the first that is unreadable is an error where the reader is strict", () => {
    expect(() => read(`${close("sh", 7)}\nhello\n`, { strict: true })).toThrow(
      expect.objectContaining({ code: "unreadable-line", message: expect.stringContaining("line 2") }),
    );
  });
});

describe("a long line", () => {
  const filename = (length: number) => {
    const empty = exec("sh", 7, "").length;
    return exec("sh", 7, "/".repeat(length - empty));
  };

  test.each([
    [MAX_LINE, 0],
    [MAX_LINE + 1, 1],
    [4 * MAX_LINE, 1],
  ])("of %i bytes counts %i as unreadable, however it is cut", (length, unreadable) => {
    const text = `${close("sh", 7)}\n${filename(length)}\n${close("sh", 7)}\n`;
    const whole = read(text);
    expect([whole.stats.unreadable.count, whole.stats.lines, whole.stats.events]).toEqual([unreadable, 3, 2]);
    for (const cut of [200, 300, MAX_LINE, MAX_LINE + 120, length]) {
      const { rows, stats } = read(text, { blocks: [cut, cut + 1, Math.max(cut + 1, text.length - 150)] });
      expect(rows).toEqual(whole.rows);
      expect(stats).toEqual(whole.stats);
    }
  });

  test("that never ends is not kept", () => {
    const { stats } = read("x".repeat(3 * MAX_LINE), { blocks: [MAX_LINE, 2 * MAX_LINE] });
    expect([stats.lines, stats.unreadable.count, stats.unreadable.first[0]?.text.length]).toEqual([
      1, 1, 200,
    ]);
  });
});

describe("blocks", () => {
  const text = [
    "# a comment",
    exec("sh", 7, "/bin/sh"),
    fork("sh", 7, 8),
    close("a b", 8, 255),
    "hello",
    "",
    exit("a b", 8),
    close("sh", 7, 4),
  ].join("\n");

  test("may be cut anywhere", { timeout: 30_000 }, () => {
    const bytes = bytesOf(text);
    const whole = readBytes(bytes);
    expect(read(`${text}\n`).rows).toEqual(whole.rows);
    const expected = [whole.rows, whole.stats];
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { rows, stats } = readBytes(bytes, { blocks: [cut] });
      expect([rows, stats], `cut at ${cut}`).toEqual(expected);
    }
    const bytewise = readBytes(bytes, { blocks: Array.from(bytes, (_, i) => i) });
    expect([bytewise.rows, bytewise.stats]).toEqual(expected);
  });
});

test("the fast way and the grammar read a line alike", () => {
  const comm = fc.stringMatching(/^[ -~\x80-\xff]{0,15}$/);
  const number = fc.integer({ min: 0, max: 2 ** 31 }).map(String);
  const registers = fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 6, maxLength: 6 });
  const pid = fc.integer({ min: 0, max: 4_194_304 });
  const call = fc
    .tuple(comm, pid, number, registers)
    .map(([comm, pid, nr, values]) =>
      line(
        comm,
        pid,
        `raw_syscalls:sys_enter: NR ${nr} (${values.map((value) => value.toString(16)).join(", ")})`,
      ),
    );
  const other = fc
    .tuple(
      comm,
      pid,
      fc.stringMatching(/^[ -~\x80-\xff]{0,12}:?[a-z_]{0,5}(: )?$/),
      fc.constantFrom("raw_syscalls:", "sched:", ""),
    )
    .map(([comm, pid, event, system]) => line(comm, pid, system + event));
  const damaged = fc
    .tuple(fc.oneof(call, other), fc.nat(150), fc.constantFrom("", " ", "0", "x", "[", ":", ",", "\t"))
    .map(([text, at, byte]) => text.slice(0, at) + byte + text.slice(at + 1));
  fc.assert(
    fc.property(fc.array(fc.oneof(call, other, damaged), { minLength: 1, maxLength: 3 }), (lines) => {
      const fast = read(lines.map((text) => `${text}\n`).join(""));
      const slow = read(lines.map((text) => `${text}\r\n`).join("")); // a line that ends so goes the slow way
      const shown = (reader: typeof fast) => [
        reader.rows,
        reader.stats.events,
        reader.stats.skipped,
        reader.stats.unreadable.count,
      ];
      expect(shown(fast)).toEqual(shown(slow));
    }),
    { seed: 20110526, numRuns: 200 },
  );
});

test("random bytes are read to the end, or refused by a TraceError", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc
      .constantFrom(close("sh", 7), fork("sh", 7, 8), exec("sh", 7, "/bin/sh"), exit("sh", 7), "\n", "\n")
      .map(bytesOf),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, strict) => {
      const bytes = Uint8Array.from(pieces.flatMap((part) => [...part]));
      try {
        readBytes(bytes, { strict, blocks: [bytes.length >> 1] });
      } catch (error) {
        expect((error as TraceError).code).toBe("unreadable-line");
      }
    }),
    { seed: 20110526, numRuns: 100 },
  );
});
