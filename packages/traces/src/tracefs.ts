// The reader of tracefs's own text, with the events raw_syscalls:sys_enter and sched:sched_process_{fork,exec,exit}, or
// with the events of single calls (syscalls:sys_enter_openat):
//
//               ls-2376    [001] .....  2153.086071: sys_enter: NR 9 (7f351e1bf000, 53000, 1, 812, 3, 17c000)
//               ls-2376    [001] .....  2153.086075: sys_exit: NR 9 = 139866115141632
//               ls-2376    [001] .....  2153.086079: sys_close(fd: 3)
//
// Lines of the first two kinds are read byte by byte (`#usual`), all others by the grammar in tracefs-line.ts.

import type { ByteString, Catalog } from "@gatehouse/core";
import { CallPairs } from "./call-pairs.js";
import { MAX_LINE } from "./line-cutter.js";
import type { LineFormat } from "./line-reader.js";
import { readRawCall } from "./raw-call.js";
import type { ReaderOptions, TraceStats } from "./reader.js";
import { Rows } from "./rows.js";
import {
  byteString,
  CLOSE,
  CLOSE_SQUARE,
  COLON,
  DOT,
  decimal,
  digit,
  lettersOf,
  MINUS,
  NEWLINE,
  OPEN,
  OPEN_SQUARE,
  SPACE,
  same,
  skip,
  skipDigits,
  startsWith,
  viewOf,
} from "./scan.js";
import { type LiveTask, UNNAMED } from "./task-table.js";
import { readTracefsLine } from "./tracefs-line.js";

const COMM_COLUMNS = 16;
const ENTER = lettersOf("sys_enter: NR ");
const EXIT = lettersOf("sys_exit: NR ");
const FORGOTTEN = "<...>";

export class Tracefs implements LineFormat {
  readonly rows: Rows;
  readonly #stats: TraceStats;
  readonly #catalog: Catalog;
  readonly #pairs: CallPairs;
  /** Where the latest usual line starts, if no other came since; its pid. */
  #latest = -1;
  #latestPid = 0;

  constructor({ catalog, stats }: ReaderOptions) {
    this.#stats = stats;
    this.#catalog = catalog;
    this.rows = new Rows(catalog);
    this.#pairs = new CallPairs(this.rows);
  }

  usual(bytes: Uint8Array, start: number, end: number): number {
    this.#latest = -1;
    const view = viewOf(bytes);
    let at = start;
    while (at < end) {
      this.#stats.lines++;
      const next = this.#usual(bytes, view, at, end);
      if (next === 0) break;
      if (this.rows.turn()) this.#latest = -1;
      at = next;
    }
    return at;
  }

  /** The beginning or the end of a call. Answers where the next line starts, or 0; then nothing has changed. */
  #usual(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    let at = start + COMM_COLUMNS;
    if (at >= end || bytes[at] !== MINUS) return 0;
    let to = skipDigits(bytes, ++at);
    if (to === at || to - at > 10 || bytes[to] !== SPACE) return 0;
    const pid = decimal(bytes, at, to);
    at = skip(bytes, to, SPACE);

    if (bytes[at] === OPEN) {
      while (bytes[at] !== CLOSE) if (bytes[at++] === NEWLINE) return 0;
      at = skip(bytes, at + 1, SPACE);
    }
    to = skipDigits(bytes, at + 1);
    if (bytes[at] !== OPEN_SQUARE || bytes[to] !== CLOSE_SQUARE || bytes[to + 1] !== SPACE) return 0;
    at = skip(bytes, to + 1, SPACE);
    if (digit(bytes, at) > 9) {
      while ((bytes[at] ?? 0) > SPACE) at++; // flags
      at = skip(bytes, at, SPACE);
    }
    to = skipDigits(bytes, at);
    if (to === at || bytes[to] !== DOT) return 0;
    at = to + 1;
    to = skipDigits(bytes, at);
    if (to === at || bytes[to] !== COLON || bytes[to + 1] !== SPACE) return 0;
    at = skip(bytes, to + 1, SPACE);

    if (startsWith(bytes, at, EXIT)) return this.#skip(bytes, start, at);
    if (!startsWith(bytes, at, ENTER)) return 0;
    const { rows } = this;
    at = readRawCall(bytes, at + ENTER.length, rows.chunk);
    if (at === 0 || bytes[at] !== NEWLINE || at - start > MAX_LINE) return 0;
    if (this.#latest < 0 || pid !== this.#latestPid || !same(view, start, view, this.#latest, COMM_COLUMNS)) {
      const comm = byteString(bytes, start, start + COMM_COLUMNS).replace(/^ +/, "");
      if (comm.includes("\n") || comm === "") return 0;
      rows.by(this.#task(pid, comm === FORGOTTEN ? UNNAMED : comm));
      this.#latestPid = pid;
    }
    this.#latest = start;
    if (this.#pairs.some && this.#pairs.wasFirst(rows.taskIndex)) this.#stats.skipped++;
    else {
      rows.chunk.task[rows.chunk.length++] = rows.taskIndex;
      this.#stats.events++;
    }
    return at + 1;
  }

  #skip(bytes: Uint8Array, start: number, at: number): number {
    const end = bytes.indexOf(NEWLINE, at);
    if (end - start > MAX_LINE || bytes.subarray(start, start + COMM_COLUMNS).includes(NEWLINE)) return 0;
    this.#stats.skipped++;
    return end + 1;
  }

  /** A task whose name the kernel had forgotten keeps the one it bore before. */
  #task(pid: number, comm: ByteString): LiveTask {
    const { tasks } = this.rows;
    return (comm === UNNAMED && tasks.of(pid)) || tasks.named(pid, comm);
  }

  line(bytes: Uint8Array, start: number, end: number): string | null {
    const line = readTracefsLine(byteString(bytes, start, end), this.#catalog);
    const { rows } = this;
    switch (line.kind) {
      case "none":
        break;
      case "other":
        this.#stats.skipped++;
        break;
      case "lost":
        this.#stats.skipped++;
        this.#stats.lostEvents += line.events;
        break;
      case "unreadable":
        return line.reason;
      case "call":
      case "arguments":
        rows.by(this.#task(line.by.pid, line.by.comm));
        if (this.#pairs.isNew(line)) this.#stats.events++;
        else this.#stats.skipped++;
        break;
      case "fork":
        rows.fork(this.#task(line.by.pid, line.by.comm), line.child.pid, line.child.comm);
        break;
      case "exec": {
        const task = this.#task(line.by.pid, line.by.comm);
        rows.exec(rows.tasks.exec(task, line.thread), line.filename);
        break;
      }
      case "exit":
        rows.exit(this.#task(line.by.pid, line.by.comm));
    }
    rows.turn();
    return null;
  }
}
