// The JSON lines of `tasks run`.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { findDesign } from "../src/known-designs.js";
import { run } from "../src/main.js";
import { answering } from "../src/tasks.js";
import { capture } from "./capture.js";

const folder = mkdtempSync(join(tmpdir(), "gatehouse-tasks-"));
afterAll(() => rmSync(folder, { recursive: true }));

const CONFIG = { compat: false, ftrace_syscalls: true, seccomp_filter: true };
const BOOT = { task: 7, op: "boot", comm: "sh", privileged: false };
const prctl = (option: number, ...args: unknown[]) => ({
  task: 7,
  op: "prctl",
  abi: "native",
  option,
  args,
});
const check = (nr: number, first = "0x0") => ({
  ...{ task: 7, op: "check", abi: "native", nr, ip: "0x400123" },
  args: [first, "0x0", "0x0", "0x0", "0x0", "0x0"],
});

const answer = answering(findDesign("filter-engine-2010@shipped"));
const answered = (...steps: unknown[]) => answer({ id: "one", config: CONFIG, steps: [BOOT, ...steps] });

describe("a sequence", () => {
  test("is answered step by step: what was returned, the log, the file, the texts that were read", () => {
    const proc = "Enabled: 0\nInherited: 0\n0 (sys_read): fd == 0\n--\n";
    const enabled = proc.replace("Enabled: 0", "Enabled: 1");
    const steps = [prctl(36, 0, 0, { str: "fd == 0" }), prctl(22, 13), check(0), check(1)];
    expect(answered(...steps)).toEqual({
      ok: true,
      value: {
        id: "one",
        steps: [
          { answer: { value: 0 } },
          { answer: { value: 0 }, proc, cost: { parses: 1 } },
          { answer: { value: 0 }, proc: enabled, cost: { parses: 1 } },
          { answer: { verdict: "allow", checked: true }, proc: enabled },
          {
            answer: { verdict: "kill", signal: 9 },
            log: ["sh[7]: system call 1 (sys_write) blocked at 0x400123"],
          },
        ],
      },
    });
  });

  test("says how much a buffer that ends too early was given", () => {
    const steps = [prctl(36, 0, 0, { str: "fd == 0" }), prctl(35, 0, 0, { buf: 4 }, 100)];
    expect(answered(...steps)).toMatchObject({
      value: { steps: [{}, {}, { answer: { errno: "ENOSPC", text: "fd =", wrote: 4 } }] },
    });
  });

  test("says BUG_ON in its own word, and the task is gone then", () => {
    const steps = [prctl(36, 0, 9, { str: "prot == 1" }), prctl(22, 13), check(9), check(9)];
    expect(answered(...steps.slice(0, 3))).toMatchObject({
      value: { steps: [{}, {}, {}, { answer: { verdict: "bug" } }] },
    });
    expect(answered(...steps)).toEqual({ ok: false, error: "steps[4]: there is no task 7" });
  });

  test("whose memory ends or whose b-tree goes wrong is passed over, with the reason", () => {
    for (const cat of ["enomem", "btree"]) {
      expect(answer({ id: "one", cat, config: CONFIG, steps: [BOOT] })).toMatchObject({
        value: { id: "one", skipped: expect.any(String) },
      });
    }
  });

  test.each([
    [7, "the line: no object"],
    [{ id: "one", config: CONFIG }, "steps: no array"],
    [{ id: "one", config: {}, steps: [] }, "config.compat: neither true nor false"],
    [
      { id: "one", config: CONFIG, steps: [{ task: 1, op: "dance" }] },
      "steps[0].op: `dance` is no operation",
    ],
    [
      { id: "one", config: CONFIG, steps: [BOOT, { ...check(0), abi: "x32" }] },
      "steps[1].abi: neither `native` nor `int80`",
    ],
    [{ id: "one", config: CONFIG, steps: [BOOT, BOOT] }, "steps[1]: there is a task 7 already"],
    [
      { id: "one", config: CONFIG, steps: [BOOT, prctl(36, 0, 0, { str: "∀" })] },
      "steps[1].args[2].str: a character that is no byte",
    ],
  ])("%j is refused", (line, error) => {
    expect(answer(line)).toEqual({ ok: false, error });
  });
});

test("a file's lines are answered in order, and a bad one ends the run by its number", async () => {
  const file = join(folder, "two.jsonl");
  writeFileSync(file, `${JSON.stringify({ id: "first", config: CONFIG, steps: [] })}\nnonsense\n`);
  const { out, err, code } = await capture(() =>
    run(["node", "gatehouse", "tasks", "run", "--design", "filter-engine-2010@array", file]),
  );
  expect([out, err, code]).toEqual([
    '{"id":"first","steps":[]}\n',
    "gatehouse: line 2 is no JSON: `nonsense`\n",
    2,
  ]);
});
