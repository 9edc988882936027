import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import * as zlib from "node:zlib";
import { describe, expect, test } from "vitest";
import { openTrace } from "../src/index.js";
import { ZstdFrames } from "../src/zstd-frames.js";

/** A frame that says its size, one with a checksum, and a skippable one, as `zstd` makes them. */
const packed = readFileSync(fileURLToPath(new URL("data/close.perf.txt.zst", import.meta.url)));

function isWhole(bytes: Uint8Array, cut = 0): boolean {
  const frames = new ZstdFrames();
  frames.push(bytes.subarray(0, cut));
  frames.push(bytes.subarray(cut));
  return frames.isWhole;
}

test("zstd data is whole where a frame ends, wherever its blocks are cut", () => {
  const ends = Array.from({ length: packed.length + 1 }, (_, length) => length).filter((length) =>
    isWhole(packed.subarray(0, length)),
  );
  expect(ends[0]).toBe(0);
  expect(ends.at(-1)).toBe(packed.length);
  expect(ends.length).toBe(4);
  for (let cut = 0; cut <= packed.length; cut++) expect(isWhole(packed, cut)).toBe(true);
});

describe("a trace that is packed with zstd", () => {
  const hasZstd = typeof Reflect.get(zlib, "createZstdDecompress") === "function";
  const eventsOf = async (bytes: Buffer) => {
    const trace = openTrace(Readable.from([bytes]));
    for await (const chunk of trace) expect(chunk.length).toBeGreaterThan(0);
    return trace.stats.events;
  };

  test.skipIf(!hasZstd)("is read where Node can (skipped before Node 22.15)", async () => {
    expect(await eventsOf(packed)).toBe(3000);
    await expect(eventsOf(packed.subarray(0, -1))).rejects.toMatchObject({ code: "cut-off" });
  });

  test.skipIf(hasZstd)("is refused with the reason where Node cannot", async () => {
    await expect(eventsOf(packed)).rejects.toMatchObject({ code: "not-possible" });
  });
});
