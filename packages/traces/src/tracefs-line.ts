// One line of tracefs's `trace` file or of `trace-cmd report`, read as its grammar says. tracefs.ts reads the usual line
// faster.
//
//   line     = [ "#" … | "CPU:" … | head event ] [ CR ]
//   head     = comm "-" pid [ "(" tgid ")" ] "[" cpu "]" [ flags ] time ": "
//   comm     = 1 to 15 bytes, a dash too; "<...>" where the kernel had forgotten it
//   event    = "sys_enter: NR " number " (" hex 5*( ", " hex ) ")"            raw_syscalls
//            | "sys_" name "(" … ")"                                          syscalls, as the kernel prints them
//            | "sys_enter_" name ": " …                                       syscalls, as a tool prints them: single-call.ts
//            | "sched_process_" … as in perf-line.ts
//            | name ":" … | "sys_" name " -> " … | function " <-" function    of no interest here
//   lost     = "CPU:" cpu " [LOST " number " EVENTS]"
//
// Lines of a stack (` => vfs_read+0x10/0xbc`) and what trace-cmd prints first (`cpus=8`) are of no interest either.

import type { ByteString, Catalog } from "@gatehouse/core";
import { type PerfLine, readArguments, readEvent } from "./perf-line.js";
import { UNNAMED } from "./task-table.js";

const HEAD = /^ *(.{1,15})-(\d{1,10}) +(?:\([ \d-]{1,16}\) +)?\[\d{1,5}\] +(?:[^ ]{4,8} +)?\d+(?:\.\d+)?: +/s;
const LOST = /^CPU:\d{1,5} \[LOST (\d{1,15}) EVENTS\]/;
const ABOUT_ELSE = /^(?:CPU:| => |cpus=\d|version = \d)/;
const FUNCTION = / <-[\w.]+|^<(?:user )?stack trace>$/;
/** What the kernel prints where it does not know a task's name any more. */
const FORGOTTEN = "<...>";
const SYSTEMS: Readonly<Record<string, string>> = {
  sys_enter: "raw_syscalls:sys_enter",
  sched_process_fork: "sched:sched_process_fork",
  sched_process_exec: "sched:sched_process_exec",
  sched_process_exit: "sched:sched_process_exit",
};
const CALL = /^sys_(?:enter_(\w+): *(.*)|(\w+)\((.*)\))$/s;

export function readTracefsLine(line: ByteString, catalog: Catalog): PerfLine {
  const text = line.trimEnd();
  if (text === "" || text.startsWith("#")) return { kind: "none" };
  const [, lost] = LOST.exec(text) ?? [];
  if (lost !== undefined) return { kind: "lost", events: Number(lost) };
  if (ABOUT_ELSE.test(text)) return { kind: "other" };
  const [head, comm = "", pid] = HEAD.exec(text) ?? [];
  if (head === undefined) return unreadable("it does not start with a task and a time");
  const by = { pid: Number(pid), comm: comm === FORGOTTEN ? UNNAMED : comm };
  const event = text.slice(head.length);
  const [, tools, toolsList, kernels, kernelsList] = CALL.exec(event) ?? [];
  const call = tools ?? kernels;
  if (call !== undefined) return readArguments(call, toolsList ?? kernelsList ?? "", by, catalog);
  const [, name, payload = ""] = /^([\w:]+): *(.*)$/s.exec(event) ?? [];
  if (name === undefined)
    return / -> /.test(event) || FUNCTION.test(event) ? { kind: "other" } : unreadable("it names no event");
  return readEvent(SYSTEMS[name] ?? name, payload, by);
}

function unreadable(reason: string): PerfLine {
  return { kind: "unreadable", reason };
}
