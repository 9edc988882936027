// How fast a trace is read, and in how much memory. First it is proved that the rows are right: they must equal what
// a regular expression finds in the same text.
//
//   read      the reader in this process, over text that is in memory
//   memory    the peak of a process that reads the text once, and ten times over
//   replay    the whole command over ten copies, beside gawk that only counts one column of the same file

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text as asText } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { linux618 } from "@gatehouse/catalog";
import type { Chunk } from "@gatehouse/core";
import { type Launches, median, type Recorded, showWithSpread } from "@gatehouse/harness";
import { newReader, newStats } from "@gatehouse/traces";
import { FOLDER, finish, inLaunches, LAUNCHES, record } from "./measure.js";
import { settings } from "./settings.js";

const COPIES = 10;
/** Of each launch. */
const READ_SAMPLES = 5;
const WARM_UPS = 3;
/** Each is two processes. */
const REPLAY_PAIRS = LAUNCHES;
/** As a file is read: in blocks of this many bytes. */
const BLOCK = 1_048_576;

const path = settings.trace ?? join(FOLDER, "../../shared/data/traces/nginx.perf.txt.gz");
if (!existsSync(path)) {
  console.log(
    `ingest: skipped, there is no trace at ${path}; name one: npm run bench -- ingest --trace FILE`,
  );
  process.exit(0);
}

const packed = readFileSync(path);
const text = packed[0] === 0x1f && packed[1] === 0x8b ? gunzipSync(packed) : packed;
const events = prove();
const read = await inLaunches(import.meta.url, () => ({
  samples: { "read, MB/s": readSamples() },
  details: {},
}));
const memory = await peaks();
const replayed = replay();
const figures: Record<string, Recorded> = Object.fromEntries(
  Object.entries({ ...read.samples, ...memory, ...(typeof replayed === "string" ? {} : replayed) }).map(
    ([name, launches]) => [name, record(launches, median)],
  ),
);
console.log(`ingest: ${events} events in ${(text.length / 1e6).toFixed(1)} MB of text`);
for (const [name, recorded] of Object.entries(figures))
  console.log(`  ${name.padEnd(32)} ${showWithSpread(recorded)}`);
if (typeof replayed === "string") console.log(`  replay is not measured: ${replayed}`);
finish("ingest", { figures, details: { trace: { bytes: text.length, events, copies: COPIES } } });

/** Every call of the text, number and registers, read a second way. Answers how many there are. */
function prove(): number {
  const expected = text.toString("latin1").matchAll(/ raw_syscalls:sys_enter: NR (-?\d+) \((.*)\)$/gm);
  let found = 0;
  for (const chunk of chunks()) {
    const event = chunk.at(0);
    for (; event.row < chunk.length; event.row++) {
      if (event.format?.kind === "task") continue;
      const [, nr, registers = ""] = expected.next().value ?? [];
      assert.equal(event.id, Number(nr), `the number of event ${found}`);
      for (const [slot, hex] of registers.split(", ").entries()) {
        const { high, low } = event.value(slot);
        assert.equal(
          (BigInt(high) << 32n) | BigInt(low),
          BigInt(`0x${hex}`),
          `register ${slot} of event ${found}`,
        );
      }
      found++;
    }
  }
  assert.ok(found > 0 && expected.next().done, "the reader finds as many events as the expression");
  return found;
}

function* chunks(): Generator<Chunk> {
  const reader = newReader("perf", { catalog: linux618, strict: true, stats: newStats() });
  for (let at = 0; at < text.length; at += BLOCK) yield* reader.push(text.subarray(at, at + BLOCK));
  yield* reader.end();
}

function readSamples(): number[] {
  const samples = Array.from({ length: WARM_UPS + READ_SAMPLES }, () => {
    const start = performance.now();
    let rows = 0;
    for (const { length } of chunks()) rows += length;
    const seconds = (performance.now() - start) / 1000;
    assert.ok(rows >= events);
    return text.length / 1e6 / seconds;
  });
  return samples.slice(WARM_UPS);
}

async function peaks(): Promise<Readonly<Record<string, Launches>>> {
  const found: Record<string, number[][]> = {};
  for (const copies of [1, COPIES]) {
    const name = `memory of ${copies} x the text, MiB`;
    found[name] = [];
    for (let i = 0; i < LAUNCHES; i++) found[name].push([(await peak(copies)) / 1024]);
  }
  return found;
}

async function peak(copies: number): Promise<number> {
  const child = spawn(process.execPath, [join(FOLDER, "dist/count-events.js")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await pipeline(Readable.from(Array<Buffer>(copies).fill(text)), child.stdin);
  const counted = JSON.parse(await asText(child.stdout));
  assert.equal(counted.events, copies * events);
  return counted.peakKiB;
}

/** A string: why there is nothing to compare. */
function replay(): Readonly<Record<string, Launches>> | string {
  const command = fileURLToPath(new URL("../../packages/cli/bin/gatehouse.js", import.meta.url));
  if (!existsSync(command)) return "the command is not built";
  if (spawnSync("gawk", ["--version"]).status !== 0) return "gawk is not installed";
  const folder = mkdtempSync(join(tmpdir(), "gatehouse-bench-"));
  try {
    const file = join(folder, "trace.txt");
    for (let copy = 0; copy < COPIES; copy++) appendFileSync(file, text);
    const words = [command, "replay", "--design", "bitmask-2009@and", "--trace", file, "--json"];
    const gatehouse = () => seconds(process.execPath, words);
    const gawk = () => seconds("gawk", ["{n[$7]++}", file]);
    // Proved first, which also puts the file into the page cache for both.
    assert.equal(JSON.parse(gatehouse().stdout).events, COPIES * events);
    const pairs = Array.from({ length: REPLAY_PAIRS }, () => [gatehouse().seconds, gawk().seconds] as const);
    return {
      "replay, s": pairs.map(([ours]) => [ours]),
      "gawk, s": pairs.map(([, theirs]) => [theirs]),
      "replay over gawk": pairs.map(([ours, theirs]) => [ours / theirs]),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `replay` exits with 1 where something is denied. */
function seconds(command: string, args: readonly string[]): { seconds: number; stdout: string } {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  assert.ok(status === 0 || status === 1, stderr);
  return { seconds: (performance.now() - start) / 1000, stdout };
}
