// The reader of `perf script` text, as it comes from
//
//   perf record -e raw_syscalls:sys_enter -e sched:sched_process_{fork,exec,exit} …
//
//              sh 24635 [000]  1585.022980536: sched:sched_process_fork: comm=sh pid=24635 child_comm=sh child_pid=24636
//           nginx 24636 [001]  1585.023319890:   raw_syscalls:sys_enter: NR 12 (0, 7ffd4085364c, 0, 37f, 0, 0)
//
// Nearly every line is of the second kind. It is read byte by byte straight into the chunk's columns, without a
// search for its end and without a string (`#usual`). A line that is not of that shape goes the slow way, by the
// grammar in perf-line.ts, which also says what the usual line means.

import type { Catalog } from "@gatehouse/core";
import { CallPairs } from "./call-pairs.js";
import { MAX_LINE } from "./line-cutter.js";
import type { LineFormat } from "./line-reader.js";
import { type Named, readPerfLine } from "./perf-line.js";
import { readRawCall } from "./raw-call.js";
import type { ReaderOptions, TraceStats } from "./reader.js";
import { Rows } from "./rows.js";
import {
  byteString,
  CLOSE_SQUARE,
  COLON,
  DOT,
  decimal,
  lettersOf,
  NEWLINE,
  OPEN_SQUARE,
  SLASH,
  SPACE,
  same,
  skip,
  skipDigits,
  skipWord,
  startsWith,
  viewOf,
} from "./scan.js";
import { type LiveTask, UNNAMED } from "./task-table.js";

const COMM_COLUMNS = 16;
const CALL_NAME = lettersOf("raw_syscalls:sys_enter:");
const CALL_EVENT = viewOf(lettersOf("raw_syscalls:sys_enter: NR "));
const TASK_EVENTS = lettersOf("sched:sched_process_");
const SINGLE_CALLS = lettersOf("syscalls:sys_enter_");

export class PerfScript implements LineFormat {
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

  /**
   * A line in perf's columns, of a call or of no interest. Answers where the next line starts, or 0 where this one is
   * something else; then nothing has changed. No step goes past a newline, so none needs to look for the end.
   */
  #usual(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    let at = start + COMM_COLUMNS;
    if (at >= end || bytes[start] !== SPACE || bytes[at] !== SPACE) return 0;
    at = skip(bytes, at, SPACE);

    let to = skipDigits(bytes, at);
    if (to > at && bytes[to] === SLASH) {
      at = to + 1; // the process; what follows is the thread
      to = skipDigits(bytes, at);
    }
    if (to === at || to - at > 10 || bytes[to] !== SPACE) return 0;
    const pid = decimal(bytes, at, to);
    at = skip(bytes, to, SPACE);

    if (bytes[at] === OPEN_SQUARE) {
      to = skipDigits(bytes, at + 1);
      if (to === at + 1 || bytes[to] !== CLOSE_SQUARE || bytes[to + 1] !== SPACE) return 0;
      at = skip(bytes, to + 1, SPACE);
    }

    to = skipDigits(bytes, at);
    if (to === at || bytes[to] !== DOT) return 0;
    at = to + 1;
    to = skipDigits(bytes, at);
    if (to === at || bytes[to] !== COLON || bytes[to + 1] !== SPACE) return 0;
    at = skip(bytes, to + 1, SPACE);

    if (at + CALL_EVENT.byteLength > end) return 0;
    if (!same(view, at, CALL_EVENT, 0, CALL_EVENT.byteLength)) return this.#other(bytes, start, at);
    const { rows } = this;
    const { chunk } = rows;
    at = readRawCall(bytes, at + CALL_EVENT.byteLength, chunk);
    if (at === 0 || bytes[at] !== NEWLINE || at - start > MAX_LINE) return 0;

    if (this.#latest < 0 || pid !== this.#latestPid || !same(view, start, view, this.#latest, COMM_COLUMNS)) {
      const comm = byteString(bytes, start, start + COMM_COLUMNS);
      if (comm.includes("\n")) return 0; // it began in the line before
      rows.by(rows.tasks.named(pid, comm.replace(/^ +/, "")));
      this.#latestPid = pid;
    }
    this.#latest = start;
    if (this.#pairs.some && this.#pairs.wasFirst(rows.taskIndex)) this.#stats.skipped++;
    else this.#push();
    return at + 1;
  }

  /** The call that was read into the row after the last. */
  #push(): void {
    const { chunk, taskIndex } = this.rows;
    chunk.task[chunk.length++] = taskIndex;
    this.#stats.events++;
  }

  /** A line in columns whose event, at `name`, is none of ours: the end of each call, in many a trace. */
  #other(bytes: Uint8Array, start: number, name: number): number {
    if (startsWith(bytes, name, TASK_EVENTS) || startsWith(bytes, name, CALL_NAME)) return 0;
    if (startsWith(bytes, name, SINGLE_CALLS)) return 0;
    let at = skipWord(bytes, name);
    if (at === name || bytes[at] !== COLON) return 0;
    if (bytes[at + 1] !== SPACE) {
      at = skipWord(bytes, at + 1);
      if (bytes[at] !== COLON || bytes[at + 1] !== SPACE) return 0;
    }
    const comm = bytes.subarray(start, start + COMM_COLUMNS);
    const end = bytes.indexOf(NEWLINE, at);
    if (comm.includes(NEWLINE) || end - start > MAX_LINE) return 0;
    this.#stats.skipped++;
    return end + 1;
  }

  line(bytes: Uint8Array, start: number, end: number): string | null {
    const line = readPerfLine(byteString(bytes, start, end), this.#catalog);
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
        rows.by(this.#task(line.by));
        if (this.#pairs.isNew(line)) this.#stats.events++;
        else this.#stats.skipped++;
        break;
      case "fork":
        rows.fork(this.#task(line.by), line.child.pid, line.child.comm);
        break;
      case "exec": {
        rows.exec(rows.tasks.exec(this.#task(line.by), line.thread), line.filename);
        break;
      }
      case "exit":
        rows.exit(this.#task(line.by));
    }
    rows.turn();
    return null;
  }

  /** Where -F leaves names out, a task bears none, or the one that it got by fork or exec. */
  #task({ pid, comm }: Named): LiveTask {
    const { tasks } = this.rows;
    return (comm === UNNAMED && tasks.of(pid)) || tasks.named(pid, comm);
  }
}
