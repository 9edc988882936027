// One line of `perf script`, read as its grammar says. perf-script.ts reads the usual line faster; this is what that
// line means, and every other one.
//
//   line     = [ comment | chain | head event ] [ CR ]
//   comment  = "#" …                                                      what `perf script --header` prints
//   chain    = TAB …                                                      a call chain below its event
//   head     = comm " " [ pid "/" ] tid " " [ "[" cpu "]" ] [ flags ] time ": " [ period ]
//   comm     = 1 to 15 bytes, any but newline, to the right of 16 columns (not so where call chains are printed)
//   event    = "raw_syscalls:sys_enter: NR " number " (" hex 5*( ", " hex ) ")"
//            | "sched:sched_process_fork: comm=" comm " pid=" pid " child_comm=" comm " child_pid=" pid
//            | "sched:sched_process_exec: filename=" path " pid=" pid " old_pid=" pid
//            | "sched:sched_process_exit: comm=" comm " pid=" pid …
//            | name ":" … | "PERF_RECORD_" …                              of no interest here

import type { ByteString, U64 } from "@gatehouse/core";

export type PerfLine =
  | { readonly kind: "call"; readonly by: Named; readonly nr: number; readonly registers: readonly U64[] }
  | { readonly kind: "fork"; readonly by: Named; readonly child: Named }
  | {
      readonly kind: "exec";
      readonly by: Named;
      readonly filename: ByteString;
      /** The thread that called exec; it goes by `by.pid` from here on. */
      readonly thread: number;
    }
  | { readonly kind: "exit"; readonly by: Named }
  | { readonly kind: "other" }
  | { readonly kind: "none" }
  | { readonly kind: "unreadable"; readonly reason: string };

export type Named = { readonly pid: number; readonly comm: ByteString };

// A comm may hold anything, so the first way of reading is by columns, where perf lines it up. No expression here
// takes more than linear time: lines may be hostile.
const AFTER_COMM = String.raw` +(?:-?\d{1,10}\/)?(-?\d{1,10}) +(?:\[\d+\] +)?(?:[\w.#]{4,5} +)?\d+\.\d+: +(?:\d+ +)?`;
const IN_COLUMNS = new RegExp(`^ (.{15})${AFTER_COMM}`, "s");
const UNALIGNED = new RegExp(`^ *(\\S.{0,14}?)${AFTER_COMM}`, "s");
const EVENT = /^([^\s:]+(?::[^\s:]*)*):(?: +(.*))?$/s;

const HEX = "([0-9a-f]{1,16})";
const CALL = new RegExp(`^NR (-?\\d{1,19}) \\(${Array(6).fill(HEX).join(", ")}\\)$`);
const FORK = /^comm=.{0,15}? pid=-?\d{1,10} child_comm=(.{0,15}) child_pid=(\d{1,10})$/s;
const EXEC = /^filename=(.*) pid=\d{1,10} old_pid=(\d{1,10})$/s;

export function readPerfLine(line: ByteString): PerfLine {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  if (text.trim() === "" || text.startsWith("#") || text.startsWith("\t")) return { kind: "none" };
  const head = IN_COLUMNS.exec(text) ?? UNALIGNED.exec(text);
  if (head === null) return unreadable("it does not start with a task and a time");
  const [whole, comm = "", pid] = head;
  const by = { pid: Number(pid), comm: comm.replace(/^ +/, "") };
  const event = text.slice(whole.length).trimEnd();
  if (event.startsWith("PERF_RECORD_")) return { kind: "other" };
  const [, name, payload = ""] = EVENT.exec(event) ?? [];
  return readEvent(name, payload, by);
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
