// How many filters a second `gatehouse filter parse` answers, and how many records a second `filter match` puts a filter
// to: the whole process, from its start to its last line, files in and out. First every answer is proved equal to the
// kernel's own, and those of the runs that are timed to these.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { showWithSpread } from "@gatehouse/harness";
import { FOLDER, finish, LAUNCHES, record } from "./measure.js";

/** Every sample is a process of its own. */
const SAMPLES = LAUNCHES;
const WARM_UPS = 1;

const recordings = join(FOLDER, "../../shared/data/conformance");
if (!existsSync(recordings)) {
  console.log(`filter: skipped, there are no recorded answers at ${recordings}`);
  process.exit(0);
}

/** A line of a recording: what the kernel was given, and what it answered. */
type Line = Readonly<Record<string, unknown>>;

type Case = {
  readonly name: string;
  readonly command: "parse" | "match";
  readonly dialect: string;
  readonly recording: string;
  /** Where in a line the kernel's answer is. */
  answer(line: Line): unknown;
  /** So often the recording goes in. */
  readonly copies: number;
};

const CASES: readonly Case[] = [
  {
    ...{ name: "parse 6.18", command: "parse", dialect: "6.18", recording: "parse-6.18", copies: 40 },
    answer: (line) => line,
  },
  {
    ...{ name: "parse 2.6.38", command: "parse", dialect: "2.6.38", recording: "parse-2011", copies: 30 },
    answer: ({ v38 }) => v38,
  },
  {
    ...{ name: "parse 2.6.39", command: "parse", dialect: "2.6.39", recording: "parse-2011", copies: 30 },
    answer: ({ v39 }) => v39,
  },
  {
    ...{
      name: "match numbers",
      command: "match",
      dialect: "6.18",
      recording: "eval-numeric-6.18",
      copies: 10,
    },
    answer: ({ match }) => match,
  },
  {
    ...{
      name: "match strings",
      command: "match",
      dialect: "6.18",
      recording: "eval-strings-6.18",
      copies: 20,
    },
    answer: ({ match, errno }) => match ?? { errno },
  },
  {
    ...{ name: "match 2.6.38", command: "match", dialect: "2.6.38", recording: "eval-2011", copies: 20 },
    answer: ({ both, v38 }) => both ?? v38,
  },
  {
    ...{ name: "match 2.6.39", command: "match", dialect: "2.6.39", recording: "eval-2011", copies: 20 },
    answer: ({ both, v39 }) => both ?? v39,
  },
];

/** What of a line is no answer. */
const ASKED = new Set(
  "id event filter filter_b64 set fields arg_index values field str2 symbols raw records_hex".split(" "),
);

const folder = mkdtempSync(join(tmpdir(), "gatehouse-bench-"));
const results: Record<string, Measured> = {};
try {
  for (const each of CASES) results[each.name] = measure(each);
} finally {
  rmSync(folder, { recursive: true });
}
report();
finish("filter", {
  figures: Object.fromEntries(
    Object.entries(results).map(([name, { perSecond }]) => [`${name}, a second`, record(perSecond)]),
  ),
  details: {
    cases: Object.entries(results).map(([name, { filters, evaluations }]) => ({
      name,
      filters,
      evaluations,
    })),
  },
});

type Measured = {
  readonly filters: number;
  /** Of a filter and a record. */
  readonly evaluations: number;
  /** By launch. */
  readonly perSecond: readonly (readonly number[])[];
};

function measure(each: Case): Measured {
  const lines = readLines(each.recording);
  const proved = prove(each, lines);
  const input = join(folder, each.recording);
  writeFileSync(input, `${lines.map(question).join("\n")}\n`.repeat(each.copies));
  const runs = Array.from({ length: WARM_UPS + SAMPLES }, () => {
    const { seconds, answers } = run(each, input);
    assert.ok(isRepeated(answers, proved.answers, each.copies), `${each.name}: other answers than before`);
    return seconds;
  }).slice(WARM_UPS);
  const filters = each.copies * proved.filters;
  const evaluations = each.copies * proved.evaluations;
  const done = each.command === "parse" ? filters : evaluations;
  return { filters, evaluations, perSecond: runs.map((seconds) => [done / seconds]) };
}

function readLines(recording: string): Line[] {
  const text = gunzipSync(readFileSync(join(recordings, `${recording}.jsonl.gz`))).toString();
  return text
    .trimEnd()
    .split("\n")
    .map((line): Line => JSON.parse(line));
}

/** What a line asks: the recorded answers are left out. */
function question(line: Line): string {
  return JSON.stringify(Object.fromEntries(Object.entries(line).filter(([key]) => ASKED.has(key))));
}

/** Whether `all` is `one`, so often. */
function isRepeated(all: Buffer, one: Buffer, times: number): boolean {
  if (all.length !== times * one.length) return false;
  return Array.from({ length: times }, (_, i) => i * one.length).every(
    (start) => one.compare(all, start, start + one.length) === 0,
  );
}

type Proved = { readonly filters: number; readonly evaluations: number; readonly answers: Buffer };

/** All answers are compared. */
function prove(each: Case, lines: readonly Line[]): Proved {
  const input = join(folder, "once");
  writeFileSync(input, `${lines.map(question).join("\n")}\n`);
  const { answers } = run(each, input);
  const answered = answers.toString().trimEnd().split("\n");
  const asked = lines.filter((line) => "filter" in line || "filter_b64" in line);
  assert.equal(answered.length, asked.length);
  let evaluations = 0;
  for (const [i, line] of asked.entries()) {
    const found: Line = JSON.parse(answered[i] ?? "");
    const expected = each.answer(line);
    if (typeof found.match === "string") evaluations += found.match.length;
    assert.ok(agree(found, expected), `${each.name}: ${JSON.stringify({ line, found })}`);
  }
  return { filters: asked.length, evaluations, answers };
}

/** Nothing is expected where only the other kernel was asked. */
function agree(found: Line, expected: unknown): boolean {
  if (expected === undefined) return true;
  if (typeof expected !== "object") return found.match === expected;
  const { errno, msg }: Line = Object(expected);
  return found.errno === errno && (msg === undefined || found.msg === msg);
}

function run(each: Case, input: string): { readonly seconds: number; readonly answers: Buffer } {
  const formats = join(recordings, `formats-${each.command === "parse" ? "parse" : "eval"}.json`);
  const gatehouse = fileURLToPath(new URL("../../packages/cli/bin/gatehouse.js", import.meta.url));
  const output = join(folder, "answers");
  const [stdin, stdout] = [openSync(input, "r"), openSync(output, "w")];
  const start = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [gatehouse, "filter", each.command, "--dialect", each.dialect, "--formats", formats],
    { stdio: [stdin, stdout, "pipe"], encoding: "utf8" },
  );
  const seconds = (performance.now() - start) / 1000;
  closeSync(stdin);
  closeSync(stdout);
  assert.equal(status, 0, stderr);
  return { seconds, answers: readFileSync(output) };
}

function report(): void {
  for (const { name, command } of CASES) {
    const found = results[name];
    if (found === undefined) throw new Error(`${name} was not measured`);
    const unit = command === "parse" ? "filters" : "evaluations";
    console.log(`  ${name.padEnd(14)} ${showWithSpread(record(found.perSecond))} ${unit}/s`);
  }
}
