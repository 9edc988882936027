import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOfText, textOf } from "../src/byte-text.js";
import { read, tasksOf } from "./read.js";

const json = (...lines: readonly string[]) =>
  read(lines.map((line) => `${line}\n`).join(""), { format: "jsonl" });
const by = '"task":{"pid":7,"comm":"sh"}';

describe("a line of JSON", () => {
  test.each([
    [
      `{${by},"event":"openat","args":{"dfd":"0xffffff9c","flags":577}}`,
      "sh 7: openat(dfd=0xffffff9c, filename=?, flags=577, mode=?)",
    ],
    [`{${by},"event":"getpid"}`, "sh 7: getpid()"],
    [
      `{${by},"event":"lseek","args":{"offset":"0xFFFFFFFFFFFFFFFF"}}`,
      "sh 7: lseek(fd=?, offset=0xffffffffffffffff, whence=?)",
    ],
    [`{${by},"event":"close","args":{"fd":-1}}`, "sh 7: close(fd=0xffffffffffffffff)"],
    [`{${by},"event":"syscall_3","abi":"int80","args":{"arg0":1}}`, "sh 7: int80:read(fd=1, buf=?, count=?)"],
    [
      `{${by},"event":"close","abi":"x32","args":{"fd":9007199254740991}}`,
      "sh 7: x32:close(fd=0x1fffffffffffff)",
    ],
    [`{${by},"event":"no_such_call","args":{"arg5":"0x1"}}`, "sh 7: no_such_call()"],
    [
      `{${by},"event":"file_open","args":{"label":["tmp_t","a_t"],"inode":3,"filename":"/tmp/\xc3\xa9"}}`,
      'sh 7: file_open(label={a_t, tmp_t}, inode=3, uid=?, gid=?, mode=?, flags=?, filename="/tmp/é")',
    ],
    [`{${by},"event":"sched_process_exit","args":{"pid":7}}`, "sh 7: sched_process_exit(pid=7)"],
    [`{${by},"event":"getpid"}\r`, "sh 7: getpid()"],
  ])("%s", (line, row) => {
    const { rows, stats } = json(line);
    expect([rows, stats.unreadable.count]).toEqual([[row], 0]);
  });

  test.each([
    ["{", "it is not JSON"],
    ["[]", "`the line` is no object"],
    ["\xff", "it is not UTF-8"],
    [`{${by},"event":"openat","arg":{}}`, "it has no place for `arg`"],
    [`{"event":"openat"}`, "`task` is no object"],
    [`{"task":{"pid":-1,"comm":"sh"},"event":"getpid"}`, "`pid` is no pid"],
    [`{"task":{"pid":1,"comm":"sh","name":""},"event":"getpid"}`, "a task has no `name`"],
    [`{${by},"event":"frobnicate"}`, "the catalog has no event `frobnicate`"],
    [`{${by},"event":"close","args":{"fx":1}}`, "`close` has no `fx`"],
    [
      `{${by},"event":"close","args":{"fd":9007199254740993}}`,
      '`fd` is neither "0x…" nor an integer that JSON keeps',
    ],
    [`{${by},"event":"close","abi":"int80"}`, "an int80 call goes by its number: `syscall_N`"],
    [`{${by},"event":"close","abi":"arm"}`, "`abi` is neither `native`, `int80` nor `x32`"],
    [`{${by},"event":"file_open","args":{"label":"tmp_t"}}`, "`label` is no list of labels"],
    [
      `{${by},"event":"vfs_getname","args":{"name":"a\\\\b"}}`,
      "`name` has a backslash that begins neither `\\\\` nor `\\xNN`",
    ],
  ])("`%s` cannot be read: %s", (line, reason) => {
    const { stats } = json(line);
    expect(stats.unreadable.first.map((one) => one.reason)).toEqual([reason]);
  });

  test("may leave it to fork lines who descends from whom", () => {
    const { chunks } = json(
      `{${by},"event":"sched_process_fork","args":{"parent_pid":7,"child_pid":8,"child_comm":"sh"}}`,
      '{"task":{"pid":8,"comm":"ls"},"event":"getpid"}',
      '{"task":{"pid":9,"comm":"a","parent":1,"lineage":["init","a"]},"event":"getpid"}',
      '{"task":{"pid":9,"comm":"a"},"event":"getpid"}',
    );
    expect(chunks.flatMap(tasksOf).map(({ task }) => task)).toEqual([
      "sh 7 of ? (sh)",
      "ls 8 of 7 (sh, ls)",
      "a 9 of 1 (init, a)",
      "a 9 of 1 (init, a)",
    ]);
  });
});

test("any bytes become text that reads back the same, and UTF-8 stays as it is", () => {
  const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
  const bytes = fc.oneof(
    fc.uint8Array().map(latin1),
    fc.array(fc.constantFrom("\\", "\xc3", "\xa9", "\xef\xbf\xbd", "x", "a")).map((parts) => parts.join("")),
    fc.string({ unit: "grapheme" }).map((text) => latin1(Buffer.from(text))),
  );
  fc.assert(
    fc.property(bytes, (string) => {
      const text = textOf(string);
      expect(Buffer.from(text).toString("utf8")).toBe(text);
      expect(bytesOfText(text)).toBe(string);
    }),
    { seed: 20110526 },
  );
  expect([textOf("\xc3\xa9"), textOf("\xe9\\"), textOf("\xef\xbf\xbd\xc3")]).toEqual([
    "é",
    "\\xe9\\\\",
    "\ufffd\\xc3",
  ]);
});
