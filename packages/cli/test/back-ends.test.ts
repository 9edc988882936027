// `--backend` and `--jobs`: where a replay runs changes nothing of what it says. Threads need the built command.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { nginxTrace } from "@gatehouse/scenarios";
import { afterAll, describe, expect, test } from "vitest";
import { backendNames, whyMissing } from "../src/known-back-ends.js";
import { commandLine, run } from "../src/main.js";
import { buffersOf } from "../src/replay-workers.js";
import { capture } from "./capture.js";

const bin = fileURLToPath(new URL("../bin/gatehouse.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gatehouse-back-ends-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const inProcess = (args: readonly string[]) => capture(() => run(["node", "gatehouse", ...args]));

function built(args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

describe("--backend", () => {
  test("has in its help every back-end that there is", () => {
    const replay = commandLine().commands.find((command) => command.name() === "replay");
    const backend = replay?.options.find(({ long }) => long === "--backend");
    expect(backend?.argChoices).toEqual(backendNames);
  });

  test.each(backendNames)("%s gives the verdicts of the others", async (name) => {
    if (whyMissing(name) !== null) {
      const { code, err } = await inProcess(["replay", "--backend", name]);
      expect([code, err]).toEqual([3, `gatehouse: ${whyMissing(name)}\n`]);
      return;
    }
    const { out } = await inProcess(["replay", "--json", "--backend", name]);
    const reference = await inProcess(["replay", "--json", "--backend", "reference"]);
    const { backend, ...found } = JSON.parse(out);
    const { backend: _, ...expected } = JSON.parse(reference.out);
    expect(backend).toBe(name);
    expect(found).toEqual(expected);
  });

  test("may stand behind a design's id, and then does not give way to --backend", async () => {
    const designs = "bitmask-2009@compiled,bitmask-2009@and@reference,bitmask-2009";
    const { out } = await inProcess(["replay", "--json", "--designs", designs, "--backend", "bpf-tree"]);
    expect(Object.keys(JSON.parse(out).designs)).toEqual([
      "bitmask-2009@subset@compiled",
      "bitmask-2009@and@reference",
      "bitmask-2009@subset",
    ]);
  });

  test.each([
    [["--designs", "bitmask-2009@and@natve"], /no back-end `natve`; known: native, .*\nhint: .*`native`/],
    [["--backend", "fast"], /Allowed choices are native, compiled, reference/],
    [["--backend", "native", "--task-side"], /--task-side asks each variant's own check/],
    [["--jobs", "2", "--task-side"], /--task-side follows tasks .* in order/],
    [["--jobs", "0"], /number from 1 to 256/],
    [["--jobs", "1e9"], /number from 1 to 256/],
  ])("%j is bad usage", async (args, message) => {
    const { code, out, err } = await inProcess(["replay", ...args]);
    expect(err).toMatch(message);
    expect([code, out]).toEqual([2, ""]);
  });
});

describe("--jobs", { timeout: 60_000 }, () => {
  const policy = file(
    "opening.gate",
    'labels a_t b_t\nallow read\nallow file_open if filename ^= "/tmp/1" || label & a_t\n',
  );
  // More than a chunk, with strings and labels that later chunks bring.
  const opens = Array.from({ length: 70_000 }, (_, i) => {
    const args = { filename: `/tmp/${i % 5_000}`, label: [i % 3_000 === 0 ? "a_t" : "b_t"] };
    return JSON.stringify({ task: { pid: 7, comm: "sh" }, event: "file_open", args });
  });
  const objects = file("objects.jsonl", `${opens.join("\n")}\n`);
  const once = gunzipSync(readFileSync(nginxTrace)).toString();
  const calls = file("calls.perf.txt", once.repeat(12));

  test.each([
    ["calls", ["--trace", calls]],
    ["calls of one task", ["--trace", calls, "--task", "nginx"]],
    [
      "strings and labels",
      ["--trace", objects, "--policy", policy, "--designs", "event-filters-2011,decide"],
    ],
  ])("judges %s as one thread does", (_what, args) => {
    const one = built(["replay", "--json", ...args]);
    expect([one.err, JSON.parse(one.out).events > 65_536]).toEqual(["", true]);
    for (const jobs of ["2", "5"]) expect(built(["replay", "--json", ...args, "--jobs", jobs])).toEqual(one);
  });

  test("columns that lie in one buffer are handed over with it, and shared memory stays", () => {
    const buffer = new ArrayBuffer(64);
    const columns = [
      new Uint32Array(buffer, 0, 8),
      new Uint8Array(buffer, 32),
      new Uint16Array([1, 2]),
      new Uint8Array(new SharedArrayBuffer(8)),
    ];
    const there = structuredClone(columns, { transfer: [...buffersOf(columns)] });
    expect(there.map(({ length }) => length)).toEqual([8, 32, 2, 8]);
    expect(columns.map(({ length }) => length)).toEqual([0, 0, 0, 8]);
  });

  test("ends as one thread does where the trace is bad", () => {
    const bad = file("bad.perf.txt", `${once.repeat(12)}nonsense\n`);
    const { code, out, err } = built(["replay", "--trace", bad, "--strict", "--jobs", "2"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^gatehouse: .*line [\d,]+/);
  });
});
