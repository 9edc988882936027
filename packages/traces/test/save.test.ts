import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linux618 } from "@gatehouse/catalog";
import type { Chunk } from "@gatehouse/core";
import { afterAll, describe, expect, test } from "vitest";
import { asideOf } from "../src/aside.js";
import { openTrace, type SavedFormat, saveTrace } from "../src/index.js";
import { close, read } from "./read.js";

const folder = mkdtempSync(join(tmpdir(), "gatehouse-save-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { chunks } = read(`${close("sh", 7)}\n`.repeat(20_000));

async function* trace(): AsyncGenerator<Chunk> {
  yield* chunks;
}

function save(path: string, format: SavedFormat = "jsonl"): Promise<void> {
  return saveTrace(trace(), path, { format, catalog: linux618 });
}

test.each(["jsonl", "arrow"] as const)("a trace is saved as %s, and nothing else is left", async (format) => {
  const inside = join(folder, format);
  mkdirSync(inside);
  const path = join(inside, "trace");
  writeFileSync(path, "what was there before");
  await save(path, format);
  const again = openTrace(path);
  for await (const chunk of again) expect(chunk.length).toBe(20_000);
  expect([again.format, readdirSync(inside)]).toEqual([format, ["trace"]]);
});

test("a link to nothing stays one, and leads to the file then", async () => {
  const [path, link] = [join(folder, "not there yet"), join(folder, "to nothing")];
  symlinkSync("not there yet", link);
  await save(link);
  expect([lstatSync(link).isSymbolicLink(), statSync(path).size > 1_000_000]).toEqual([true, true]);
});

test("a link stays a link", async () => {
  const [path, link] = [join(folder, "file"), join(folder, "link")];
  writeFileSync(path, "");
  symlinkSync(path, link);
  await save(link);
  expect([lstatSync(link).isSymbolicLink(), statSync(path).size > 1_000_000]).toEqual([true, true]);
});

test.each([0o600, 0o664])("who may read what it replaces may read it then (%i)", async (mode) => {
  const path = join(folder, "private");
  writeFileSync(path, "");
  chmodSync(path, mode);
  await save(path);
  expect(statSync(path).mode & 0o777).toBe(mode);
});

test("a new file is as the umask says", async () => {
  const before = process.umask(0o027);
  try {
    await save(join(folder, "new"));
  } finally {
    process.umask(before);
  }
  expect(statSync(join(folder, "new")).mode & 0o777).toBe(0o640);
});

test("what a killed writer left goes with the next writer to the folder, and a live writer's file stays", async () => {
  const inside = join(folder, "left");
  mkdirSync(inside);
  const live = await asideOf(join(inside, "other"));
  const [, pid = "", started = "", where = ""] = /gatehouse-(\d+)-(\d+)-(\w+)$/.exec(live) ?? [];
  const gone = spawnSync("true").pid;
  const kept = [
    live,
    // Of another host or container, whose pids are not to be seen from here.
    join(inside, `.x.gatehouse-${gone}-1-${where === "00000000" ? "11111111" : "00000000"}`),
    // Where it is not known when the writer started.
    join(inside, `.x.gatehouse-${gone}-0-${where}`),
    join(inside, ".x.gatehouse-of-mine"),
  ];
  const removed = [
    join(inside, `.x.gatehouse-${gone}-1-${where}`),
    // The pid was given again.
    join(inside, `.x.gatehouse-${pid}-${Number(started) - 1}-${where}`),
  ];
  for (const path of [...kept, ...removed]) writeFileSync(path, "half");
  await save(join(inside, "trace"));
  expect(readdirSync(inside).sort()).toEqual(
    [...kept.map((path) => path.slice(inside.length + 1)), "trace"].sort(),
  );
});

describe("a TraceError says why it cannot be saved", () => {
  test.each([
    ["a full device", "/dev/full", "the disk is full"],
    ["a folder", folder, "it is a directory"],
    ["a folder that is not there", join(folder, "none", "x"), "there is no such folder"],
    ["a file that is no folder", join(folder, "file", "x"), "a part of its path is no folder"],
  ])("%s", async (_, path, why) => {
    await expect(save(path)).rejects.toMatchObject({
      name: "TraceError",
      code: "not-writable",
      message: `\`${path}\` cannot be written: ${why}`,
    });
  });

  test("what was there stays where the trace fails in the middle", async () => {
    const path = join(folder, "kept");
    writeFileSync(path, "before");
    const before = readdirSync(folder);
    async function* failing(): AsyncGenerator<Chunk> {
      yield* chunks;
      throw new Error("in the middle");
    }
    const saving = saveTrace(failing(), path, { format: "jsonl", catalog: linux618 });
    await expect(saving).rejects.toThrow("in the middle");
    expect([readFileSync(path, "utf8"), readdirSync(folder)]).toEqual(["before", before]);
  });
});

// A small disk of its own.
const small = join(folder, "small");
mkdirSync(small);
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "gatehouse-test", small]).status === 0;
afterAll(() => {
  if (mounted) spawnSync("umount", [small]);
});

test.skipIf(!mounted).each(["jsonl", "arrow"] as const)(
  "on a full disk nothing half-written is left of %s (skipped where this user may not mount)",
  async (format) => {
    await expect(save(join(small, "trace"), format)).rejects.toThrow("the disk is full");
    expect(readdirSync(small)).toEqual([]);
  },
);
