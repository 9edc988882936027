import { linux618 } from "@gatehouse/catalog";
import { ABI, Chunk, Dictionary, hex, NO_SUCH_CALL, SLOTS, TraceEvent } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { parseEvent } from "../src/index.js";
import { marked } from "./marked.js";

/** The event as a row of a trace, and its first slots in hexadecimal. */
function read(text: string) {
  const dictionary = new Dictionary();
  const parsed = parseEvent(text, linux618, dictionary);
  if (!parsed.ok) throw new Error(parsed.error[0]?.message);
  const { event, abi, values } = parsed.value;
  const chunk = new Chunk(linux618, dictionary, { capacity: 1, slots: SLOTS });
  const row = new TraceEvent(chunk, chunk.push(0, event, abi, values));
  return { row, slots: values.map((value) => value && hex(value)) };
}

test.each<[string, (string | undefined)[]]>([
  ["getpid()", []],
  ["read()", []],
  ["read(fd=0)", ["0x0"]],
  ["read( 0 , 0x10 , 010 )", ["0x0", "0x10", "0x8"]],
  ["read(0, count=3)", ["0x0", undefined, "0x3"]],
  ["read(count=3, fd=?)", [undefined, undefined, "0x3"]],
  ["close(fd=-1)", ["0xffffffffffffffff"]],
  ["close(fd=-100)", ["0xffffffffffffff9c"]],
  ["close(fd=0x100000001)", ["0x100000001"]],
  ["close(fd=18446744073709551615)", ["0xffffffffffffffff"]],
  ["close(fd=9007199254740993)", ["0x20000000000001"]],
  ["openat(dfd=AT_FDCWD, flags=O_CREAT|O_WRONLY | 0x200)", ["0xffffff9c", undefined, "0x241"]],
  ["sys_enter_read(fd=1)", ["0x1"]],
  ["syscall_470(1, a5=2)", ["0x1", undefined, undefined, undefined, undefined, "0x2"]],
])("the registers of %s", (text, slots) => {
  expect(read(text).slots).toEqual(slots);
});

test.each([
  ["read()", 0, ABI.native],
  ["syscall_0()", 0, ABI.native],
  ["int80:read(fd=0)", 3, ABI.int80],
  ["x32: read(fd=0)", 0, ABI.x32],
  ["syscall_470()", 470, ABI.native],
  ["syscall_4094()", 4094, ABI.native],
  ["syscall_4095()", NO_SUCH_CALL, ABI.native],
  ["syscall_99999999999999999999()", NO_SUCH_CALL, ABI.native],
  ["no_such_call()", NO_SUCH_CALL, ABI.native],
  [" read ( ) \n", 0, ABI.native],
])("%j is event %i", (text, id, abi) => {
  expect(read(text).row).toMatchObject({ id, abi });
});

test("strings and label sets are entries of the dictionary", () => {
  const { row } = read('file_open(label={tmp_t, etc_t}, uid=-1, filename="/tmp/\\"é")');
  expect(row.labels(0)).toEqual(["etc_t", "tmp_t"]);
  expect(hex(row.value(2))).toBe("0xffffffff");
  expect(row.string(6)).toBe('/tmp/"\xc3\xa9');
  expect(row.isKnown(1)).toBe(false);
});

test("a set of labels may be empty", () => {
  expect(read("file_open(label={})").row.labels(0)).toEqual([]);
});

test.each([
  "openat(dfd=0xffffff9c, filename=?, flags=0x80000, mode=?)",
  "int80:close(fd=3)",
  'file_open(label={a, b}, inode=7, uid=0, gid=?, mode=?, flags=?, filename="/etc/\\u0001")',
])("what a report shows is read again: %s", (text) => {
  expect(String(read(text).row)).toBe(text);
});

describe("a mistake is marked where it stands", () => {
  test.each<[string, string, string?]>([
    ["«»", "event is missing"],
    ["«»(fd=0)", "event is missing"],
    ["«raed»(fd=0)", "no event `raed`", "read"],
    ["«sched_process_exit»()", "not judged"],
    ["read«»", "`(` should follow"],
    ["read(fd=0«»", "`,` or `)`"],
    ["read(fd=0) «allow»", "should end"],
    ["read(«fb»=0)", "no field `fb`", "fd"],
    ["getpid(«fd»=0)", "no field `fd`, only none"],
    ["getpid(«»0)", "no argument 1"],
    ["read(fd=0, «fd»=1)", "given twice"],
    ["read(0, «fd»=1)", "given twice"],
    ["read(fd=«»)", "value of `fd` is missing"],
    ["read(fd=«08»)", "no number"],
    ["read(fd=«0x»)", "no number"],
    ["openat(flags=«O_CRAET»)", "no number and no constant", "O_CREAT"],
    ["openat(flags=O_CREAT|«»)", "is missing"],
    ['openat(filename=«"/etc"»)', "is a number", "pointer"],
    ["read(fd=«18446744073709551616»)", "64 bits"],
    ["read(fd=«-9223372036854775809»)", "64 bits"],
    ["file_open(uid=«4294967296»)", "32 bits"],
    ["file_open(filename=«»/tmp)", "is a string", "quotes"],
    ['file_open(filename=«»"\\q")', "is a string"],
    ["file_open(label=«»tmp_t)", "set of labels"],
    ["file_open(label={«»,})", "label is missing"],
    ["file_open(label={a «»b})", "`,` or `}`"],
  ])("%j: %s", (source, message, hint = "") => {
    const { text, spans } = marked(source);
    const parsed = parseEvent(text, linux618, new Dictionary());
    const [first, ...more] = parsed.ok ? [] : parsed.error;
    expect(first).toMatchObject({ ...spans[0], message: expect.stringContaining(message) });
    expect(first?.hint ?? "").toContain(hint);
    expect(more).toEqual([]);
  });
});
