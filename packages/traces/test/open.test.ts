import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { type OpenOptions, openTrace, type Progress } from "../src/index.js";
import { bytesOf, close, line } from "./read.js";

const folder = mkdtempSync(join(tmpdir(), "gatehouse-traces-"));
afterAll(() => rmSync(folder, { recursive: true }));

const text = Array.from({ length: 1000 }, (_, i) => `${close("sh", 7, i)}\n`).join("");

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function eventsOf(source: string | Readable, options: OpenOptions = {}): Promise<number> {
  const trace = openTrace(source, options);
  let rows = 0;
  for await (const chunk of trace) rows += chunk.length;
  expect(rows).toBe(trace.stats.events);
  return rows;
}

describe("a trace is read from", () => {
  test.each([
    ["a file", () => file("a.txt", text)],
    ["a file that is packed", () => file("a.txt.gz", gzipSync(text))],
    [
      "a file that is packed in parts",
      () => file("b.txt.gz", Buffer.concat([gzipSync(text.slice(0, 5000)), gzipSync(text.slice(5000))])),
    ],
    ["a stream", () => createReadStream(file("a.txt", text))],
    [
      "a stream of packed bytes",
      () => createReadStream(file("a.txt.gz", gzipSync(text)), { highWaterMark: 7 }),
    ],
    [
      "a stream of small pieces",
      () => Readable.from((text.match(/.{1,9}/gs) ?? []).map((piece) => bytesOf(piece))),
    ],
  ])("%s", async (_, source) => {
    expect(await eventsOf(source())).toBe(1000);
  });

  test("and stopped early without harm", async () => {
    const long = file("long.txt", text.repeat(90));
    for await (const chunk of openTrace(long)) {
      expect(chunk.length).toBe(65_536);
      break;
    }
  });
});

test("progress goes up to the size of the file", async () => {
  const seen: Progress[] = [];
  const path = file("a.txt.gz", gzipSync(text));
  await eventsOf(path, { onProgress: (progress) => seen.push(progress) });
  const size = readFileSync(path).length;
  expect(seen).toEqual([{ bytes: size, size }]);
});

describe("a TraceError says what is wrong with", () => {
  const packed = gzipSync(text);
  const corrupt = Buffer.from(packed);
  corrupt.fill(0xff, 1000, 1100);
  test.each([
    ["a file that is not there", () => join(folder, "none"), "not-found"],
    ["a directory", () => folder, "not-a-file"],
    ["an empty file", () => file("empty", ""), "empty"],
    ["a packed empty file", () => file("empty.gz", gzipSync("")), "empty"],
    [
      "a binary file",
      () =>
        file(
          "binary",
          Uint8Array.from({ length: 1000 }, (_, i) => i),
        ),
      "not-a-trace",
    ],
    ["another text", () => file("other", "hello\n".repeat(20_000)), "not-a-trace"],
    ["a text of comments", () => file("comments", "# hello\n"), "not-a-trace"],
    [
      "a packed file that is cut off",
      () => file("cut.gz", packed.subarray(0, packed.length - 100)),
      "cut-off",
    ],
    ["a packed file that is damaged", () => file("bad.gz", corrupt), "corrupt"],
  ])("%s", async (_, path, code) => {
    await expect(eventsOf(path())).rejects.toMatchObject({ name: "TraceError", code });
  });

  test("JSON that is not quite ours, with the first reason", async () => {
    const path = file("almost.jsonl", '\n{"task":{"pid":7},"event":"read","args":{"fd":1}}\n');
    await expect(eventsOf(path)).rejects.toMatchObject({
      code: "not-a-trace",
      message: expect.stringMatching(/no line of it is read as jsonl; line 2: .*comm.*: `\{"task"/),
    });
  });

  test("a line, where it is strict", async () => {
    const path = file("strict.txt", `${text}hello\n`);
    expect(await eventsOf(path)).toBe(1000);
    await expect(eventsOf(path, { strict: true })).rejects.toMatchObject({
      code: "unreadable-line",
      message: "line 1001: it does not start with a task and a time: `hello`",
    });
  });
});

test("a trace of other events alone is a trace", async () => {
  const path = file("switches.txt", `${line("sh", 7, "sched:sched_switch: prev_comm=sh")}\n`);
  const trace = openTrace(path);
  for await (const _ of trace) throw new Error("there is no row in it");
  expect(trace.stats.skipped).toBe(1);
});

const shared = fileURLToPath(new URL("../../../../shared/data/traces/nginx.perf.txt.gz", import.meta.url));

describe.skipIf(!existsSync(shared))("nginx under perf (skipped where ../shared is absent)", () => {
  test("has as many events as a plain search finds, and a worker that descends from the shell and timeout", async () => {
    const trace = openTrace(shared, { strict: true });
    const counts = new Map<number, number>();
    const lineages = new Set<string>();
    for await (const { event, length, tasks } of trace) {
      for (const id of event.subarray(0, length)) counts.set(id, (counts.get(id) ?? 0) + 1);
      for (const { pid, lineage } of tasks) if (pid === 24638) lineages.add([...lineage].join(" "));
    }
    const expected = new Map<number, number>();
    for (const [, nr] of gunzipSync(readFileSync(shared))
      .toString("latin1")
      .matchAll(/ raw_syscalls:sys_enter: NR (\d+) \(/g)) {
      expected.set(Number(nr), (expected.get(Number(nr)) ?? 0) + 1);
    }
    expect(new Map([...counts].filter(([id]) => id < 4096))).toEqual(expected);
    expect(trace.stats.events).toBe([...expected.values()].reduce((sum, count) => sum + count, 0));
    expect([trace.stats.skipped, trace.stats.unreadable.count]).toEqual([0, 0]);
    expect([...lineages]).toEqual(["timeout sh nginx"]);
  });
});
