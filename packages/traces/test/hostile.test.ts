// Every reader on damaged bytes: it answers with chunks or with a TraceError, in bounded time and memory. What the bytes
// claim (lengths, counts, places, nesting) must not decide how much is read or held.

import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { linux618 } from "@gatehouse/catalog";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writeArrow } from "../src/arrow-writer.js";
import { openTrace, TraceError, type TraceFormat, traceFormats } from "../src/index.js";

const RUNS = process.env.GATEHOUSE_NIGHTLY ? 20_000 : 400;
/** Every word of metadata, or every third. */
const WORDS = process.env.GATEHOUSE_NIGHTLY ? 4 : 12;
/** For one file of less than 200 KB, on a machine that is busy with other tests. */
const MOST_MILLISECONDS = 3_000;
const MOST_BYTES = 300_000_000;

function sample(name: string): Buffer {
  const bytes = readFileSync(fileURLToPath(new URL(`data/${name}`, import.meta.url)));
  return name.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

const OBJECTS =
  '{"task":{"pid":7,"comm":"sh","lineage":["init","sh"]},"event":"file_open","args":{"label":["tmp_t"],"filename":"/x"}}\n' +
  '{"task":{"pid":7,"comm":"sh"},"event":"openat","args":{"dfd":"0xffffff9c","flags":2}}\n';

const SAMPLES: Readonly<Record<TraceFormat, () => Promise<Buffer>>> = {
  perf: async () => sample("git.perf.txt.gz").subarray(0, 60_000),
  strace: async () => sample("git.strace.gz").subarray(0, 60_000),
  "strace-raw": async () => sample("ls.strace-raw.txt"),
  tracefs: async () => sample("tracefs-raw-syscalls.txt"),
  audit: async () => sample("audit-1326.txt"),
  jsonl: async () => Buffer.from(OBJECTS.repeat(50)),
  arrow: async () => {
    const [few, many] = [OBJECTS.repeat(20), sample("ls.perf.txt.gz")].map((text) =>
      buffer(Readable.from(writeArrow(openTrace(Readable.from([Buffer.from(text)])), linux618))),
    );
    return Buffer.concat([(await few) ?? Buffer.alloc(0), (await many) ?? Buffer.alloc(0)]);
  },
};

type Damage =
  | { readonly kind: "put"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "insert"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "cut"; readonly at: number; readonly count: number }
  | { readonly kind: "repeat"; readonly at: number; readonly count: number; readonly times: number };

/** Anywhere: fast-check would rather damage the first bytes, and what does not begin like its format is not read. */
const place = fc.noBias(fc.nat(999_999)).map((millionth) => millionth / 1_000_000);
/** Bytes that stand for lengths often enough: the largest, the most negative, some zeros. */
const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 8 }),
  fc.constantFrom(
    Uint8Array.of(0xff, 0xff, 0xff, 0x7f),
    Uint8Array.of(0, 0, 0, 0x80),
    Uint8Array.of(0xff, 0xff, 0xff, 0xff),
    new Uint8Array(8),
    new TextEncoder().encode("9".repeat(40)),
    new TextEncoder().encode('[{"('.repeat(2_000)),
  ),
);
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant("put" as const), at: place, bytes }),
  fc.record({ kind: fc.constant("insert" as const), at: place, bytes }),
  fc.record({ kind: fc.constant("cut" as const), at: place, count: fc.nat(500) }),
  fc.record({ kind: fc.constant("repeat" as const), at: place, count: fc.nat(300), times: fc.nat(30) }),
);

function damaged(whole: Buffer, damages: readonly Damage[]): Buffer {
  return damages.reduce((now, one) => {
    const at = Math.floor(one.at * now.length);
    const [before, after] = [now.subarray(0, at), now.subarray(at)];
    if (one.kind === "put") return Buffer.concat([before, one.bytes, after.subarray(one.bytes.length)]);
    if (one.kind === "insert") return Buffer.concat([before, one.bytes, after]);
    if (one.kind === "cut") return Buffer.concat([before, after.subarray(one.count)]);
    const part = after.subarray(0, one.count);
    return Buffer.concat([before, ...Array.from({ length: one.times }, () => part), after]);
  }, whole);
}

describe.each(traceFormats)("%s", (format) => {
  test(`${RUNS} damaged files are read in part or refused, soon and in little memory`, async () => {
    const whole = await SAMPLES[format]();
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (damages) => {
        const file = damaged(whole, damages);
        const [started, held] = [performance.now(), process.memoryUsage().rss];
        let rows = 0;
        try {
          for await (const chunk of openTrace(Readable.from([file]), { format })) rows += chunk.length;
        } catch (error) {
          if (!(error instanceof TraceError)) throw error;
        }
        expect(performance.now() - started).toBeLessThan(MOST_MILLISECONDS);
        expect(process.memoryUsage().rss - held).toBeLessThan(MOST_BYTES);
        // A fork and an exec that a line tells of are rows as well.
        expect(rows).toBeLessThanOrEqual(2 * file.length);
      }),
      { numRuns: RUNS, seed: 14_09 },
    );
  }, 600_000);
});

test("Arrow with a word of its first messages' metadata replaced is read or refused", async () => {
  const whole = await SAMPLES.arrow();
  const start = Buffer.concat([whole.subarray(0, 8_192)]);
  // Behind the mark and the length of the first message; its metadata and those of the next are in the first kilobytes.
  for (let word = 8; word < start.length; word += WORDS) {
    for (const value of [0, 3, 0xffff, 0x7fff_ffff, 0x8000_0000]) {
      const file = Buffer.from(whole);
      file.writeUInt32LE(value, word);
      const started = performance.now();
      try {
        for await (const chunk of openTrace(Readable.from([file]))) expect(chunk.length).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof TraceError)) throw error;
      }
      expect(performance.now() - started, `${value} at byte ${word}`).toBeLessThan(MOST_MILLISECONDS);
    }
  }
}, 600_000);
