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

import {
  ABI,
  type ByteString,
  type Catalog,
  CHUNK_ROWS,
  Chunk,
  Dictionary,
  type EventId,
  NO_SUCH_CALL,
  type Task,
  type U64,
  u64,
} from "@gatehouse/core";
import { TraceError } from "./error.js";
import { LineCutter, MAX_LINE, NEWLINE } from "./line-cutter.js";
import { type PerfLine, readPerfLine } from "./perf-line.js";
import { countUnreadable, type ReaderOptions, SHOWN, type TraceReader, type TraceStats } from "./reader.js";
import { type LiveTask, TaskTable } from "./task-table.js";

/** Bytes of different strings (of exec and fork lines) that one trace may hold. */
export const MAX_STRING_BYTES = 16_777_216;

/** The bit of a number that says x32. */
const X32_BIT = 0x4000_0000;
const REGISTERS = 6;
const ALL_KNOWN = 2 ** REGISTERS - 1;

const COMM_COLUMNS = 16;
const CALL_NAME = lettersOf("raw_syscalls:sys_enter:");
const CALL_EVENT = viewOf(lettersOf("raw_syscalls:sys_enter: NR "));
const TASK_EVENTS = lettersOf("sched:sched_process_");
const SPACE = 0x20;
const OPEN = 0x28;
const CLOSE = 0x29;
const COMMA = 0x2c;
const DOT = 0x2e;
const SLASH = 0x2f;
const ZERO_DIGIT = 0x30;
const COLON = 0x3a;
const OPEN_SQUARE = 0x5b;
const CLOSE_SQUARE = 0x5d;
const DELETE = 0x7f;

/** What a byte counts as a hexadecimal digit; 16: it is none. */
const HEX = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = "0123456789abcdef".indexOf(String.fromCharCode(byte));
  return digit < 0 ? 16 : digit;
});

export class PerfScript implements TraceReader {
  readonly stats: TraceStats;
  readonly #cutter = new LineCutter({
    lines: (bytes, start, end) => this.#lines(bytes, start, end),
    tooLong: (bytes) => {
      this.stats.lines++;
      this.#tooLong(bytes, 0);
    },
  });
  readonly #catalog: Catalog;
  readonly #strict: boolean;
  readonly #dictionary = new Dictionary();
  #stringBytes = 0;
  readonly #tasks = new TaskTable();
  readonly #forkId: EventId;
  readonly #execId: EventId;
  readonly #exitId: EventId;
  #chunk: Chunk;
  #full: Chunk[] = [];
  /** Where each task stands in the chunk's table. */
  readonly #indices = new Map<Task, number>();
  /** The task of the latest row, and where it stands. */
  #task: LiveTask | null = null;
  #taskIndex = 0;
  /** Where the latest usual line starts in the block, if in this one; its pid. */
  #latest = -1;
  #latestPid = 0;

  constructor({ catalog, strict, stats }: ReaderOptions) {
    this.stats = stats;
    this.#catalog = catalog;
    this.#strict = strict;
    this.#forkId = idOf(catalog, "sched_process_fork");
    this.#execId = idOf(catalog, "sched_process_exec");
    this.#exitId = idOf(catalog, "sched_process_exit");
    this.#chunk = new Chunk(catalog, this.#dictionary);
  }

  push(block: Uint8Array): readonly Chunk[] {
    this.stats.bytes += block.length;
    this.#cutter.push(block);
    return this.#take();
  }

  end(): readonly Chunk[] {
    this.#cutter.end();
    if (this.#chunk.length > 0) this.#full.push(this.#chunk);
    return this.#take();
  }

  #lines(bytes: Uint8Array, start: number, end: number): void {
    this.#latest = -1;
    const view = viewOf(bytes);
    for (let at = start; at < end; ) {
      this.stats.lines++;
      at = this.#usual(bytes, view, at, end) || this.#unusual(bytes, at);
      if (this.#chunk.length === CHUNK_ROWS) this.#turn();
    }
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
    at += CALL_EVENT.byteLength;

    to = skipDigits(bytes, at);
    if (to === at || to - at > 15 || bytes[to] !== SPACE || bytes[to + 1] !== OPEN) return 0;
    const nr = decimal(bytes, at, to);
    at = to + 2;

    const chunk = this.#chunk;
    const row = chunk.length;
    const { slots } = chunk;
    for (let k = 0; k < REGISTERS; k++) {
      const from = at;
      let low = 0;
      let high = 0;
      for (let d = hex(bytes, at); d < 16; d = hex(bytes, ++at)) {
        high = (high << 4) | (low >>> 28);
        low = (low << 4) | d;
      }
      if (at === from || at - from > 16) return 0;
      const slot = slots[k];
      if (slot !== undefined) {
        slot[2 * row] = low;
        slot[2 * row + 1] = high;
      }
      if (k === REGISTERS - 1) break;
      if (bytes[at] !== COMMA || bytes[at + 1] !== SPACE) return 0;
      at += 2;
    }
    if (bytes[at] !== CLOSE || bytes[at + 1] !== NEWLINE || at + 1 - start > MAX_LINE) return 0;

    if (this.#latest < 0 || pid !== this.#latestPid || !same(view, start, view, this.#latest, COMM_COLUMNS)) {
      const comm = byteString(bytes, start, start + COMM_COLUMNS);
      if (comm.includes("\n")) return 0; // it began in the line before
      this.#by(pid, comm.replace(/^ +/, ""));
      this.#latestPid = pid;
    }
    this.#latest = start;
    chunk.task[row] = this.#taskIndex;
    this.#number(chunk, row, nr);
    chunk.known[row] = ALL_KNOWN;
    chunk.length = row + 1;
    this.stats.events++;
    return at + 2;
  }

  /** A line in columns whose event, at `name`, is none of ours: the end of each call, in many a trace. */
  #other(bytes: Uint8Array, start: number, name: number): number {
    if (startsWith(bytes, name, TASK_EVENTS) || startsWith(bytes, name, CALL_NAME)) return 0;
    let at = skipWord(bytes, name);
    if (at === name || bytes[at] !== COLON) return 0;
    if (bytes[at + 1] !== SPACE) {
      at = skipWord(bytes, at + 1);
      if (bytes[at] !== COLON || bytes[at + 1] !== SPACE) return 0;
    }
    const comm = bytes.subarray(start, start + COMM_COLUMNS);
    const end = bytes.indexOf(NEWLINE, at);
    if (comm.includes(NEWLINE) || end - start > MAX_LINE) return 0;
    this.stats.skipped++;
    return end + 1;
  }

  /** The task of the next row. */
  #by(pid: number, comm: ByteString): LiveTask {
    const task = this.#tasks.named(pid, comm);
    if (task === this.#task) return task;
    let index = this.#indices.get(task);
    if (index === undefined) {
      index = this.#chunk.tasks.push(task) - 1;
      this.#indices.set(task, index);
    }
    this.#task = task;
    this.#taskIndex = index;
    return task;
  }

  #number(chunk: Chunk, row: number, nr: number): void {
    const x32 = nr >= X32_BIT && nr < 2 * X32_BIT;
    const low = x32 ? nr - X32_BIT : nr;
    chunk.event[row] = low >= 0 && low < NO_SUCH_CALL ? low : NO_SUCH_CALL;
    chunk.abi[row] = x32 ? ABI.x32 : ABI.native;
  }

  #unusual(bytes: Uint8Array, start: number): number {
    const end = bytes.indexOf(NEWLINE, start);
    this.#latest = -1;
    if (end - start > MAX_LINE) this.#tooLong(bytes, start);
    else {
      const text = byteString(bytes, start, end);
      this.#line(readPerfLine(text), text);
    }
    return end + 1;
  }

  #line(line: PerfLine, text: ByteString): void {
    switch (line.kind) {
      case "none":
        return;
      case "other":
        this.stats.skipped++;
        return;
      case "unreadable":
        countUnreadable(this.stats, text, line.reason, this.#strict);
        return;
      case "call": {
        this.#by(line.by.pid, line.by.comm);
        const row = this.#chunk.push(this.#taskIndex, 0, ABI.native, line.registers);
        this.#number(this.#chunk, row, line.nr);
        this.stats.events++;
        return;
      }
      case "fork": {
        const parent = this.#by(line.by.pid, line.by.comm);
        const { pid, comm } = line.child;
        this.#tasks.fork(parent, pid, comm);
        this.#taskRow(this.#forkId, [u64(parent.pid), u64(pid), this.#string(comm)]);
        return;
      }
      case "exec": {
        const { pid, comm } = line.by;
        this.#tasks.exec(this.#by(pid, comm), line.thread);
        this.#by(pid, comm);
        this.#taskRow(this.#execId, [this.#string(line.filename), u64(pid)]);
        return;
      }
      case "exit": {
        const { pid } = this.#by(line.by.pid, line.by.comm);
        this.#taskRow(this.#exitId, [u64(pid)]);
        this.#tasks.exit(pid);
        this.#task = null;
      }
    }
  }

  #taskRow(id: EventId, values: readonly U64[]): void {
    this.#chunk.push(this.#taskIndex, id, ABI.native, values);
  }

  #string(text: ByteString): U64 {
    const { strings } = this.#dictionary;
    const before = strings.length;
    const id = this.#dictionary.string(text);
    if (strings.length > before) this.#stringBytes += text.length;
    if (this.#stringBytes > MAX_STRING_BYTES)
      throw new TraceError("limit", `the file names of a trace take more than ${MAX_STRING_BYTES} bytes`);
    return u64(id);
  }

  /** `bytes` need hold no more than the line's start. */
  #tooLong(bytes: Uint8Array, start: number): void {
    const text = byteString(bytes, start, start + SHOWN);
    countUnreadable(this.stats, text, `it is longer than ${MAX_LINE} bytes`, this.#strict);
  }

  #turn(): void {
    const { first, length } = this.#chunk;
    this.#full.push(this.#chunk);
    this.#chunk = new Chunk(this.#catalog, this.#dictionary, { first: first + length });
    this.#indices.clear();
    this.#task = null;
    this.#latest = -1;
  }

  #take(): readonly Chunk[] {
    this.stats.tasks = this.#tasks.appeared;
    const full = this.#full;
    this.#full = [];
    return full;
  }
}

function idOf(catalog: Catalog, name: string): EventId {
  const format = catalog.byName(name);
  if (format?.kind !== "task") throw new RangeError(`the catalog has no task event \`${name}\``);
  return format.id;
}

function lettersOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function startsWith(bytes: Uint8Array, at: number, letters: Uint8Array): boolean {
  for (let i = 0; i < letters.length; i++) if (bytes[at + i] !== letters[i]) return false;
  return true;
}

function skip(bytes: Uint8Array, at: number, byte: number): number {
  while (bytes[at] === byte) at++;
  return at;
}

/** Printable bytes other than the colon. */
function skipWord(bytes: Uint8Array, at: number): number {
  for (let byte = bytes[at] ?? 0; byte > SPACE && byte < DELETE && byte !== COLON; byte = bytes[++at] ?? 0);
  return at;
}

function skipDigits(bytes: Uint8Array, at: number): number {
  while (digit(bytes, at) < 10) at++;
  return at;
}

/** The value of a decimal digit; 10 and above: it is none. */
function digit(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) - ZERO_DIGIT) >>> 0;
}

function decimal(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + digit(bytes, at);
  return value;
}

function hex(bytes: Uint8Array, at: number): number {
  return HEX[bytes[at] ?? 0] ?? 16;
}

/** Whether the `length` bytes at `a` and at `b` are the same, four at a time; the last four may overlap. */
function same(x: DataView, a: number, y: DataView, b: number, length: number): boolean {
  for (let i = 0; i < length - 4; i += 4) if (x.getInt32(a + i) !== y.getInt32(b + i)) return false;
  return x.getInt32(a + length - 4) === y.getInt32(b + length - 4);
}

function byteString(bytes: Uint8Array, from: number, to: number): ByteString {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.min(to, bytes.length) - from).toString(
    "latin1",
  );
}
