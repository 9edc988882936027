// What people's files have that they should not: each is read as far as it makes sense, and the rest is counted by line.

import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openTrace, type Trace, type TraceFormat, type TraceStats, traceFormats } from "../src/index.js";

function sample(name: string): string {
  const bytes = readFileSync(fileURLToPath(new URL(`data/${name}`, import.meta.url)));
  return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1");
}

const json =
  '{"task":{"pid":7,"comm":"sh"},"event":"close","args":{"fd":"0x3"}}\n{"task":{"pid":7,"comm":"sh"},"event":"getpid"}\n';
const SAMPLES: readonly (readonly [TraceFormat, string])[] = [
  ["perf", sample("git.perf.txt.gz")],
  ["strace", sample("git.strace.gz")],
  ["strace-raw", sample("ls.strace-raw.txt")],
  ["tracefs", sample("tracefs-raw-syscalls.txt")],
  ["audit", sample("audit-1326.txt")],
  ["jsonl", json],
];

async function readAll(text: string): Promise<{ format: TraceFormat | null; stats: TraceStats }> {
  const trace = openTrace(Readable.from([Buffer.from(text, "latin1")]));
  for await (const chunk of trace) expect(chunk.length).toBeGreaterThan(0);
  return trace;
}

describe.each(SAMPLES)("%s", (format, text) => {
  const lines = text.split("\n").length - 1;
  const whole = readAll(text);
  /** Longer than the part in which a trace shows what it is. */
  const copies = Math.ceil(70_000 / text.length);
  const long = text.repeat(copies);

  test("with half a line at the end loses that line, and says which", async () => {
    const last = text.lastIndexOf("\n", text.length - 2) + 1;
    const half = text.slice(0, last) + text.slice(last, last + (2 * (text.length - last)) / 5);
    const { stats } = await readAll(half);
    expect(stats.unreadable.first.map(({ line }) => line)).toEqual([lines]);
  });

  test("twice in one file has twice the events", async () => {
    const { stats } = await readAll(text + text);
    expect([stats.events, stats.unreadable.count]).toEqual([2 * (await whole).stats.events, 0]);
  });

  test("with carriage returns is read as without", async () => {
    const { stats } = await readAll(text.replaceAll("\n", "\r\n"));
    const { events, unreadable } = (await whole).stats;
    expect([stats.events, stats.unreadable]).toEqual([events, unreadable]);
  });

  test("with another format after it stays what it is: the other's lines are unreadable, each by its number", async () => {
    const [, other = ""] =
      SAMPLES.find(([name]) => name === (format === "tracefs" ? "jsonl" : "tracefs")) ?? [];
    const foreign = other.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const mixed = await readAll(`${long}${foreign.join("\n")}\n`);
    expect(mixed.format).toBe(format);
    expect(mixed.stats.events).toBe(copies * (await whole).stats.events);
    expect(mixed.stats.unreadable.count).toBe(foreign.length);
    expect(mixed.stats.unreadable.first[0]?.line).toBe(copies * lines + 1);
  });

  test("with a line of ten megabytes in it loses that line", async () => {
    const { stats } = await readAll(`${text}${"x".repeat(10_000_000)}\n${text}`);
    expect([stats.events, stats.unreadable.count]).toEqual([2 * (await whole).stats.events, 1]);
    expect(stats.unreadable.first[0]).toMatchObject({
      line: lines + 1,
      reason: "it is longer than 65536 bytes",
      text: "x".repeat(200),
    });
  });

  test("with NUL bytes far into it loses those lines", async () => {
    const { stats } = await readAll(`${long}\0\0\0\n${text}`);
    expect(stats.unreadable).toMatchObject({ count: 1, first: [{ text: "\\x00\\x00\\x00" }] });
    expect(stats.events).toBe((copies + 1) * (await whole).stats.events);
  });

  test("with NUL bytes near its start loses those lines, as it does far into it", async () => {
    const { format: found, stats } = await readAll(`${text}\0\0\0\n${text}`);
    expect([found, stats.events]).toEqual([format, 2 * (await whole).stats.events]);
    expect(stats.unreadable).toMatchObject({
      count: 1,
      first: [{ line: lines + 1, text: "\\x00\\x00\\x00" }],
    });
  });

  test("said to be of a format that reads no line of it is refused", async () => {
    for (const other of traceFormats) {
      const trace = openTrace(Readable.from([Buffer.from(text, "latin1")]), { format: other });
      const reading = countOf(trace);
      if (other === format || (other.startsWith("strace") && format.startsWith("strace")))
        expect(await reading).toBeGreaterThan(0);
      else
        await expect(reading).rejects.toMatchObject({
          code: "not-a-trace",
          message: expect.stringMatching(/no line of it is read as|is not an Arrow file/),
        });
    }
  });
});

async function countOf(trace: Trace): Promise<number> {
  for await (const chunk of trace) expect(chunk.length).toBeGreaterThan(0);
  return trace.stats.events;
}

test("a text of other events alone, said to be what it is, is no error", async () => {
  const text = "# tracer: nop\n#\n";
  expect(await countOf(openTrace(Readable.from([Buffer.from(text)]), { format: "tracefs" }))).toBe(0);
});

describe("binary is", () => {
  const perf = sample("git.perf.txt.gz").slice(0, 2000);
  test.each([
    ["a program", readFileSync(process.execPath).subarray(0, 100_000)],
    ["a program that holds lines of a trace", Buffer.from(`\x7fELF\0\n${"\0\n".repeat(100)}${perf}`)],
    ["a text in UTF-16", Buffer.from(perf, "utf16le")],
  ])("%s, packed or not", async (_, bytes) => {
    for (const each of [bytes, gzipSync(bytes)])
      await expect(countOf(openTrace(Readable.from([each])))).rejects.toThrow("reads: it is binary");
  });
});

test.each([
  ["xz", "\xfd7zXZ\0\0\x04"],
  ["bzip2", "BZh91AY&SY"],
])("what is packed with %s is told so, whatever it is said to be", async (packer, start) => {
  for (const options of [{}, { format: "perf" } as const])
    await expect(countOf(openTrace(Readable.from([Buffer.from(start, "latin1")]), options))).rejects.toThrow(
      `standard input is packed with ${packer}: gzip and zstd are read`,
    );
});
