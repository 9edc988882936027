// Every command has help with an example, and every example works as it stands there.

import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nginxPolicy, nginxTrace } from "@gatehouse/scenarios";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandLine, run } from "../src/main.js";
import { capture } from "./capture.js";

/** What an example may name, and `gatehouse` itself. */
const folder = mkdtempSync(join(tmpdir(), "gatehouse-help-"));
afterAll(() => rmSync(folder, { recursive: true }));
copyFileSync(nginxPolicy, join(folder, "nginx.gate"));
copyFileSync(nginxTrace, join(folder, "nginx.perf.txt.gz"));
write("formats.json", {
  ...{ kernel: "6.18", machine: "x86_64", nr_cpus: 1, generic_fields: [], symbols: {} },
  events: {
    "syscalls/sys_enter_read": {
      fields: [{ name: "fd", type: "unsigned int", offset: 16, size: 8, signed: false }],
    },
  },
});
write("filters.jsonl", { id: 1, event: "syscalls/sys_enter_read", filter: "fd == 0" });
write("sequences.jsonl", {
  id: "an empty set",
  config: { compat: false, ftrace_syscalls: true, seccomp_filter: true },
  steps: [{ op: "boot", task: 1, comm: "sh", privileged: false }],
});
write("sets.jsonl", {
  event: "syscalls/sys_enter_read",
  ...{ fields: ["fd"], arg_index: [0], values: [["0x0"], ["0x1"]] },
});
// A program that allows everything: `ret #0x7fff0000`.
writeFileSync(join(folder, "nginx.bpf"), Uint8Array.of(6, 0, 0, 0, 0, 0, 0xff, 0x7f));
const bin = join(import.meta.dirname, "../bin/gatehouse.js");
writeFileSync(join(folder, "gatehouse"), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`);
chmodSync(join(folder, "gatehouse"), 0o755);

function write(name: string, value: unknown): void {
  writeFileSync(join(folder, name), `${JSON.stringify(value)}\n`);
}

const commands = leavesOf(commandLine(), []);

/** What its files are named after, while the command runs in this process. */
const home = process.cwd();
beforeAll(() => process.chdir(folder));
afterAll(() => process.chdir(home));

/** A seccomp program as it is made here kills where that policy denies. */
const SAID_OF_NGINX =
  /^gatehouse: (?:nginx: it cannot `deny EACCES`: .*|(?:nginx: )?`uretprobe` \(335\) and `uprobe` \(336\) pass .*)\n/gm;

describe("help", { timeout: 60_000 }, () => {
  test.each(commands)("of `%s` has an example, which works", async (_name, command) => {
    const help = helpOf(command);
    const examples = [...help.matchAll(/^ {2}\$ (.+)$/gm)].map(([, line = ""]) => line);
    expect(examples).not.toEqual([]);
    for (const example of examples) {
      const { code, err } = await runLine(example);
      const said = err.replace(SAID_OF_NGINX, "");
      expect([example, said, code === 0 || code === 1]).toEqual([example, "", true]);
    }
  });
});

/** The commands that do something, with the words that lead to each. */
function leavesOf(command: Command, path: readonly string[]): [string, Command][] {
  if (command.commands.length === 0) return [[path.join(" "), command]];
  return command.commands.flatMap((each) => leavesOf(each, [...path, each.name()]));
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 80 });
  command.outputHelp();
  return text;
}

/** In this process, or by a shell where the line has more for it to do than to take quotes off. */
function runLine(line: string): Promise<{ readonly code: number | null; readonly err: string }> {
  const words = line.match(/'[^']*'|[^\s']+/g) ?? [];
  if (words.some((word) => /^[^']*[<>&|;$]/.test(word))) return shell(line);
  return capture(() => run(["node", ...words.map((word) => word.replace(/^'(.*)'$/, "$1"))]));
}

function shell(line: string): Promise<{ readonly code: number | null; readonly err: string }> {
  const { PATH } = process.env;
  const env = { ...process.env, PATH: `${folder}:${PATH}` };
  const child = spawn("bash", ["-c", line], { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
  return new Promise((resolve) => {
    let err = "";
    child.stderr.setEncoding("utf8").on("data", (part: string) => (err += part));
    child.on("close", (code) => resolve({ code, err }));
  });
}
