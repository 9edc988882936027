// docs/json.md is what `--json` prints: every key that is printed stands there, and every key that stands there is printed.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { commandLine, run } from "../src/main.js";
import { capture } from "./capture.js";

const root = join(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "gatehouse-json-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const LINE = "  cat 10 [000]  1.000000001:   raw_syscalls:sys_enter: NR";
const trace = file("small.perf.txt", `${LINE} 0 (0, 0, 0, 0, 0, 0)\n${LINE} 1 (1, 0, 0, 0, 0, 0)\n`);
const mixed = file("mixed.perf.txt", `${LINE} 0 (0, 0, 0, 0, 0, 0)\nnonsense\n`);
const reading = file(
  "reading.gate",
  "default deny EPERM\nallow read if fd == 0\nallow write if fd in {2, 3}\n",
);
const opening = file("opening.gate", 'default allow\nkill file_open if filename == "/etc"\n');
const program = file("one.bpf.txt", "ld [0]\njeq #39, deny\nret #0x7fff0000\ndeny: ret #0x50001\n");
const calls = ["--policy", reading, "--trace", trace];

/** For each schema the runs that together print all of its keys. */
const RUNS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "gatehouse.compare/1": [
    ["compare", ...calls],
    ["compare", ...calls, "--fails", "open"],
  ],
  "gatehouse.replay/1": [
    ["replay", ...calls],
    ["replay", "--policy", opening, "--trace", trace],
  ],
  "gatehouse.bench/2": [
    ["bench", ...calls, "--backend", "compiled,reference", "--launches", "1", "--rounds", "3"],
  ],
  "gatehouse.sweep/1": [["bench", "--sweep", "foreign-events", "--launches", "1", "--rounds", "3"]],
  "gatehouse.explain/1": [
    ["explain", "--policy", reading, "read(fd=0)", "--as", "sh > cat"],
    ["explain", "--policy", reading, "read(count=1)"],
    ["explain", "--policy", reading, "write(fd=1)"],
    ["explain", "--policy", reading, "write(fd=2)"],
  ],
  "gatehouse.bpf-make/1": [
    ["bpf", "make", "--policy", reading, "--design", "bitmask-2009", "-o", join(folder, "one.bpf")],
  ],
  "gatehouse.bpf-show/1": [["bpf", "show", program]],
  "gatehouse.designs/1": [["designs"]],
  "gatehouse.size/1": [["size"]],
  "gatehouse.convert/1": [["convert", mixed, "-o", join(folder, "mixed.jsonl")]],
  "gatehouse.filter-show/1": [
    ["filter", "show", "fd == 3 &&", "--event", "read", "--record", "fd=3"],
    ["filter", "show", "fd == 3 && fd > 2 || fd == 1", "--event", "read", "--dialect", "2.6.39"],
    ["filter", "show", "fd == x", "--event", "read"],
    ["filter", "show", "label in { a }", "--event", "file_open", "--dialect", "extended"],
  ],
  "gatehouse.scenarios/1": [["scenarios"], ["scenarios", "run", "minijail", "a second filter widens"]],
  "gatehouse.claims/1": [["claims"], ["claims", "run", "C12"]],
};

const documented = readDocumented();

test("every schema that help names is documented", () => {
  const commands = commandLine().commands.flatMap((command) => [command, ...command.commands]);
  const named = commands.flatMap(({ options }) =>
    options.flatMap(({ description }) => description.match(/\bgatehouse\.[\w-]+\/\d+/g) ?? []),
  );
  const schemas = [...new Set(named)].sort(); // a list and a run of what stands in it may have the same
  expect([...documented.keys()].sort()).toEqual(schemas);
  expect(Object.keys(RUNS).sort()).toEqual(schemas);
});

describe.each(Object.entries(RUNS))("%s", (schema, runs) => {
  test("has the keys that are documented, and no other", async () => {
    const keys = documented.get(schema) ?? [];
    const patterns = keys.map((key) => ({ key, pattern: patternOf(key) }));
    const values: unknown[] = [];
    for (const args of runs) values.push(await print(args, schema));
    const printed = [...new Set(values.flatMap((value) => pathsOf(value)))];
    // What may be null is printed without the keys that it has otherwise.
    const mayBeNull = (path: string) => keys.some((key) => key.startsWith(`${path}.`));
    const unknown = printed.filter(
      (path) => !mayBeNull(path) && !patterns.some(({ pattern }) => pattern.test(path)),
    );
    const unseen = patterns.filter(({ pattern }) => !printed.some((path) => pattern.test(path)));
    expect({ unknown, unseen: unseen.map(({ key }) => key) }).toEqual({ unknown: [], unseen: [] });
  });
});

function readDocumented(): ReadonlyMap<string, readonly string[]> {
  const sections = readFileSync(join(root, "docs/json.md"), "utf8").split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => [
      section.slice(0, section.indexOf("\n")),
      [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key = ""]) => key),
    ]),
  );
}

function patternOf(key: string): RegExp {
  return new RegExp(`^${key.replace(/[[\].]/g, "\\$&").replace(/\{\w+\}/g, "[^.[]+")}$`);
}

async function print(args: readonly string[], schema: string): Promise<unknown> {
  const { out } = await capture(() => run(["node", "gatehouse", ...args, "--json"]));
  const printed = JSON.parse(out);
  expect(printed.schema).toBe(schema);
  return printed;
}

/** `designs[].cost.nsPerEvent`. What is null or empty has no keys of its own: another run must show them. */
function pathsOf(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => pathsOf(each, `${path}[]`));
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, each]) => pathsOf(each, path === "" ? key : `${path}.${key}`));
}
