import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { linux618, linux2639 } from "@gatehouse/catalog";
import { type Chunk, FIRST_OTHER_EVENT, hex } from "@gatehouse/core";
import { tableFromIPC } from "apache-arrow";
import { describe, expect, test } from "vitest";
import { ArrowMessages } from "../src/arrow-messages.js";
import { writeArrow } from "../src/arrow-writer.js";
import { openTrace } from "../src/index.js";
import { writeJsonLines } from "../src/json-lines-writer.js";
import { type ReadOptions, read, tasksOf } from "./read.js";

function sample(name: string): string {
  return fileURLToPath(new URL(`data/${name}`, import.meta.url));
}

function arrowOf(chunks: AsyncIterable<Chunk> | readonly Chunk[]): Promise<Buffer> {
  return buffer(Readable.from(writeArrow(Readable.from(chunks), linux618)));
}

/** All that chunks say, row by row; `registers`: also those that the event has no field for. */
async function rowsOf(chunks: AsyncIterable<Chunk>, registers = true): Promise<string[]> {
  const rows: string[] = [];
  for await (const chunk of chunks) {
    for (const [row, { row: shown, task }] of tasksOf(chunk).entries()) {
      const event = chunk.at(row);
      const pointer = chunk.ip?.slice(2 * row, 2 * row + 2).join() ?? "0,0";
      const isCall = event.id < FIRST_OTHER_EVENT && registers;
      const known = [0, 1, 2, 3, 4, 5].map((slot) => (event.isKnown(slot) ? hex(event.value(slot)) : "?"));
      rows.push(`${task}: ${event.abi} ${event.id} ${shown} ${pointer} ${isCall ? known.join() : ""}`);
    }
  }
  return rows;
}

const OBJECTS = [
  '{"task":{"pid":7,"comm":"\\\\xff\\\\\\\\"},"event":"file_open","args":{"label":["tmp_t","a b"],"inode":"0xffffffffffffffff","filename":"/\\\\xe9"}}',
  '{"task":{"pid":7,"comm":"x","parent":1,"lineage":["init","x"]},"event":"file_open","args":{"flags":3}}',
  '{"task":{"pid":7,"comm":"x"},"event":"socket_connect","args":{"label":[],"port":80}}',
  '{"task":{"pid":7,"comm":"x"},"event":"syscall_3","abi":"int80","ip":"0x7f0000000001","args":{"arg0":"0x1"}}',
  '{"task":{"pid":7,"comm":"x"},"event":"no_such_call","args":{"arg5":"0x8000000000000000"}}',
  '{"task":{"pid":7,"comm":"x"},"event":"vfs_getname","args":{"name":"\\u0000é"}}',
].join("\n");

describe.each([
  ["ls.perf.txt.gz"],
  ["gcc.strace.gz"],
  ["node.strace.gz"],
  ["ls.strace-raw.txt"],
  ["tracefs-raw-syscalls.txt"],
  ["audit-1326.txt"],
])("%s", (name) => {
  test("written as Arrow reads back equal", async () => {
    const bytes = await arrowOf(openTrace(sample(name)));
    const again = openTrace(Readable.from([bytes]));
    expect(await rowsOf(again)).toEqual(await rowsOf(openTrace(sample(name))));
    expect(again.format).toBe("arrow");
  });

  test("written as JSON lines reads back equal, but for registers that its events have no field for", async () => {
    const bytes = await buffer(Readable.from(writeJsonLines(openTrace(sample(name)))));
    const again = openTrace(Readable.from([bytes]));
    expect(await rowsOf(again, false)).toEqual(await rowsOf(openTrace(sample(name)), false));
    expect(again.format).toBe("jsonl");
  });
});

const asJson: ReadOptions = { format: "jsonl" };

test("object events, other paths and bytes that are no UTF-8 read back equal, from Arrow and from JSON", async () => {
  const text = Buffer.from(OBJECTS).toString("latin1");
  const { chunks, stats } = read(text, asJson);
  expect(stats.unreadable.first).toEqual([]);
  const expected = await rowsOf(Readable.from(chunks));
  expect(await rowsOf(openTrace(Readable.from([await arrowOf(chunks)])))).toEqual(expected);
  const lines = await buffer(Readable.from(writeJsonLines(Readable.from(chunks))));
  expect(await rowsOf(openTrace(Readable.from([lines])))).toEqual(expected);
});

test("events that are missing are counted after Arrow and after JSON, alone and beside rows", async () => {
  const { chunks } = read(OBJECTS, asJson);
  for (const kept of [chunks, []])
    for (const bytes of [
      await buffer(Readable.from(writeArrow(Readable.from(kept), linux618, () => 17))),
      await buffer(Readable.from(writeJsonLines(Readable.from(kept), () => 17))),
    ]) {
      const trace = openTrace(Readable.from([bytes]));
      const rows = kept.reduce((sum, { length }) => sum + length, 0);
      expect((await rowsOf(trace)).length).toBe(rows);
      expect(trace.stats).toMatchObject({ lostEvents: 17 });
    }
});

test("a trace without rows is an Arrow file without rows", async () => {
  const bytes = await arrowOf([]);
  const trace = openTrace(Readable.from([bytes]));
  expect(await rowsOf(trace)).toEqual([]);
  expect(tableFromIPC(bytes).numRows).toBe(0);
});

test("Arrow streams that were put together are one trace", async () => {
  const name = sample("ls.perf.txt.gz");
  const one = await arrowOf(openTrace(name));
  const trace = openTrace(Readable.from([Buffer.concat([one, one])]));
  const rows = await rowsOf(openTrace(name));
  expect(await rowsOf(trace)).toEqual([...rows, ...rows]);
  expect(trace.stats.events).toBe(1020);
});

test("where blocks of a stream end does not matter", async () => {
  const one = await arrowOf(read(OBJECTS, asJson).chunks);
  const both = Buffer.concat([one, one]);
  const pieces = Array.from({ length: Math.ceil(both.length / 7) }, (_, i) =>
    both.subarray(7 * i, 7 * i + 7),
  );
  const messages = new ArrowMessages();
  expect(Buffer.concat(pieces.map((piece) => messages.push(piece)))).toEqual(both);
  messages.end();
});

describe("Arrow's file format, whose data is a stream between two words,", () => {
  // As pyarrow writes it; Arrow's own writer for JavaScript leaves out the schema that begins a stream.
  const file = async () => {
    const stream = await arrowOf(read(OBJECTS, asJson).chunks);
    const footer = Buffer.alloc(20);
    footer.writeUInt32LE(16, 16);
    return Buffer.concat([Buffer.from("ARROW1\0\0"), stream, footer, Buffer.from("ARROW1")]);
  };

  test("is read", async () => {
    expect(await rowsOf(openTrace(Readable.from([await file()])))).toEqual(
      await rowsOf(Readable.from(read(OBJECTS, asJson).chunks)),
    );
  });

  test.each([
    ["twice", (whole: Buffer) => Buffer.concat([whole, whole])],
    ["without its last word", (whole: Buffer) => whole.subarray(0, -6)],
    ["with more behind it", (whole: Buffer) => Buffer.concat([whole, Buffer.from("more")])],
  ])("is refused %s", async (_, change) => {
    const reading = rowsOf(openTrace(Readable.from([change(await file())])));
    await expect(reading).rejects.toThrow(/its Arrow data ends at byte \d+, and something else follows/);
  });
});

describe("what follows an Arrow stream and is none is an error that says where", () => {
  test.each([
    ["lines of JSON", OBJECTS],
    ["one byte", "x"],
    ["the start of a mark", "\xff\xff"],
    ["a mark", "\xff\xff\xff\xff"],
    ["zeros", "\0".repeat(64)],
    ["another end", "\xff\xff\xff\xff\0\0\0\0"],
    ["two hundred kilobytes", "garbage\n".repeat(25_000)],
  ])("%s", async (_, more) => {
    const stream = await arrowOf(read(OBJECTS, asJson).chunks);
    const trace = openTrace(Readable.from([Buffer.concat([stream, Buffer.from(more, "latin1")])]));
    await expect(rowsOf(trace)).rejects.toMatchObject({
      code: "corrupt",
      message: `standard input cannot be read: its Arrow data ends at byte ${stream.length}, and something else follows`,
    });
  });

  test("a stream with other columns", async () => {
    const [six, pointers] = await Promise.all(
      ["ls.perf.txt.gz", "audit-1326.txt"].map((name) => arrowOf(openTrace(sample(name)))),
    );
    const both = Buffer.concat([six ?? Buffer.alloc(0), pointers ?? Buffer.alloc(0)]);
    await expect(rowsOf(openTrace(Readable.from([both])))).rejects.toThrow("their columns differ");
  });
});

test.each([
  ["a text", OBJECTS],
  ["a stream with nothing in it", "\xff\xff\xff\xff\0\0\0\0{}"],
])("%s that is said to be Arrow is refused", async (_, text) => {
  const trace = openTrace(Readable.from([Buffer.from(text, "latin1")]), { format: "arrow" });
  await expect(rowsOf(trace)).rejects.toThrow("is not an Arrow file");
});

describe("an Arrow file is refused by a TraceError", () => {
  const bytes = arrowOf(read(OBJECTS, asJson).chunks);
  const readBack = async (damage: (bytes: Buffer) => Buffer, catalog = linux618) =>
    rowsOf(openTrace(Readable.from([damage(await bytes)]), { catalog }));

  test.each([
    ["that is cut off", (whole: Buffer) => whole.subarray(0, whole.length - 300), "cut-off"],
    ["that lost its end", (whole: Buffer) => whole.subarray(0, whole.length - 8), "cut-off"],
    [
      "of another version",
      (whole: Buffer) => replace(whole, "gatehouse.trace", "gatehouse.trane"),
      "not-a-trace",
    ],
    ["with another column", (whole: Buffer) => replace(whole, "lineage", "linaege"), "not-a-trace"],
    [
      "that is damaged",
      (whole: Buffer) => Buffer.concat([whole.subarray(0, 2800), whole.subarray(2807)]),
      "corrupt",
    ],
  ])("%s", async (_, damage, code) => {
    await expect(readBack(damage)).rejects.toMatchObject({ name: "TraceError", code });
  });

  test("with the events of another kernel", async () => {
    await expect(readBack((whole) => whole, linux2639)).rejects.toThrow("has the events of `6.18");
  });
});

function replace(bytes: Buffer, what: string, by: string): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = copy.indexOf(what); at >= 0; at = copy.indexOf(what)) copy.write(by, at);
  return copy;
}

// DuckDB reads Arrow files by an extension that it downloads; here its rows come from Arrow's own reader, by appender.
test("DuckDB counts what Arrow's own reader gives it, all 64 bits of it", async () => {
  const name = sample("ls.perf.txt.gz");
  const table = tableFromIPC(await arrowOf(openTrace(name)));
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  await db.run(
    "CREATE TABLE trace (pid INTEGER, comm VARCHAR, kind VARCHAR, event VARCHAR, arg0 UBIGINT, arg1 UBIGINT)",
  );
  const appender = await db.createAppender("trace");
  for (const row of table) {
    appender.appendInteger(row.pid);
    appender.appendVarchar(row.comm);
    appender.appendVarchar(row.kind);
    appender.appendVarchar(row.event);
    for (const register of [row.arg0, row.arg1])
      if (register === null) appender.appendNull();
      else appender.appendUBigInt(register);
    appender.endRow();
  }
  appender.closeSync();
  const text = await buffer(Readable.from(writeJsonLines(openTrace(name))));
  const calls = text
    .toString()
    .split("\n")
    .filter((line) => line.includes('"event":"openat"'));
  const answer = await db.runAndReadAll(
    "SELECT count(*), count(*) FILTER (kind = 'syscall'), count(*) FILTER (event = 'openat' AND arg0 = 4294967196), max(arg1) FILTER (event = 'openat') FROM trace",
  );
  const highest = calls
    .map((line) => BigInt(/"filename":"(0x[0-9a-f]+)"/.exec(line)?.[1] ?? 0))
    .reduce((a, b) => (a > b ? a : b));
  expect(answer.getRows()).toEqual([[512n, 510n, BigInt(calls.length), highest]]);
  expect(highest).toBeGreaterThan(2n ** 46n);
  db.closeSync();
});
