// The command as people run it: in this process, and built, in one of its own, where that is what is tested (`nx test`
// builds before it tests).

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nginxTrace } from "@gatehouse/scenarios";
import { afterAll, describe, expect, test } from "vitest";
import { run } from "../src/main.js";
import { capture } from "./capture.js";

const bin = fileURLToPath(new URL("../bin/gatehouse.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gatehouse-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

function gatehouse(args: readonly string[], { input = "", env = {} } = {}): Promise<Ran> {
  const child = spawn(process.execPath, [bin, ...args], { env: { ...process.env, ...env } });
  child.stdin.on("error", () => {}); // the command may end before it has read everything
  child.stdin.end(input);
  return new Promise((resolve) => {
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (part: string) => (out += part));
    child.stderr.setEncoding("utf8").on("data", (part: string) => (err += part));
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

const inProcess = (args: readonly string[]) => capture(() => run(["node", "gatehouse", ...args]));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A process each: on a busy machine that takes its time. */
const PATIENT = { timeout: 60_000 };

const LINE = "  cat 10 [000]  1.000000001:   raw_syscalls:sys_enter: NR";
const trace = file("small.perf.txt", `${LINE} 0 (0, 0, 0, 0, 0, 0)\n${LINE} 1 (1, 0, 0, 0, 0, 0)\n`);
const allowing = file("allowing.gate", "policy allowing\nallow read\nallow write\n");
const reading = file("reading.gate", "policy reading\nallow read if fd == 0\n");

describe.concurrent("the command", PATIENT, () => {
  test("may lose its reader", async () => {
    const child = spawn("sh", ["-c", `"$0" "$1" designs --json | true`, process.execPath, bin]);
    let err = "";
    child.stderr.on("data", (part) => (err += part));
    await new Promise((resolve) => child.on("close", resolve));
    expect(err).toBe("");
  });

  test("has a version", async () => {
    expect(await gatehouse(["--version"])).toEqual({ code: 0, out: "0.1.0\n", err: "" });
  });
});

describe("bad usage", () => {
  test.each([
    [[], /Usage: gatehouse/],
    [["compere"], /gatehouse: unknown command 'compere'/],
    [["compare", "--polcy", "x"], /gatehouse: unknown option '--polcy'/],
    [["compare", "--fails", "shut"], /Allowed choices are closed, open/],
    [["replay", "--design", "bitmask-2010"], /no design `bitmask-2010`; known: .*\nhint: did you mean/],
  ])("is %j", async (args, message) => {
    const { code, out, err } = await inProcess(args);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/^ +at /m);
    expect([code, out]).toEqual([2, ""]);
  });
});

describe.concurrent("compare", PATIENT, () => {
  test("without arguments says something of every design, in 80 columns and a pipe without colour", async () => {
    const { code, out, err } = await gatehouse(["compare"], { env: { CI: "1" } });
    expect([code, err]).toEqual([0, ""]);
    for (const id of ["bitmask-2009", "filter-engine-2010", "event-filters-2011"]) expect(out).toContain(id);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(out).not.toContain("\u001b");
  });
});

describe("compare as data", () => {
  test("has counts, losses and costs", async () => {
    const { code, out } = await inProcess(["compare", "--policy", reading, "--trace", trace, "--json"]);
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({
      schema: "gatehouse.compare/1",
      policy: "reading",
      trace: { events: 2, tasks: 1, unreadable: 0 },
      decide: { allow: 1, deny: 1, unknown: 0 },
    });
    const [bitmask, ...others] = report.designs;
    expect(bitmask).toMatchObject({
      design: "bitmask-2009@subset",
      compilation: "approximate",
      fails: "closed",
      lost: [{ clause: "allow read if fd == 0", line: 2, reason: expect.stringContaining("arguments") }],
      ...{ allow: 0, deny: 2, unknown: 0, falseAllow: 0, falseDeny: 1, actions: [] },
      codeSize: { adds: expect.any(Number), standsOn: expect.any(Number) },
      cost: {
        nsPerEvent: expect.any(Number),
        predicatesPerEvent: 0,
        bytesPerEvent: expect.any(Number),
      },
    });
    const [filterEngine, poc, vision] = others;
    expect(poc).toMatchObject({ compilation: "approximate", lost: [{ fails: "open" }], allow: 1, deny: 1 });
    for (const exact of [filterEngine, vision])
      expect(exact).toMatchObject({ compilation: "exact", fails: null, lost: [], allow: 1, deny: 1 });
  });
});

describe("replay", () => {
  test("gives 0 where everything is allowed and nobody differs", async () => {
    const { code, out } = await inProcess(["replay", "--policy", allowing, "--trace", trace, "--json"]);
    const result = JSON.parse(out);
    expect(code).toBe(0);
    expect(result).toMatchObject({
      schema: "gatehouse.replay/1",
      events: 2,
      unreadable: 0,
      firstDivergence: null,
    });
    expect(result.designs.decide).toEqual({
      ...{ allow: 2, deny: 0, kill: 0, unknown: 0 },
      byEvent: {
        read: { allow: 1, deny: 0, kill: 0, unknown: 0 },
        write: { allow: 1, deny: 0, kill: 0, unknown: 0 },
      },
    });
  });

  test("gives 1 where something is denied", async () => {
    const { code, out } = await inProcess([
      "replay",
      "--policy",
      reading,
      "--trace",
      trace,
      "--design",
      "decide",
    ]);
    expect(code).toBe(1);
    expect(out).toContain("decide refuses\n  write");
  });

  test("shows the first divergence", async () => {
    const args = ["--policy", reading, "--trace", trace, "--designs", "bitmask-2009@and,decide", "--json"];
    const { code, out } = await inProcess(["replay", ...args]);
    expect(code).toBe(1);
    expect(JSON.parse(out).firstDivergence).toMatchObject({
      event: 0,
      task: { pid: 10, comm: "cat" },
      call: "read(fd=0, buf=0, count=0)",
      verdicts: { "bitmask-2009@and": "deny", decide: "allow" },
    });
  });
});

describe.concurrent("a policy from standard input", PATIENT, () => {
  test("that allows nothing is warned of", async () => {
    const { code, err } = await gatehouse(["replay", "--policy", "-", "--trace", trace], { input: "" });
    const words = "the policy allows nothing: it has no `allow` and its default refuses";
    expect([code, err]).toEqual([1, `gatehouse: -: ${words}\n`]);
  });

  test("without end is not read to its end", async () => {
    const endless = Buffer.alloc(5 * 1024 * 1024, "#");
    const { code, err } = await gatehouse(["replay", "--policy", "-"], { input: String(endless) });
    expect(code).toBe(2);
    expect(err).toMatch(/larger than/);
  });
});

describe("bad input", () => {
  const mixed = file("mixed.perf.txt", `${readFileSync(trace, "utf8")}${LINE} nonsense\n`);

  test("every mistake in a policy is shown with its place", async () => {
    const text = "allow raed\npolicy late\nallow read if df == 0\nallow read if (fd == 0\n";
    const { code, err } = await inProcess(["replay", "--policy", file("wrong.gate", text)]);
    expect(code).toBe(2);
    expect(err).toMatch(/wrong\.gate:1:7: .*`raed`.*\n {2}allow raed\n {8}\^~~~\nhint: .*`read`/);
    expect(err).toMatch(/wrong\.gate:3:15: .*`df`.*\n {2}allow read if df == 0\n {16}\^~/);
    expect(err).toMatch(/wrong\.gate:4:\d+: .*\n {2}allow read if \(fd == 0\n +\^/);
  });

  test("a gzipped trace that was cut is refused, without a stack", async () => {
    const cut = file("cut.perf.txt.gz", readFileSync(nginxTrace).subarray(0, 20_000));
    const { code, out, err } = await inProcess(["compare", "--trace", cut]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^gatehouse: .*cut\.perf\.txt\.gz.*\n$/);
  });

  test("a line that cannot be read is reported and left out", async () => {
    const { code, out, err } = await inProcess(["replay", "--policy", allowing, "--trace", mixed, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ events: 2, unreadable: 1 });
    expect(err).toMatch(/mixed\.perf\.txt: 1 line could not be read\n {2}line 3: /);
  });
});
