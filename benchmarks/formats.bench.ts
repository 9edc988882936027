// How fast each kind of trace is read, from a file, beside gawk that counts one column of the same file. First it is
// proved that the reader counts every call as often as a plain search of the text finds it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { linux618 } from "@gatehouse/catalog";
import { median, type Recorded, showWithSpread } from "@gatehouse/harness";
import { openTrace, type SavedFormat, saveTrace, type TraceFormat } from "@gatehouse/traces";
import { FOLDER, finish, inLaunches, type Launch, record } from "./measure.js";

/** Of each launch. */
const SAMPLES = 3;
const WARM_UPS = 1;
/** Copies of a recording are put together until there are this many bytes. */
const BYTES = 20_000_000;

type Kind = {
  readonly format: TraceFormat;
  readonly file: string;
  /** Where in the text the calls stand, by name or number. */
  readonly call: RegExp;
  readonly gawk: string;
};

const data = (name: string) => join(FOLDER, "../packages/traces/test/data", name);
const shared = (name: string) => join(FOLDER, "../../shared/data/traces", name);
const STRACE = { call: /^\d+ +(\w+)\(/gm, gawk: '{n[substr($2,1,index($2,"(")-1)]++}' };

const KINDS: Readonly<Record<string, Kind>> = {
  perf: { format: "perf", file: data("ls.perf.txt.gz"), call: /sys_enter: NR (\d+)/g, gawk: "{n[$6]++}" },
  strace: { format: "strace", file: data("gcc.strace.gz"), ...STRACE },
  "strace, half of it interrupted": { format: "strace", file: shared("nginx.strace.gz"), ...STRACE },
  "strace-raw": { format: "strace-raw", file: data("ls.strace-raw.txt"), ...STRACE },
  tracefs: {
    format: "tracefs",
    file: data("tracefs-raw-syscalls.txt"),
    call: /sys_enter: NR (\d+)/g,
    gawk: '$5 == "sys_enter:" {n[$7]++}',
  },
  audit: { format: "audit", file: data("audit-1326.txt"), call: /syscall=(\d+)/g, gawk: "{n[$15]++}" },
};

const folder = mkdtempSync(join(tmpdir(), "gatehouse-formats-"));
process.on("exit", () => rmSync(folder, { recursive: true }));

const found = await inLaunches(import.meta.url, async (): Promise<Launch> => {
  const results: Record<string, Result> = {};
  for (const [name, kind] of Object.entries(KINDS)) {
    if (existsSync(kind.file)) results[name] = await measure(kind);
    else console.log(`formats: ${name} is skipped, there is no ${kind.file}`);
  }
  for (const format of ["jsonl", "arrow"] as const) results[format] = await measureOurs(format);
  return {
    samples: Object.fromEntries(
      Object.entries(results).flatMap(([name, { samples }]) =>
        Object.entries(samples).map(([measure, values]) => [`${name}, ${measure}`, values]),
      ),
    ),
    details: {
      formats: Object.entries(results).map(([name, { bytes, events }]) => ({ name, bytes, events })),
    },
  };
});
const figures: Record<string, Recorded> = Object.fromEntries(
  Object.entries(found.samples).map(([name, launches]) => [name, record(launches, median)]),
);
for (const [name, recorded] of Object.entries(figures))
  console.log(`formats: ${name.padEnd(46)} ${showWithSpread(recorded)}`);
finish("formats", { figures, details: found.details });

type Result = {
  readonly bytes: number;
  readonly events: number;
  /** By what is measured. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
};

async function measure({ format, file, call, gawk }: Kind): Promise<Result> {
  const packed = readFileSync(file);
  const text = file.endsWith(".gz") ? gunzipSync(packed) : packed;
  const copies = Math.ceil(BYTES / text.length);
  const path = join(folder, "trace");
  writeFileSync(path, Buffer.concat(Array<Buffer>(copies).fill(text)));
  const expected = new Map<string, number>();
  for (const [, word = ""] of text.toString("latin1").matchAll(call)) {
    const name = /^\d/.test(word) ? linux618.nameOf(Number(word)) : word;
    expected.set(name, (expected.get(name) ?? 0) + copies);
  }
  const found = await callsOf(path, format);
  assert.deepEqual(new Map([...found].sort()), new Map([...expected].sort()), format);
  return time(path, format, gawk);
}

/** What `convert` makes of gcc under strace: it must hold what it was made from. */
async function measureOurs(format: SavedFormat): Promise<Result> {
  const strace = join(folder, "strace");
  const text = gunzipSync(readFileSync(data("gcc.strace.gz")));
  writeFileSync(strace, Buffer.concat(Array<Buffer>(Math.ceil(BYTES / text.length)).fill(text)));
  const path = join(folder, format);
  await saveTrace(openTrace(strace), path, { format, catalog: linux618 });
  assert.deepEqual(await callsOf(path, format), await callsOf(strace, "strace"));
  return time(path, format, format === "jsonl" ? '-F"event":" {split($2, w, "\\""); n[w[1]]++}' : null);
}

async function callsOf(path: string, format: TraceFormat): Promise<Map<string, number>> {
  const trace = openTrace(path, { strict: true });
  const calls = new Map<string, number>();
  for await (const { event, length, catalog } of trace)
    for (const id of event.subarray(0, length)) {
      if (catalog.byId(id)?.kind === "task") continue;
      const name = catalog.nameOf(id);
      calls.set(name, (calls.get(name) ?? 0) + 1);
    }
  assert.equal(trace.format, format);
  return calls;
}

async function time(path: string, format: TraceFormat, gawk: string | null): Promise<Result> {
  const hasGawk = spawnSync("gawk", ["--version"]).status === 0;
  const bytes = readFileSync(path).length;
  const runs: { readonly seconds: number; readonly gawkSeconds: number; readonly events: number }[] = [];
  for (let i = 0; i < WARM_UPS + SAMPLES; i++) {
    const start = performance.now();
    const trace = openTrace(path, { format });
    for await (const _ of trace);
    const seconds = (performance.now() - start) / 1000;
    const gawkSeconds = gawk !== null && hasGawk ? gawkTime(gawk, path) : 0;
    runs.push({ seconds, gawkSeconds, events: trace.stats.events });
  }
  const samples = runs.slice(WARM_UPS);
  const { events } = samples[0] ?? { events: 0 };
  const isBesideGawk = gawk !== null && hasGawk;
  return {
    bytes,
    events,
    samples: {
      "MB/s": samples.map(({ seconds }) => bytes / 1e6 / seconds),
      "million events/s": samples.map(({ seconds }) => events / 1e6 / seconds),
      // Of the pairs of runs, one after the other.
      ...(isBesideGawk && { "times gawk": samples.map(({ seconds, gawkSeconds }) => seconds / gawkSeconds) }),
    },
  };
}

function gawkTime(program: string, path: string): number {
  const start = performance.now();
  const { status, stderr } = spawnSync("gawk", [...argumentsOf(program), path], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  assert.equal(status, 0, stderr);
  return (performance.now() - start) / 1000;
}

/** `-FX PROGRAM` or `PROGRAM`. */
function argumentsOf(program: string): string[] {
  const [, separator, rest] = /^-F(\S+) (.*)$/.exec(program) ?? [];
  return separator === undefined || rest === undefined ? [program] : [`-F${separator}`, rest];
}
