import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { savedFormats, traceFormats } from "@gatehouse/traces";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SAVED_FORMATS, TRACE_FORMATS } from "../src/convert-command.js";
import { EXIT } from "../src/failure.js";
import { run } from "../src/main.js";
import { capture } from "./capture.js";

const folder = mkdtempSync(join(tmpdir(), "gatehouse-convert-"));
afterAll(() => rmSync(folder, { recursive: true }));
const strace = join(import.meta.dirname, "../../traces/test/data/git.strace.gz");

const convert = (...args: readonly string[]) => capture(() => run(["node", "gatehouse", "convert", ...args]));

test("the formats that are offered are those that there are", () => {
  expect([TRACE_FORMATS, SAVED_FORMATS]).toEqual([traceFormats, savedFormats]);
});

test("what a trace becomes is said by the output's ending, and goes round", async () => {
  const [arrow, json] = [join(folder, "git.arrows"), join(folder, "git.jsonl")];
  const written = await convert(strace, "-o", arrow);
  expect(written).toEqual({
    code: EXIT.done,
    err: "",
    out: `203 events of 1 task, read as strace: ${arrow}\n`,
  });
  await convert(arrow, "-o", json);
  await convert(strace, "--to", "jsonl", "-o", join(folder, "direct"));
  expect(readFileSync(json, "utf8")).toBe(readFileSync(join(folder, "direct"), "utf8"));
  const [first = "", second = ""] = readFileSync(json, "utf8").split("\n");
  expect(JSON.parse(first)).toMatchObject({ task: { pid: 23945 }, event: "execve" });
  expect(JSON.parse(second)).toMatchObject({ task: { comm: "git", lineage: ["git"] } });
});

test("--format is another name of --from", async () => {
  const output = join(folder, "named.jsonl");
  const { code, out } = await convert(strace, "--format", "strace-raw", "-o", output);
  expect([code, out]).toEqual([EXIT.done, expect.stringContaining("read as strace-raw")]);
});

test.each(["replay", "compare"])(
  "%s, too, refuses a trace of another kind than it is said to be",
  async (command) => {
    const { code, out, err } = await capture(() =>
      run(["node", "gatehouse", command, "--trace", strace, "--format", "perf"]),
    );
    expect([code, out]).toEqual([EXIT.badInput, ""]);
    expect(
      err.startsWith(`gatehouse: \`${strace}\` cannot be read: no line of it is read as perf; line 1: `),
    ).toBe(true);
  },
);

describe("convert refuses, with one message and nothing written,", () => {
  const output = join(folder, "out.jsonl");
  const more = join(folder, "more.arrows");
  beforeAll(async () => {
    await convert(strace, "-o", more);
    appendFileSync(more, "{}\n");
  });
  test.each([
    ["an output whose ending says nothing", [strace, "-o", join(folder, "out")], "so --to has to say"],
    ["data beside a trace", [strace, "--json"], "would both go to standard output"],
    ["a trace that is not there", [join(folder, "none"), "-o", output], "there is no such file"],
    ["what is no trace", [import.meta.filename, "-o", output], "is not a trace that gatehouse reads"],
    [
      "lines of another kind, where it is strict",
      [strace, "--from", "perf", "--strict", "-o", output],
      "line 1: ",
    ],
    [
      "an output that is full",
      [strace, "--to", "jsonl", "-o", "/dev/full"],
      "cannot be written: the disk is full",
    ],
    ["an output in no folder", [strace, "-o", join(folder, "none", "x.jsonl")], "there is no such folder"],
    [
      "a trace of which no line is of the kind that it is said to be",
      [strace, "--from", "perf", "-o", output],
      "git.strace.gz` cannot be read: no line of it is read as perf",
    ],
    ["an Arrow file with more behind it", [more, "-o", output], "and something else follows"],
    ["an unknown format", [strace, "--from", "dtrace"], "Allowed choices are perf"],
  ])("%s", async (_, args, message) => {
    const before = readdirSync(folder);
    const { code, err } = await convert(...args);
    expect([code, err.includes(message), readdirSync(folder)]).toEqual([EXIT.badInput, true, before]);
    expect(existsSync(output)).toBe(false);
  });
});

test("lines that could not be read are told, with their numbers, and the rest is written", async () => {
  const output = join(folder, "raw.jsonl");
  const { code, err } = await convert(strace, "--from", "strace-raw", "-o", output);
  expect([code, /git\.strace\.gz: \d+ lines could not be read/.test(err), err.includes("line 1: ")]).toEqual([
    EXIT.done,
    true,
    true,
  ]);
  expect(existsSync(output)).toBe(true);
});
