import { CHUNK_ROWS, toBigInt } from "@gatehouse/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TraceError } from "../src/index.js";
import { straceValue } from "../src/strace-values.js";
import { bytesOf, type ReadOptions, read, readBytes, tasksOf } from "./read.js";

function strace(text: string, options: ReadOptions = {}) {
  return read(text, { format: "strace", ...options });
}

/** The rows of lines, each ended by a newline. */
function rowsOf(...lines: readonly string[]): readonly string[] {
  return strace(lines.map((line) => `${line}\n`).join("")).rows;
}

describe("whose a line is", () => {
  test.each([
    ["pid", "24003 close(3) = 0"],
    ["padded pid", "2223  close(3)                          = 0"],
    ["pid in brackets", "[pid 24003] close(3) = 0"],
    ["padded pid in brackets", "[pid  2223] close(3) = 0"],
    ["time", "24003 13:12:23 close(3) = 0"],
    ["time to the microsecond", "24003 13:12:23.123456 close(3) = 0"],
    ["time since 1970", "24003 1795504918.602244 close(3) = 0"],
    ["time since the line before", "24003      0.000105 close(3) = 0"],
    ["two times", "24003 13:12:23.123456 (+     0.000105) close(3) = 0"],
    ["address", "24003 [00007f73dd033353] close(3) = 0"],
    ["time and address", "[pid 24003]      0.000105 [00007f73dd033353] close(3) = 0"],
    ["time and number", "24003 1795504918.602244 [   3] close(3) = 0"],
    ["how long it took", "24003 close(3) = 0 <0.000015>"],
    ["carriage return", "24003 close(3) = 0\r"],
  ])("is read with %s", (_, line) => {
    expect(rowsOf(line)).toEqual([`${line.includes("24003") ? " 24003" : " 2223"}: close(fd=3)`]);
  });

  test.each([
    ["24003<sh> close(3) = 0", "sh 24003"],
    ["[pid 24003<Web Content>] close(3) = 0", "Web Content 24003"],
    ["24003<a>b> 13:12:23 close(3) = 0", "a>b 24003"],
  ])("%s has its name", (line, task) => {
    expect(rowsOf(line)).toEqual([`${task}: close(fd=3)`]);
  });

  test("without a pid it is the one task's, which shows its pid once there are two", () => {
    const { chunks, stats } = strace(
      [
        'execve("/bin/sh", ["sh"], 0x7ff /* 3 vars */) = 0',
        "clone(child_stack=NULL, flags=CLONE_VM|SIGCHLD, child_tidptr=0x7f) = 8",
        "wait4(-1, strace: Process 8 attached",
        " <unfinished ...>",
        "[pid     8] close(3) = 0",
        "[pid     7] <... wait4 resumed>NULL, 0, NULL) = 8",
        "[pid     8] +++ exited with 0 +++",
        "exit_group(0) = ?",
      ].join("\n"),
    );
    expect(chunks.flatMap(tasksOf).map(({ row, task }) => `${task}: ${row.split("(")[0]}`)).toEqual([
      " 0 of ? (): execve",
      "sh 0 of ? (sh): sched_process_exec",
      "sh 0 of ? (sh): clone",
      "sh 0 of ? (sh): sched_process_fork",
      "sh 0 of ? (sh): wait4",
      "sh 8 of 0 (sh): close",
      "sh 8 of 7 (sh): sched_process_exit",
      "sh 7 of ? (sh): exit_group",
    ]);
    expect([stats.unreadable.count, stats.events]).toEqual([0, 5]);
  });
});

describe("a task has a personality, which strace tells where it changes", () => {
  const shown = (...lines: readonly string[]) => {
    const { chunks, stats } = strace(lines.join("\n"));
    expect(stats.unreadable.first).toEqual([]);
    return chunks
      .flatMap(tasksOf)
      .flatMap(({ row, task }) => (row.includes("sched") ? [] : [`${task}: ${row}`]));
  };

  test.each([[""], ["strace: "]])("of the only task, whose pid the note tells (%j)", (prefix) => {
    expect(
      shown(
        'execve("./bin", ["./bin"], 0x7ffc /* 24 vars */) = 0',
        `${prefix}[ Process PID=14392 runs in 32 bit mode. ]`,
        'write(1, "hello\\n", 6) = 6',
        'openat(AT_FDCWD, "x", O_RDONLY) = -1 ENOENT (No such file or directory)',
        "exit(2) = ?",
      ).slice(1),
    ).toEqual([
      "bin 14392 of ? (bin): int80:write(fd=1, buf=?, count=6)",
      "bin 14392 of ? (bin): int80:openat(dfd=?, filename=?, flags=0, mode=?)",
      "bin 14392 of ? (bin): int80:exit(error_code=2)",
    ]);
  });

  test("of children, until the next note, over exec and fork", () => {
    expect(
      shown(
        '100 execve("./a32", ["./a32"], 0x7ffd /* 84 vars */) = 0',
        "100 [ Process PID=100 runs in 32 bit mode. ]",
        "100 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0xf7f0) = 101",
        "101 close(3) = 0",
        '101 execve("/bin/sh", ["sh"], 0xff8123 /* 3 vars */) = 0',
        "101 [ Process PID=101 runs in 64 bit mode. ]",
        "101 brk(NULL) = 0x56187162a000",
        "100 pread64(3, 0xf7f0, 8, 4294967296) = 8",
        "100 [ Process PID=100 runs in x32 mode. ]",
        "100 close(3) = 0",
      ).slice(1),
    ).toEqual([
      "a32 100 of ? (a32): int80:clone(clone_flags=0x1000011, newsp=0, parent_tidptr=?, tls=?, child_tidptr=0xf7f0)",
      "a32 101 of 100 (a32): int80:close(fd=3)",
      "a32 101 of 100 (a32): int80:execve(filename=?, argv=?, envp=0xff8123)",
      "sh 101 of 100 (a32, sh): brk(brk=0)",
      "a32 100 of ? (a32): int80:pread64(fd=3, buf=0xf7f0, count=8)",
      "a32 100 of ? (a32): x32:close(fd=3)",
    ]);
  });
});

describe("on a terminal, lines are torn", () => {
  const torn = (...lines: readonly string[]) => {
    const { chunks, stats } = strace(lines.join("\n"));
    return { shown: chunks.flatMap(tasksOf).map(({ row, task }) => `${task}: ${row}`), stats };
  };
  const events = (rows: readonly string[]) => rows.filter((row) => !row.includes("sched_process"));

  test("by notes of strace 4.11 and newer", () => {
    const { shown, stats } = torn(
      'execve("./manager", ["./manager"], 0x7ffc /* 59 vars */) = 0',
      "clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLDstrace: Process 26 attached",
      "strace: Process 27 attached",
      ", child_tidptr=0x7de6) = 26",
      "[pid 24] close(4)                   = 0",
      '[pid 26] execve("./writer", ["./writer"], 0x7ffd /* 59 vars */) = 0',
      '[pid 26] write(1, "Hello, world!\\0", 14) = 14',
    );
    expect(events(shown).slice(1)).toEqual([
      "manager 0 of ? (manager): clone(clone_flags=0x1200011, newsp=0, parent_tidptr=?, child_tidptr=0x7de6, tls=?)",
      "manager 24 of ? (manager): close(fd=4)",
      "manager 26 of 24 (manager): execve(filename=?, argv=?, envp=0x7ffd)",
      "writer 26 of 24 (manager, writer): write(fd=1, buf=?, count=14)",
    ]);
    expect(stats.unreadable.first).toEqual([]);
  });

  test("by notes of older ones, which also tell of ends", () => {
    const { shown, stats } = torn(
      'execve("/bin/bash", ["bash"], [/* 20 vars */]) = 0',
      "clone(Process 43 attached (waiting for parent)",
      "Process 43 resumed (parent 42 ready)",
      "child_stack=0, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f4d) = 43",
      "[pid 43] exit_group(0)               = ?",
      "Process 43 detached",
      "wait4(-1, Process 42 suspended",
      "NULL, 0, NULL) = 43",
      "Process 42 resumed",
    );
    expect(events(shown).slice(1)).toEqual([
      "bash 0 of ? (bash): clone(clone_flags=0x1200011, newsp=0, parent_tidptr=?, child_tidptr=0x7f4d, tls=?)",
      "bash 43 of 0 (bash): exit_group(error_code=0)",
      "bash 0 of ? (bash): wait4(upid=?, stat_addr=0, options=0, ru=0)",
    ]);
    expect(stats.unreadable.first).toEqual([]);
  });

  test("a child that speaks first, without notes, is no one who is in the middle of a call", () => {
    const { shown, stats } = torn(
      'execve("/usr/bin/bash", ["bash"], 0x7fff /* 36 vars */) = 0',
      "clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD <unfinished ...>",
      "[pid 38] set_robust_list(0x7fe8, 24) = 0",
      "[pid 37] <... clone resumed>, child_tidptr=0x7fe8) = 38",
      "[pid 37] wait4(-1,  <unfinished ...>",
      "[pid 38] +++ exited with 0 +++",
      "<... wait4 resumed>NULL, 0, NULL) = 38",
      "exit_group(0)                           = ?",
    );
    expect(events(shown).slice(1)).toEqual([
      "bash 0 of ? (bash): clone(clone_flags=0x1000011, newsp=0, parent_tidptr=?, child_tidptr=0x7fe8, tls=?)",
      "bash 38 of 0 (bash): set_robust_list(head=0x7fe8, len=24)",
      "bash 37 of ? (bash): wait4(upid=?, stat_addr=0, options=0, ru=0)",
      "bash 37 of ? (bash): exit_group(error_code=0)",
    ]);
    expect(stats.unreadable.first).toEqual([]);
  });

  test.each([
    [['write(1, "1", 11)                        = 1'], "write(fd=1, buf=?, count=1)"],
    [['write(1, "20531", 520531) = 5'], "write(fd=1, buf=?, count=5)"],
    [['write(1, "a\\tb", 3) = 3'], "write(fd=1, buf=?, count=3)"],
    [['write(1, "1", 17) = 1'], "write(fd=1, buf=?, count=?)"],
    [['write(1, "1"..., 17) = 17'], "write(fd=1, buf=?, count=17)"],
    [['write(1, "Hello world!\\n", 13Hello world!', ")          = 13"], "write(fd=1, buf=?, count=13)"],
    [["read(0, abc", '"abc\\n", 1024)       = 4'], "read(fd=0, buf=?, count=0x400)"],
  ])("by what the program prints: %j", (lines, row) => {
    const { rows, stats } = strace(lines.join("\n"));
    expect([rows, stats.unreadable.first]).toEqual([[` 0: ${row}`], []]);
  });

  test("and what finds no rest is one unreadable line, by its own number", () => {
    const { rows, stats } = strace(`read(0, abc\n${"close(3) = 0\n".repeat(40)}`);
    expect([rows.length, stats.unreadable]).toEqual([
      40,
      { count: 1, first: [{ line: 1, text: "read(0, abc", reason: "it does not show a whole call" }] },
    ]);
  });

  test.each([
    "./strace: Process 12 attached with 15 threads",
    "/usr/bin/strace: Process 5 attached",
    " > /lib/libc.so.6(__open64+0xc8) [0xfe198] open64.c:41",
    " > BUG IN libunwind",
    "Process 7 suspended",
  ])("`%s` is a note", (note) => {
    const { rows, stats } = strace(`7 close(3) = 0\n${note}\n`);
    expect([rows, stats.skipped, stats.unreadable.count]).toEqual([[" 7: close(fd=3)"], 1, 0]);
  });
});

test.each([
  ["_exit(0) = ?", "exit(error_code=0)"],
  ['pread(3, "x"..., 832, 64) = 832', "pread64(fd=3, buf=?, count=832, pos=64)"],
  ['umount("/mnt", 0) = 0', "umount2(name=?, flags=0)"],
  ["syscall_318(0x7ffd, 0x10, 0, 0x55, 0x56, 0) = 0x10", "getrandom(ubuf=0x7ffd, len=16, flags=0)"],
])("old strace's `%s` is read", (line, row) => {
  expect(rowsOf(line)).toEqual([` 0: ${row}`]);
});

describe("an argument", () => {
  test.each([
    // a number is the register where its type has 64 bits
    ["lseek(3, -60, SEEK_CUR) = 54", "lseek(fd=3, offset=0xffffffffffffffc4, whence=1)"],
    ["munmap(0x7f01b168f000, 41435) = 0", "munmap(addr=0x7f01b168f000, len=0xa1db)"],
    ["brk(NULL) = 0x3041000", "brk(brk=0)"],
    [
      "pread64(3, 0x7ff, 18446744073709551615, 9223372036854775807) = 0",
      "pread64(fd=3, buf=0x7ff, count=0xffffffffffffffff, pos=0x7fffffffffffffff)",
    ],
    // an int is where its upper half is surely nothing
    ["close(2147483647) = -1 EBADF (Bad file descriptor)", "close(fd=0x7fffffff)"],
    ["close(-1) = -1 EBADF (Bad file descriptor)", "close(fd=?)"],
    ["close(0x80000000) = -1 EBADF (Bad file descriptor)", "close(fd=?)"],
    [
      "mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f973cbc0000",
      "mmap(addr=0, len=0x2000, prot=3, flags=34, fd=?, off=0)",
    ],
    ["ioctl(3, TCGETS, 0x7ffd) = 0", "ioctl(fd=3, cmd=0x5401, arg=0x7ffd)"],
    ["ioctl(3, TIOCGPTN, [5]) = 0", "ioctl(fd=3, cmd=?, arg=?)"],
    // words
    [
      'openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3',
      "openat(dfd=?, filename=?, flags=0x80000, mode=?)",
    ],
    [
      'openat(5</srv/a, b)c>, "x"..., O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</srv/x>',
      "openat(dfd=5, filename=?, flags=577, mode=438)",
    ],
    [
      'openat(AT_FDCWD</srv>, "x", O_RDONLY|0x1000000) = 3',
      "openat(dfd=?, filename=?, flags=0x1000000, mode=?)",
    ],
    ["ioctl(1, SNDCTL_TMR_TIMEBASE or TCGETS, {B38400 opost}) = 0", "ioctl(fd=1, cmd=0x5401, arg=?)"],
    ["ioctl(1, _IOC(_IOC_WRITE, 0x45, 0x20, 0x4), 0x7f) = 0", "ioctl(fd=1, cmd=0x40044520, arg=127)"],
    ['mknod("/dev/x", S_IFCHR|0644, makedev(0x1, 0x3)) = 0', "mknod(filename=?, mode=0x21a4, dev=259)"],
    ["wait4(24004, NULL, WNOHANG|0x8, NULL) = 0", "wait4(upid=0x5dc4, stat_addr=0, options=9, ru=0)"],
    ["prctl(0x63 /* PR_??? */, 0, 0x1, 0, 0) = 0", "prctl(option=99, arg2=0, arg3=1, arg4=0, arg5=0)"],
    ["socket(AF_NEVER, SOCK_STREAM, 0) = 3", "socket(family=?, type=1, protocol=0)"],
    // what a pointer points to
    ['write(1</dev/null<char 1:3>>, "a\\"b), c\\\\", 8) = 8', "write(fd=1, buf=?, count=8)"],
    ["close(4<TCP:[127.0.0.1:80->127.0.0.1:56888]>) = 0", "close(fd=4)"],
    ["close(4</tmp/x>(deleted)) = 0", "close(fd=4)"],
    [
      "capget({version=_LINUX_CAPABILITY_VERSION_3, pid=0}, {effective=1<<CAP_CHOWN|1<<CAP_KILL}) = 0",
      "capget(header=?, dataptr=?)",
    ],
    [
      "rt_sigprocmask(SIG_BLOCK, ~[RTMIN RT_1], [], 8) = 0",
      "rt_sigprocmask(how=0, nset=?, oset=?, sigsetsize=8)",
    ],
    ["sendfile(1, 3, [0] => [10], 10) = 10", "sendfile(out_fd=1, in_fd=3, offset=?, count=10)"],
    ["connect(3, {sa_family=AF_INET, sin_port=htons(53)}, 16) = 0", "connect(fd=3, uservaddr=?, addrlen=16)"],
    // another order than that of the registers
    [
      "clone(child_stack=0x7f01, flags=CLONE_VM|CLONE_VFORK|SIGCHLD) = -1 EAGAIN (x)",
      "clone(clone_flags=0x4111, newsp=0x7f01, parent_tidptr=?, child_tidptr=?, tls=?)",
    ],
    [
      "futex(0x7f, FUTEX_WAKE_BITSET, 1, FUTEX_BITSET_MATCH_ANY) = 0",
      "futex(uaddr=127, op=10, val=1, utime=?, uaddr2=?, val3=?)",
    ],
    [
      "preadv2(3, [{iov_base=0x7f, iov_len=1}], 1, 0, RWF_HIPRI) = 1",
      "preadv2(fd=3, vec=?, vlen=1, pos_l=0, pos_h=?, flags=1)",
    ],
    ["rt_sigreturn({mask=[]}) = 0", "rt_sigreturn()"],
    ["restart_syscall(<... resuming interrupted clock_nanosleep ...>) = 0", "restart_syscall()"],
    ["getpid() = 7", "getpid()"],
    ["exit_group(0) = ?", "exit_group(error_code=0)"],
    ["syscall_0x1f3(0x1, 0xffffffff, 0x3, 0, 0, 0) = -1 ENOSYS (x)", "syscall_499()"],
  ])("%s", (line, expected) => {
    const { rows, stats } = strace(`7 ${line}\n`);
    expect(rows).toEqual([` 7: ${expected}`]);
    expect(stats.unreadable.count).toBe(0);
  });

  test("of a number that strace does not know is the register", () => {
    const event = strace("7 syscall_0x1f3(0x1, 0xffffffff, 0x3, 0, 0, 0) = -1 ENOSYS (x)\n").chunks[0]?.at(0);
    expect([event?.id, event?.value(1), event?.isKnown(5)]).toEqual([
      499,
      { high: 0, low: 0xffff_ffff },
      true,
    ]);
  });

  test.each([
    ["O_RDONLY|O_CLOEXEC", 0x80000n],
    ["0", 0n],
    ["017", 15n],
    ["0x7fff /* O_ALL? */", 0x7fffn],
    ["18446744073709551615", 2n ** 64n - 1n],
    ["18446744073709551616", null],
    ["AT_FDCWD", null],
    ["O_RDONLY|O_NEVER", null],
    ["21<<MAP_HUGE_SHIFT", null],
    ["makedev(0x1000, 0)", null],
    ["QCMD(Q_SYNC, USRQUOTA)", null],
    ["", null],
    ["x".repeat(5000), null],
  ])("`%s` means %s", (text, expected) => {
    const value = straceValue(text);
    expect(value && toBigInt(value)).toBe(expected);
  });
});

test("registers that were printed as they are, are known whole", () => {
  const line = "7 mmap(0, 0x2000, 0x3, 0x22, 0xffffffff, 0xffffffffffffffff) = 0x7f8bc2977000\n";
  expect(read(line, { format: "strace-raw" }).rows).toEqual([
    " 7: mmap(addr=0, len=0x2000, prot=3, flags=34, fd=0xffffffff, off=0xffffffffffffffff)",
  ]);
  expect(read("7 close(3) = 0\n", { format: "strace-raw" }).stats.unreadable.count).toBe(1);
});

describe("a call that is resumed", () => {
  test("stands where it began, with what is printed in the end", () => {
    expect(
      rowsOf("7 read(3,  <unfinished ...>", "8 close(4) = 0", '7 <... read resumed>"x"..., 832) = 832'),
    ).toEqual([" 7: read(fd=3, buf=?, count=832)", " 8: close(fd=4)"]);
  });

  test.each([
    ["vfork( <unfinished ...>", "<... vfork resumed>) = -1 EAGAIN (x)", "vfork()"],
    ["close(13 <unfinished ...>", "<... close resumed>)              = 0", "close(fd=13)"],
    ["close(13 <unfinished ...>", "<... close resumed> )             = 0", "close(fd=13)"],
    ["exit(0 <unfinished ...>", "<... exit resumed>)               = ?", "exit(error_code=0)"],
    [
      "clone3({flags=CLONE_VM} <unfinished ...>",
      "<... clone3 resumed> => {parent_tid=[8]}, 88) = -1 EAGAIN (x)",
      "clone3(uargs=?, size=88)",
    ],
    [
      "wait4(-1,  <unfinished ...>",
      "<... wait4 resumed>NULL, 0, NULL) = 8",
      "wait4(upid=?, stat_addr=0, options=0, ru=0)",
    ],
    ["wait4(8,  <detached ...>", "", "wait4(upid=8, stat_addr=?, options=?, ru=?)"],
  ])("%s … %s", (start, end, expected) => {
    const { rows, stats } = strace(`7 ${start}\n${end === "" ? "" : `7 ${end}\n`}`);
    expect(rows).toEqual([` 7: ${expected}`]);
    expect(stats.unreadable.count).toBe(0);
  });

  test.each([
    ["no such call is unfinished", "7 <... read resumed>, 3) = 3", "skipped"],
    ["another is", "7 close(3 <unfinished ...>\n7 <... read resumed>, 3) = 3", "unreadable"],
    ["its name was not known", "7 ????( <unfinished ...>\n7 <... ???? resumed>) = ?", "skipped"],
  ])("where %s is no event", (_, text, expected) => {
    const { stats } = strace(`${text}\n`);
    expect(stats.unreadable.count > 0 ? "unreadable" : "skipped").toBe(expected);
  });

  test.each([
    [CHUNK_ROWS - 1, true],
    [CHUNK_ROWS, false],
  ])("%i rows later tells its row more: %s", (between, isKnown) => {
    const lines = "8 close(4) = 0\n".repeat(between);
    const { chunks, stats } = strace(
      `8 close(4) = 0\n7 read(3,  <unfinished ...>\n${lines}7 <... read resumed>"x", 832) = 832\n`,
    );
    const event = chunks[0]?.at(1);
    expect([event?.isKnown(0), event?.isKnown(2)]).toEqual([true, isKnown]);
    expect([stats.unreadable.count, stats.events]).toEqual([0, between + 2]);
  });
});

describe("the tree of tasks", () => {
  const tree = (...lines: readonly string[]) =>
    strace(lines.map((line) => `${line}\n`).join(""))
      .chunks.flatMap(tasksOf)
      .map(({ row, task }) => `${task}: ${row.split("(")[0]}`);
  const start = '7 execve("/bin/sh", ["sh"], 0x7ff /* 3 vars */) = 0';

  test("grows by forks whose child comes first", () => {
    expect(
      tree(
        start,
        "7 vfork( <unfinished ...>",
        '8 execve("/usr/bin/a-very-long-name", ["a"], 0x7ff /* 3 vars */ <unfinished ...>',
        "7 <... vfork resumed>) = 8",
        "8 <... execve resumed>) = 0",
        "8 +++ killed by SIGKILL (core dumped) +++",
        "8 close(3) = 0",
      ),
    ).toEqual([
      " 7 of ? (): execve",
      "sh 7 of ? (sh): sched_process_exec",
      "sh 7 of ? (sh): vfork",
      "sh 7 of ? (sh): sched_process_fork",
      "sh 8 of 7 (sh): execve",
      "a-very-long-nam 8 of 7 (sh, a-very-long-nam): sched_process_exec",
      "a-very-long-nam 8 of 7 (sh, a-very-long-nam): sched_process_exit",
      " 8 of ? (): close",
    ]);
  });

  test("waits for the line that says who forked, where several tasks are forking", () => {
    expect(
      tree(
        start,
        "7 fork() = 8",
        "7 clone3({flags=CLONE_VM}, 88 <unfinished ...>",
        "8 fork( <unfinished ...>",
        "9 close(3) = 0",
        "8 <... fork resumed>) = 9",
        "9 close(4) = 0",
      ).slice(4),
    ).toEqual([
      "sh 7 of ? (sh): clone3",
      "sh 8 of 7 (sh): fork",
      " 9 of ? (): close",
      "sh 8 of 7 (sh): sched_process_fork",
      " 9 of 8 (sh): close",
    ]);
  });

  test("guesses no parent where strace did not start the program", () => {
    expect(
      tree("7 close(3) = 0", "7 fork( <unfinished ...>", "9 close(3) = 0", "7 <... fork resumed>) = 8").slice(
        2,
      ),
    ).toEqual([" 9 of ? (): close", " 7 of ? (): sched_process_fork"]);
  });

  test.each([
    ['prctl(PR_SET_NAME, "worker") = 0', "worker 7 of ? (sh, worker)"],
    ['prctl(PR_SET_NAME, "a\\tb\\x20\\303\\251\\"") = 0', 'a\tb \xc3\xa9" 7 of ? (sh, a\tb \xc3\xa9")'],
    ['prctl(PR_SET_NAME, "worker"...) = 0', "sh 7 of ? (sh)"],
    ['prctl(PR_SET_NAME, "worker") = -1 EFAULT (x)', "sh 7 of ? (sh)"],
    ['execve("/bin/ls", ["ls"], 0x7f) = -1 ENOENT (x)', "sh 7 of ? (sh)"],
    ['execveat(3, "", ["ls"], 0x7f, AT_EMPTY_PATH) = 0', " 7 of ? (sh)"],
    ['execveat(AT_FDCWD, "bin/ls", ["ls"], 0x7f, 0) = 0', "ls 7 of ? (sh, ls)"],
  ])("%s names its task", (line, task) => {
    expect(tree(start, `7 ${line}`, "7 close(3) = 0").at(-1)).toBe(`${task}: close`);
  });

  test("gives a thread that execs its leader's pid", () => {
    expect(
      tree(
        start,
        "7 clone3({flags=CLONE_THREAD}, 88) = 9",
        '9 execve("/bin/ls", ["ls"], 0x7f <unfinished ...>',
        "7 +++ superseded by execve in pid 9 +++",
        "7 <... execve resumed>) = 0",
        "7 close(3) = 0",
      ).at(-1),
    ).toBe("ls 7 of ? (sh, ls): close");
  });

  test("takes the pid that strace itself uses", () => {
    expect(tree(start, "7 fork() = 2 /* 8 in strace's PID NS */", "8 close(3) = 0").at(-1)).toBe(
      "sh 8 of 7 (sh): close",
    );
  });
});

describe("a line that is no call", () => {
  test.each([
    ["a signal", "7 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=8} ---", "skipped"],
    ["a stop", "7 --- stopped by SIGSTOP ---", "skipped"],
    ["a frame of a stack", " > /usr/lib/x86_64-linux-gnu/libc.so.6(__write+0x14) [0xfa4f4]", "skipped"],
    ["a frame that was not found", " > unexpected_backtracing_error [0x0]", "skipped"],
    ["a note of strace's", "strace: Process 8 attached", "skipped"],
    ["an old note of strace's", "Process 8 detached", "skipped"],
    ["a mode", "[ Process PID=9 runs in 32 bit mode. ]", "skipped"],
    ["a call without a name", "7 ????( <unfinished ...>", "skipped"],
    ["nothing", "", "ignored"],
    ["half a call", '7 newfstatat(AT_FDCWD, "/usr/li', "unreadable"],
    ["a call without a result", "7 close(3)", "unreadable"],
    ["a call without its result", "7 close(3) = ", "unreadable"],
    ["two commas", "7 read(3,, 4) = 0", "unreadable"],
    ["a call that no catalog has", "7 frobnicate(3) = 0", "unreadable"],
    ["a pid alone", "7", "unreadable"],
    ["something else", "hello", "unreadable"],
    [
      "a line of perf's",
      "      sh     7 [000]  1.5: raw_syscalls:sys_enter: NR 3 (3, 0, 0, 0, 0, 0)",
      "unreadable",
    ],
  ])("%s", (_, text, expected) => {
    const { rows, stats } = strace(`${text}\n8 close(3) = 0\n`);
    const counted = stats.unreadable.count > 0 ? "unreadable" : stats.skipped > 0 ? "skipped" : "ignored";
    expect([counted, rows]).toEqual([expected, [" 8: close(fd=3)"]]);
  });

  test("says what is wrong with it", () => {
    const { stats } = strace(
      [
        "7 frobnicate(3) = 0",
        "[ Process PID=7 runs in 31 bit mode. ]",
        "7 close(3) = 0",
        "8 close(3",
        "9 hi",
        "",
      ].join("\n"),
    );
    expect(stats.unreadable.first.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
      "1: the catalog has no call `frobnicate`",
      "3: its task runs in 31 mode, whose numbers the catalog does not have",
      "5: it shows neither a call nor anything else that strace prints",
      "4: it does not show a whole call",
    ]);
  });
});

const LINES = [
  '7 execve("/bin/sh", ["sh", "-c", "x"...], 0x7ff /* 3 vars */) = 0',
  "7 vfork( <unfinished ...>",
  '8 openat(AT_FDCWD</srv>, "a\\"b", O_RDONLY|O_CLOEXEC) = 3</srv/a>',
  "7 <... vfork resumed>) = 8",
  "8 --- SIGCHLD {si_signo=SIGCHLD} ---",
  "8 +++ exited with 0 +++",
  "7 ioctl(1, TCGETS, {c_iflag=ICRNL, ...}) = -1 ENOTTY (x)",
  "hello",
];

test("blocks may be cut anywhere", () => {
  const bytes = bytesOf(LINES.join("\n"));
  const whole = readBytes(bytes, { format: "strace" });
  for (let cut = 0; cut <= bytes.length; cut++) {
    const { rows, stats } = readBytes(bytes, { format: "strace", blocks: [cut] });
    expect([rows, stats], `cut at ${cut}`).toEqual([whole.rows, whole.stats]);
  }
});

test.each(["strace", "strace-raw", "tracefs", "audit", "jsonl"] as const)(
  "damaged lines are read to the end by %s, or refused by a TraceError",
  (format) => {
    const damaged = fc
      .tuple(
        fc.constantFrom(...LINES),
        fc.nat(80),
        fc.constantFrom("", "<", "(", '"', "{", "\\", "\0", "/*", "0x", "\n"),
      )
      .map(([line, at, byte]) => line.slice(0, at) + byte + line.slice(at + 1));
    fc.assert(
      fc.property(fc.array(damaged, { maxLength: 8 }), fc.boolean(), (lines, strict) => {
        const text = lines.join("\n");
        try {
          const { rows, stats } = read(text, { format, strict, blocks: [text.length >> 1] });
          expect(rows.length).toBeGreaterThanOrEqual(stats.events);
        } catch (error) {
          expect((error as TraceError).code).toBe("unreadable-line");
        }
      }),
      { seed: 20110526, numRuns: 100 },
    );
  },
);
