// One line of `perf script`, read as its grammar says. perf-script.ts reads the usual line faster; this is what that
// line means, and every other one.
//
//   line     = [ comment | chain | head event ] [ CR ]
//   comment  = "#" …                                                      what `perf script --header` prints
//   chain    = TAB …                                                      a call chain below its event
//   head     = [ comm " " ] [ pid "/" ] tid " " [ "[" cpu "]" ] [ flags ] [ time ": " ] [ period ]      as -F asks for
//   comm     = 1 to 15 bytes, any but newline, to the right of 16 columns (not so where call chains are printed)
//   event    = "raw_syscalls:sys_enter: NR " number " (" hex 5*( ", " hex ) ")" [ where ]
//            | "syscalls:sys_enter_" name ": " …                          its arguments: single-call.ts
//            | "sched:sched_process_fork: comm=" comm " pid=" pid " child_comm=" comm " child_pid=" pid
//            | "sched:sched_process_exec: filename=" path " pid=" pid " old_pid=" pid
//            | "sched:sched_process_exit: comm=" comm " pid=" pid …
//            | "PERF_RECORD_LOST" …                                       so many events are missing here
//            | name ":" … | "PERF_RECORD_" …                              of no interest here
//   where    = { hex symbol }                                             what -F ip,sym prints behind an event

import type { ByteString, Catalog, EventFormat, U64 } from "@gatehouse/core";
import { readSingleCall } from "./single-call.js";
import { UNNAMED } from "./task-table.js";

export type PerfLine =
  | { readonly kind: "call"; readonly by: Named; readonly nr: number; readonly registers: readonly U64[] }
  | {
      readonly kind: "arguments";
      readonly by: Named;
      readonly format: EventFormat;
      /** By slot. */
      readonly values: readonly (U64 | undefined)[];
    }
  | { readonly kind: "fork"; readonly by: Named; readonly child: Named }
  | {
      readonly kind: "exec";
      readonly by: Named;
      readonly filename: ByteString;
      /** The thread that called exec; it goes by `by.pid` from here on. */
      readonly thread: number;
    }
  | { readonly kind: "exit"; readonly by: Named }
  | { readonly kind: "lost"; readonly events: number }
  | { readonly kind: "other" }
  | { readonly kind: "none" }
  | { readonly kind: "unreadable"; readonly reason: string };

export type Named = { readonly pid: number; readonly comm: ByteString };

// A comm may hold anything, so the first way of reading is by columns, where perf lines it up. No expression here
// takes more than linear time: lines may be hostile.
const TID = String.raw`(?:-?\d{1,10}\/)?(-?\d{1,10})`;
const CPU = String.raw`(?:\[\d+\] +)?(?:[\w.#]{4,5} +)?`;
const TIMED = String.raw` +${TID} +${CPU}\d+\.\d+: +(?:\d+ +)?`;
const UNTIMED = String.raw` +${TID} +${CPU}(?:\d+ +)?(?=(?:raw_syscalls|syscalls|sched):)`;
/** In this order; the first that fits. */
const HEADS: readonly RegExp[] = [
  new RegExp(`^ (.{15})${TIMED}`, "s"),
  new RegExp(`^ *(\\S.{0,14}?)${TIMED}`, "s"),
  new RegExp(`^()${TIMED.replace(" +", " *")}`, "s"),
  new RegExp(`^ (.{15})${UNTIMED}`, "s"),
  new RegExp(`^ *(\\S.{0,14}?)${UNTIMED}`, "s"),
  new RegExp(`^()${UNTIMED.replace(" +", " *")}`, "s"),
];
const EVENT = /^([^\s:]+(?::[^\s:]*)*):(?: +(.*))?$/s;
const LOST = /^PERF_RECORD_LOST(?:_SAMPLES)?\b\D*(\d{1,15})/;

const HEX = "([0-9a-f]{1,16})";
const WHERE = "(?: +[0-9a-f]{4,16} .*)?$";
const CALL = new RegExp(`^NR (-?\\d{1,19}) \\(${Array(6).fill(HEX).join(", ")}\\)${WHERE}`, "s");
const FORK = /^comm=.{0,15}? pid=-?\d{1,10} child_comm=(.{0,15}) child_pid=(\d{1,10})$/s;
const EXEC = /^filename=(.*) pid=\d{1,10} old_pid=(\d{1,10})(?: +[0-9a-f]{4,16} .*)?$/s;

export function readPerfLine(line: ByteString, catalog: Catalog): PerfLine {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  if (text.trim() === "" || text.startsWith("#") || text.startsWith("\t")) return { kind: "none" };
  const head = headOf(text);
  if (head === null) return unreadable("it does not start with a task and a time");
  const [whole, comm = "", pid] = head;
  const by = { pid: Number(pid), comm: comm.replace(/^ +/, "") || UNNAMED };
  const event = text.slice(whole.length).trimEnd();
  const [, lost] = LOST.exec(event) ?? [];
  if (lost !== undefined) return { kind: "lost", events: Number(lost) };
  if (event.startsWith("PERF_RECORD_")) return { kind: "other" };
  const [, name, payload = ""] = EVENT.exec(event) ?? [];
  const [, call] = /^syscalls:sys_enter_(\w+)$/.exec(name ?? "") ?? [];
  return call === undefined ? readEvent(name, payload, by) : readArguments(call, payload, by, catalog);
}

function headOf(text: ByteString): RegExpExecArray | null {
  for (const head of HEADS) {
    const found = head.exec(text);
    if (found !== null) return found;
  }
  return null;
}

export function readArguments(name: string, list: ByteString, by: Named, catalog: Catalog): PerfLine {
  const call = readSingleCall(name, list, catalog);
  return typeof call === "string" ? unreadable(call) : { kind: "arguments", by, ...call };
}

/** `name`: with its system, `sched:sched_process_fork`. */
export function readEvent(name: string | undefined, payload: ByteString, by: Named): PerfLine {
  switch (name) {
    case undefined:
      return unreadable("it names no event");
    case "raw_syscalls:sys_enter": {
      const [, nr, ...registers] = CALL.exec(payload) ?? [];
      if (nr === undefined) return unreadable("it does not show a number and six registers");
      return { kind: "call", by, nr: Number(nr), registers: registers.map(register) };
    }
    case "sched:sched_process_fork": {
      const [, comm, pid] = FORK.exec(payload) ?? [];
      if (comm === undefined) return unreadable("it does not show whose child was forked");
      return { kind: "fork", by, child: { pid: Number(pid), comm } };
    }
    case "sched:sched_process_exec": {
      const [, filename, thread] = EXEC.exec(payload) ?? [];
      if (filename === undefined) return unreadable("it does not show what was executed");
      return { kind: "exec", by, filename, thread: Number(thread) };
    }
    case "sched:sched_process_exit":
      return { kind: "exit", by };
    default:
      return { kind: "other" };
  }
}

function register(hex: string): U64 {
  return { high: Number.parseInt(hex.slice(0, -8) || "0", 16), low: Number.parseInt(hex.slice(-8), 16) };
}

function unreadable(reason: string): PerfLine {
  return { kind: "unreadable", reason };
}
