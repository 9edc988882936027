// One line of tracefs's `trace` file or of `trace-cmd report`, read as its grammar says. tracefs.ts reads the usual line
// faster.
//
//   line     = [ "#" … | "CPU:" … | head event ] [ CR ]
//   head     = comm "-" pid [ "(" tgid ")" ] "[" cpu "]" [ flags ] time ": "
//   comm     = 1 to 15 bytes, a dash too; "<...>" where the kernel had forgotten it
//   event    = "sys_enter: NR " number " (" hex 5*( ", " hex ) ")"            raw_syscalls
//            | "sys_" name "(" [ argument { ", " argument } ] ")"             syscalls, as the kernel prints it
//            | "sys_enter_" name ": " argument { ", " argument }              syscalls, as a tool prints it
//            | "sched_process_" … as in perf-line.ts
//            | name ":" … | "sys_" name " -> " …                              of no interest here
//   argument = name ": " [ "0x" ] hex

import type { ByteString, Catalog, EventFormat, U64 } from "@gatehouse/core";
import { type Named, type PerfLine, readEvent } from "./perf-line.js";
import { UNNAMED } from "./task-table.js";

export type TracefsLine =
  | PerfLine
  | {
      readonly kind: "arguments";
      readonly by: Named;
      readonly format: EventFormat;
      /** By slot. */
      readonly values: readonly (U64 | undefined)[];
    };

const HEAD = /^ *(.{1,15})-(\d{1,10}) +(?:\([ \d-]{1,16}\) +)?\[\d{1,5}\] +(?:[^ ]{4,8} +)?\d+\.\d+: +/s;
/** What the kernel prints where it does not know a task's name any more. */
const FORGOTTEN = "<...>";
const SYSTEMS: Readonly<Record<string, string>> = {
  sys_enter: "raw_syscalls:sys_enter",
  sched_process_fork: "sched:sched_process_fork",
  sched_process_exec: "sched:sched_process_exec",
  sched_process_exit: "sched:sched_process_exit",
};
const CALL = /^sys_(?:enter_(\w+): *(.*)|(\w+)\((.*)\))$/s;
const ARGUMENT = /^(\w+): (?:0x)?([0-9a-f]{1,16})$/;

export function readTracefsLine(line: ByteString, catalog: Catalog): TracefsLine {
  const text = line.trimEnd();
  if (text === "" || text.startsWith("#")) return { kind: "none" };
  if (text.startsWith("CPU:")) return { kind: "other" };
  const [head, comm = "", pid] = HEAD.exec(text) ?? [];
  if (head === undefined) return unreadable("it does not start with a task and a time");
  const by = { pid: Number(pid), comm: comm === FORGOTTEN ? UNNAMED : comm };
  const event = text.slice(head.length);
  const [, tools, toolsList, kernels, kernelsList] = CALL.exec(event) ?? [];
  const call = tools ?? kernels;
  if (call !== undefined) return readArguments(call, toolsList ?? kernelsList ?? "", by, catalog);
  const [, name, payload = ""] = /^([\w:]+): *(.*)$/s.exec(event) ?? [];
  if (name === undefined) return / -> /.test(event) ? { kind: "other" } : unreadable("it names no event");
  return readEvent(SYSTEMS[name] ?? name, payload, by);
}

function readArguments(name: string, list: ByteString, by: Named, catalog: Catalog): TracefsLine {
  const format = catalog.byName(`sys_enter_${name}`);
  if (format === undefined) return unreadable(`the catalog has no event \`sys_enter_${name}\``);
  const values: (U64 | undefined)[] = [];
  for (const argument of list === "" ? [] : list.split(", ")) {
    const [, field, hex = ""] = ARGUMENT.exec(argument) ?? [];
    const slot = format.fields.find((candidate) => candidate.name === field)?.slot;
    if (slot === undefined)
      return unreadable(`\`${name}\` has no argument like \`${argument.slice(0, 40)}\``);
    values[slot] = {
      high: Number.parseInt(hex.slice(0, -8) || "0", 16),
      low: Number.parseInt(hex.slice(-8), 16),
    };
  }
  return { kind: "arguments", by, format, values };
}

function unreadable(reason: string): TracefsLine {
  return { kind: "unreadable", reason };
}
