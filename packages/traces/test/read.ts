// Reads a text as a trace and shows its rows, for the tests of this folder.

import { linux618 } from "@gatehouse/catalog";
import type { ByteString, Chunk } from "@gatehouse/core";
import { newReader, newStats, type TextFormat, type TraceStats } from "../src/index.js";

export type Read = {
  readonly stats: TraceStats;
  readonly chunks: readonly Chunk[];
  readonly rows: readonly string[];
};

export type ReadOptions = {
  readonly format?: TextFormat;
  readonly strict?: boolean;
  /** Where one block ends and the next begins. */
  readonly blocks?: readonly number[];
};

export function read(text: ByteString, options: ReadOptions = {}): Read {
  return readBytes(bytesOf(text), options);
}

export function readBytes(bytes: Uint8Array, options: ReadOptions = {}): Read {
  const { format = "perf", strict = false, blocks = [] } = options;
  const stats = newStats();
  const reader = newReader(format, { catalog: linux618, strict, stats });
  const cuts = [0, ...blocks, bytes.length];
  const chunks = cuts.flatMap((cut, i) => [...reader.push(bytes.slice(cut, cuts[i + 1] ?? cut))]);
  chunks.push(...reader.end());
  return {
    stats,
    chunks,
    get rows() {
      return chunks.flatMap(rowsOf);
    },
  };
}

/** `nginx 24636: close(fd=3)`. */
export function rowsOf(chunk: Chunk): string[] {
  return Array.from({ length: chunk.length }, (_, row) => {
    const event = chunk.at(row);
    return `${event.task.comm} ${event.task.pid}: ${event}`;
  });
}

/** Each row with its task: `nginx 8 of 7 (sh, nginx)`. */
export function tasksOf(chunk: Chunk): { row: string; task: string }[] {
  return Array.from({ length: chunk.length }, (_, row) => {
    const event = chunk.at(row);
    const { pid, parent, comm, lineage } = event.task;
    return { row: String(event), task: `${comm} ${pid} of ${parent ?? "?"} (${[...lineage].join(", ")})` };
  });
}

export function bytesOf(text: ByteString): Uint8Array {
  return Buffer.from(text, "latin1");
}

/** A line as perf prints it, without its newline. */
export function line(comm: ByteString, pid: number, event: string): ByteString {
  return `${comm.padStart(16)} ${String(pid).padStart(5)} [001]  1585.023319890: ${event}`;
}

export function close(comm: ByteString, pid: number, fd = 3): ByteString {
  return line(comm, pid, `  raw_syscalls:sys_enter: NR 3 (${fd.toString(16)}, 0, 0, 0, 0, 0)`);
}

export function fork(comm: ByteString, pid: number, child: number, childComm = comm): ByteString {
  const payload = `comm=${comm} pid=${pid} child_comm=${childComm} child_pid=${child}`;
  return line(comm, pid, `sched:sched_process_fork: ${payload}`);
}

export function exec(comm: ByteString, pid: number, filename: ByteString, thread = pid): ByteString {
  return line(comm, pid, `sched:sched_process_exec: filename=${filename} pid=${pid} old_pid=${thread}`);
}

export function exit(comm: ByteString, pid: number): ByteString {
  return line(comm, pid, `sched:sched_process_exit: comm=${comm} pid=${pid} prio=120 group_dead=true`);
}
