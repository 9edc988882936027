// A page with everything in it that is not prose made anew: code from the source, tables from code, what designs say of
// the policies, and what the command prints.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalogs } from "@gatehouse/catalog";
import type { Catalog } from "@gatehouse/core";
import { findDesign } from "../../src/known-designs.js";
import { withoutMeasurements } from "./measured.js";
import { type Fence, parsePage, printFence, printGenerated, printProse } from "./page.js";
import { lossesOf, nativeForm, refusalOf } from "./policy.js";
import { seccompForm } from "./seccomp.js";
import { codeAt } from "./source.js";
import { tables } from "./tables.js";
import { rowsOf } from "./trace.js";

/** Recorded traces that sessions may name. */
const TRACES = join(import.meta.dirname, "../../../traces/test/data");
const COMMAND = join(import.meta.dirname, "../../bin/gatehouse.js");

export function weave(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "gatehouse-book-"));
  try {
    return weaveIn(folder, text).join("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function weaveIn(folder: string, text: string): string[] {
  for (const name of readdirSync(TRACES)) symlinkSync(join(TRACES, name), join(folder, name));
  let policy = ""; // the last that was shown
  let rows: readonly string[] = []; // those of the trace that was shown last
  return parsePage(text).flatMap((part) => {
    if (part.kind === "prose") return printProse(part);
    if (part.kind === "generated") return printGenerated(part, tableNamed(part.name));
    const [language, name] = part.info.split(" ");
    if (language === "gate") {
      policy = part.lines.join("\n");
      if (name?.endsWith(".gate")) writeFileSync(join(folder, name), `${policy}\n`);
    }
    if (language === "trace") rows = rowsOf(name, part.lines);
    return printFence(part, language === "rows" ? rows : linesOf(part, policy, folder));
  });
}

function tableNamed(name: string): readonly string[] {
  const table = tables[name];
  if (table === undefined) throw new ReferenceError(`there is no table \`${name}\``);
  return ["", ...table(), ""];
}

/** What should stand in the block. */
function linesOf({ info, lines, code }: Fence, policy: string, folder: string): readonly string[] {
  if (code !== null) return codeAt(code);
  const [language, design = "", more = "6.18-x86_64"] = info.split(" ");
  if (language === "error") return refusalOf(policy);
  if (language === "native") return nativeForm(findDesign(design), policy);
  if (language === "seccomp") return seccompForm(findDesign(design), policy, more);
  if (language === "losses") return lossesOf(findDesign(design), policy, catalogNamed(more));
  return language === "console" ? session(lines, folder) : lines;
}

function catalogNamed(kernel: string): Catalog {
  const catalog = catalogs[kernel];
  if (catalog === undefined) throw new ReferenceError(`there is no catalog \`${kernel}\``);
  return catalog;
}

/** The commands of a session, run in `folder`, and what they print. One that runs more than `gatehouse` stays as it is. */
function session(lines: readonly string[], folder: string): readonly string[] {
  const commands = lines.filter((line) => line.startsWith("$ "));
  if (!commands.every((line) => /^\$ (?:npx )?gatehouse\b/.test(line))) return lines;
  const printed = commands.flatMap((line) => [line, ...run(line.slice(2), folder)]);
  const same = withoutMeasurements(printed).join("\n") === withoutMeasurements(lines).join("\n");
  return same ? lines : printed;
}

function run(command: string, folder: string): string[] {
  const script = `gatehouse() { "${process.execPath}" "${COMMAND}" "$@"; }; ${command.replace("npx ", "")}`;
  const printed = execFileSync("sh", ["-c", `( ${script} ) 2>&1; true`], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return printed.trimEnd().split("\n");
}
