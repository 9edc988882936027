import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { completionScript } from "../src/completion.js";
import { commandLine } from "../src/main.js";

const folder = mkdtempSync(join(tmpdir(), "gatehouse-completion-"));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, "my policy.gate"), "");

const names = commandLine().commands.map((command) => command.name());
const has = (program: string) => spawnSync(program, ["--version"]).status === 0;

describe.skipIf(!has("bash"))("in bash (which must be here)", () => {
  const script = completionScript(commandLine(), "bash");

  /** What bash offers for the last of the words. */
  function offered(...words: string[]): string[] {
    const ask = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gatehouse; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const args = ["--norc", "-c", `${script}\n${ask}`, "bash", "gatehouse", ...words];
    const printed = execFileSync("bash", args, { cwd: folder, encoding: "utf8" });
    return printed.split("\n").filter((line) => line !== "");
  }

  test("the first word is a command or an option", () => {
    expect(offered("")).toEqual([...names, "--version", "-h", "--help"]);
  });

  test.each([
    [["com"], ["compare", "completion"]],
    [["compare", "--lo"], ["--losses"]],
    [
      ["compare", "--fails", ""],
      ["closed", "open"],
    ],
    [["compare", "--fails", "open", "--cata"], ["--catalog"]],
    [
      ["replay", "--designs", "bit"],
      ["bitmask-2009@and", "bitmask-2009@subset", "bitmask-2009"],
    ],
    [["replay", "--design", "de"], ["decide"]],
    [["compare", "--designs", "de"], []],
    [
      ["explain", "--catalog", "2"],
      ["2.6.39-x86_64", "2.6.39-i386"],
    ],
    [["replay", "--policy", "my"], ["my policy.gate"]],
    [["bench", "--backend", "na"], ["native"]],
    [
      ["claims", "run", "C2"],
      ["C22", "C23", "C24", "C25"],
    ],
    [["convert", "my"], ["my policy.gate"]],
    [["explain", "--task", ""], []],
    [["completion", "f"], ["fish"]],
    [["--policy", "--lo"], []],
  ])("after %j come %j", (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });
});

describe.each(["bash", "zsh", "fish"] as const)("the script for %s", (shell) => {
  const script = completionScript(commandLine(), shell);

  test("names every command", () => {
    expect(names.filter((name) => !script.includes(name))).toEqual([]);
  });

  test.skipIf(!has(shell))(`is one that ${shell} can read (which must be here)`, () => {
    const path = join(folder, `gatehouse.${shell}`);
    writeFileSync(path, script);
    const { status, stderr } = spawnSync(shell, ["-n", path], { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });
});
