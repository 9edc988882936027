// Facts of the machine that the live tests run on: its release, its CPUs, its symbols, and formats as tracing prints them.

import { readFileSync } from "node:fs";
import { release } from "node:os";
import type { Machine, RecordField, RecordFormat } from "../../src/index.js";

/** Why the running kernel's language is not the one that `6.18` stands for; null where it is. */
export function otherLanguage(): string | null {
  if (process.arch !== "x64") return `system calls have other numbers on ${process.arch} than on x86-64`;
  const [major = 0, minor = 0] = release().split(".").map(Number);
  return major > 6 || (major === 6 && minor >= 6)
    ? null
    : `Linux ${release()} has an older language than 6.6`;
}

export function runningMachine(): Machine {
  return { cpus: possibleCpus(), symbols: kernelSymbols(readFileSync("/proc/kallsyms", "latin1")) };
}

/** `0-3`: one more than the last is how many there can be. */
function possibleCpus(): number {
  const [last = ""] = readFileSync("/sys/devices/system/cpu/possible", "latin1").match(/\d+(?=\s*$)/) ?? [];
  return Number(last) + 1;
}

/** The kernel's own symbols, each up to the next. Where several have one name, none has it here. */
function kernelSymbols(listing: string): Machine["symbols"] {
  const lines = [...listing.matchAll(/^([0-9a-f]+) [a-zA-Z] (\S+)$/gm)] // a module's has `[module]` behind it
    .map(([, address, name = ""]) => ({ name, start: BigInt(`0x${address}`) }))
    .filter(({ start }) => start > 0n)
    .sort((a, b) => (a.start < b.start ? -1 : Number(a.start > b.start)));
  const symbols = new Map<string, { start: bigint; end: bigint }>();
  const seen = new Set<string>();
  let end = lines.at(-1)?.start ?? 0n;
  let next = end;
  for (const { name, start } of lines.reverse()) {
    if (start < next) [end, next] = [next, start];
    // An address in any of them is one of the kernel's, so those without a name of their own are kept too.
    if (start < end) symbols.set(seen.has(name) ? `${name} at ${start}` : name, { start, end });
    seen.add(name);
  }
  return symbols;
}

/** The text of `events/…/format`. */
export function parseFormat(name: string, text: string): RecordFormat {
  const fields = [...text.matchAll(FIELD)].map(([, declaration = "", offset, size, signed]): RecordField => {
    const [, type = "", field = "", array = ""] = /^(.*?)(\w+)((?:\[.*\])?)$/.exec(declaration) ?? [];
    return {
      name: field,
      type: `${type.trim()}${array}`,
      offset: Number(offset),
      size: Number(size),
      signed: signed === "1",
      common: field.startsWith("common_"),
    };
  });
  return { name, fields };
}

const FIELD = /^\tfield:([^;]+);\toffset:(\d+);\tsize:(\d+);\tsigned:([01]);$/gm;

/** The one entry of an error_log: `[time] event filter parse error: error: MSG`, the command, and a caret below it. */
export function loggedError(log: Buffer): { readonly msg: string; readonly col: number } | null {
  const text = log.toString("latin1");
  const [, msg] = /^\[[ \d.]+\] event filter parse error: error: (.*)\n/.exec(text) ?? [];
  if (msg === undefined) return null;
  // The command may have newlines in it; the caret's line is the last.
  const caretLine = text.slice(text.lastIndexOf("\n", text.length - 2) + 1);
  return { msg, col: caretLine.length - "  Command: ^\n".length };
}
