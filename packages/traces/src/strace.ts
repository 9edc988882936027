// The reader of what strace prints, decoded or with `-e raw=all`:
//
//   24698 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD <unfinished ...>
//   24699 set_robust_list(0x7f01b14aaa20, 24) = 0
//   24698 <... clone resumed>, child_tidptr=0x7f01b14aaa10) = 24699
//   24699 +++ exited with 0 +++
//
//   line   = head event [ CR ]                                           strace-head.ts
//   event  = name "(" arguments " = " result …                           strace-arguments.ts
//          | name "(" arguments " <unfinished ...>"                      … and another task's line comes first
//          | "<... " name " resumed>" arguments " = " result …
//          | "+++ exited with " … | "+++ killed by " … | "+++ superseded by execve in pid " pid " +++"
//          | "--- SIG" … | "????(" … | "strace: " … | "[ Process PID=" pid " runs in " bits " bit mode. ]"
//          | [ "strace: " ] "Process " pid ( "attached" | "detached" | "suspended" | "resumed" ) …
//
// On a terminal a note can stand in the middle of a call's line, and so can what the program prints; the rest of the call is
// in a line below (strace-torn.ts).
//
// The row of a call stands where the call began. What strace only prints when the call is resumed is added to that row,
// up to `CHUNK_ROWS` rows later; after that it stays unknown, so that memory stays flat.

import {
  ABI,
  type Abi,
  type ByteString,
  type Catalog,
  CHUNK_ROWS,
  Chunk,
  NO_SUCH_CALL,
} from "@gatehouse/core";
import { MAX_LINE } from "./line-cutter.js";
import type { LineFormat } from "./line-reader.js";
import type { ReaderOptions, TraceStats } from "./reader.js";
import { Rows, setNumber } from "./rows.js";
import { byteString, EQUALS, lettersOf, NEWLINE, OPEN, QUESTION, SPACE, skip, startsWith } from "./scan.js";
import { SpanTable } from "./span-table.js";
import { forget, isInWord, StraceArguments } from "./strace-arguments.js";
import { type StraceCall, StraceCalls } from "./strace-calls.js";
import { StraceHead } from "./strace-head.js";
import { commOf, firstString, isSuccess, nameSet, resultPid } from "./strace-results.js";
import { StraceTasks, type Unfinished } from "./strace-tasks.js";
import { TornCalls } from "./strace-torn.js";
import { type LiveTask, UNNAMED } from "./task-table.js";

const CALL = /^(\w+)\(/;
const DOTS = lettersOf("<... ");
const RESUMED = lettersOf(" resumed>");
const ENDED = /^\+\+\+ (?:exited with|killed by) .*\+\+\+$/;
const SUPERSEDED = /^\+\+\+ superseded by execve in pid (\d{1,10}) \+\+\+$/;
/** Up to strace 4.10 without `strace: `, and from a path with the path. */
const PROCESS =
  /(^\S*strace: |strace: )?Process (\d{1,10}) (?:(attached)(?: \(waiting for parent\)| with \d+ threads)?|(detached)|suspended|resumed(?: \(parent \d+ ready\))?)$/;
const MODE = /^(?:strace: )?\[ Process PID=(\d{1,10}) runs in (\w+)[ -](?:bit )?mode\. \]$/;
/** Of `-k` the frames under a call as well. */
const NOTE =
  /^(?:--- |\?{4}\(|\S*strace: |<(?:unfinished|detached) \.\.\.>$| ?> (?:.*\[0x[0-9a-f]+\](?: \S+:\d+)?|BUG IN .*)$)/;

export class Strace implements LineFormat {
  readonly rows: Rows;
  readonly #stats: TraceStats;
  readonly #raw: boolean;
  readonly #tasks: StraceTasks;
  readonly #arguments: StraceArguments;
  /** By the mode of the task: its calls. */
  readonly #calls: SpanTable<StraceCall | "none">;
  readonly #otherCalls: ReadonlyMap<string, SpanTable<StraceCall | "none">>;
  /** Whose call a note has broken off. */
  #open: number | null = null;
  /** Calls that what the program printed has broken off. */
  readonly #glued: TornCalls;
  /** Where a resumed call is read before its row is touched. */
  readonly #scratch: Chunk;
  /** The two halves of a resumed call. */
  readonly #joined = Buffer.alloc(2 * MAX_LINE + 1);
  /** Of the line that is read, and where the event stands after it. */
  readonly #head = new StraceHead();
  #event = 0;

  constructor(options: ReaderOptions, raw: boolean) {
    const { catalog, stats } = options;
    this.#stats = stats;
    this.#glued = new TornCalls(options);
    this.#raw = raw;
    this.rows = new Rows(catalog, { open: CHUNK_ROWS });
    this.#tasks = new StraceTasks(this.rows);
    this.#arguments = new StraceArguments(raw);
    const tableOf = (of: Catalog, abi: Abi) => {
      const calls = new StraceCalls(of, raw, abi);
      return new SpanTable<StraceCall | "none">((name) => calls.byName(name) ?? "none");
    };
    const { int80, x32 } = catalog.tables;
    this.#calls = tableOf(catalog, ABI.native);
    this.#otherCalls = new Map([
      ...(int80 === undefined ? [] : [["32", tableOf(int80, ABI.int80)] as const]),
      ...(x32 === undefined ? [] : [["x32", tableOf(x32, ABI.x32)] as const]),
    ]);
    this.#scratch = new Chunk(catalog, this.rows.dictionary, { capacity: 1 });
  }

  usual(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end) {
      this.#stats.lines++;
      this.#event = this.#head.read(bytes, at);
      const next = this.#call(bytes, at, this.#event);
      if (next === 0) break;
      at = next;
    }
    return at;
  }

  /** A call, or its beginning. Answers where the next line starts, or 0 where it is neither; then nothing has changed. */
  #call(bytes: Uint8Array, start: number, name: number): number {
    let first = name;
    while (isInWord(bytes[first] ?? 0)) first++;
    if (first === name || bytes[first] !== OPEN) return 0;
    const calls = this.#tasks.hasModes ? this.#callsNow() : this.#calls;
    const call = calls === undefined ? "none" : calls.get(bytes, name, first++);
    if (call === "none") return 0;

    const { rows } = this;
    rows.turn();
    const row = rows.chunk.length;
    const at = this.#arguments.read(bytes, first, call, rows.chunk, row);
    const result = at > 0 ? resultAt(bytes, at) : 0;
    const end = at === 0 || (at > 0 && result === 0) ? 0 : endOfLine(bytes, Math.max(result, -at));
    const isRead = end > 0 && end - start <= MAX_LINE;
    const task = isRead ? this.#tasks.of(this.#head, call) : null;
    if (task === null) {
      forget(rows.chunk, row);
      return 0;
    }
    // The task may have appeared with this line, and its fork have taken the row.
    if (rows.turn() || rows.chunk.length > row)
      this.#arguments.read(bytes, first, call, rows.chunk, rows.chunk.length);
    this.#begin(call, task);
    if (at < 0) this.#suspend(call, task, byteString(bytes, first, -at - 1));
    else {
      this.#tasks.resume(task);
      if (call.makes !== null) this.#finish(call, task, bytes, first, result);
    }
    return end + 1;
  }

  /** Of the task whose line it is; undefined: its mode has no known table. */
  #callsNow(): SpanTable<StraceCall | "none"> | undefined {
    const mode = this.#tasks.modeOf(this.#head);
    return mode === undefined ? this.#calls : this.#otherCalls.get(mode);
  }

  /** The row after the chunk's last is the task's call. */
  #begin(call: StraceCall, task: LiveTask): void {
    const { rows } = this;
    rows.by(task);
    const row = rows.chunk.length++;
    rows.chunk.task[row] = rows.taskIndex;
    if (call.abi === ABI.native) setNumber(rows.chunk, row, call.nr);
    else {
      rows.chunk.event[row] = Math.min(call.nr, NO_SUCH_CALL);
      rows.chunk.abi[row] = call.abi;
    }
    this.#stats.events++;
  }

  #suspend(call: StraceCall, task: LiveTask, text: ByteString): void {
    const { chunk } = this.rows;
    this.#tasks.suspend(task, { call, text, chunk, row: chunk.length - 1 });
  }

  /** What a call that returned has done to the tree of tasks. `first`: where its arguments stand. */
  #finish(call: StraceCall, task: LiveTask, bytes: Uint8Array, first: number, result: number): void {
    switch (call.makes) {
      case "fork": {
        const pid = resultPid(bytes, result);
        if (pid !== null) this.#tasks.forked(task, pid);
        return;
      }
      case "exec": {
        if (!isSuccess(bytes, result)) return;
        const filename = firstString(bytes, first) || null;
        const comm = filename === null ? UNNAMED : commOf(filename);
        this.rows.exec(this.rows.tasks.named(task.pid, comm), filename);
        return;
      }
      case "name": {
        const name = isSuccess(bytes, result) ? nameSet(bytes, first) : null;
        if (name !== null) this.rows.tasks.named(task.pid, name);
      }
    }
  }

  line(bytes: Uint8Array, _start: number, end: number): string | null {
    if (startsWith(bytes, this.#event, DOTS)) return this.#resumed(bytes, this.#event + DOTS.length);
    return this.#note(byteString(bytes, this.#event, end).trimEnd());
  }

  /** A line that is no call and resumes none. Answers as `line`. */
  #note(line: ByteString): string | null {
    if (line === "" && this.#head.pid === null) return null;
    if (ENDED.test(line)) return this.#ended();
    const [, thread] = SUPERSEDED.exec(line) ?? [];
    if (thread !== undefined) return this.#superseded(Number(thread));
    const [, pid, mode = ""] = MODE.exec(line) ?? [];
    if (pid !== undefined) this.#tasks.runs(Number(pid), mode);
    else {
      const process = PROCESS.exec(line);
      if (process !== null) return this.#process(line, process);
      if (!NOTE.test(line)) return this.#torn(line);
    }
    this.#stats.skipped++;
    return null;
  }

  /** `start`: where the name of a call stands that is resumed. Answers as `line`. */
  #resumed(bytes: Uint8Array, start: number): string | null {
    let at = start;
    while (isInWord(bytes[at] ?? 0) || bytes[at] === QUESTION) at++;
    if (!startsWith(bytes, at, RESUMED)) return NOTHING;
    const task = this.#tasks.of(this.#head, null);
    if (task === null) return WHOSE;
    const unfinished = this.#tasks.unfinishedOf(task);
    if (unfinished === undefined) {
      this.#stats.skipped++; // it began before the trace did, or its name was not known
      return null;
    }
    const { call } = unfinished;
    const name = byteString(bytes, start, at);
    if (name !== call.name) return `it resumes \`${name}\` where \`${call.name}\` is unfinished`;
    at += RESUMED.length;
    return this.#goOn(unfinished, task, bytes, bytes[at] === SPACE ? at + 1 : at);
  }

  /** `start`: where the rest of the call stands. */
  #goOn(unfinished: Unfinished, task: LiveTask, bytes: Uint8Array, start: number): string | null {
    const { call } = unfinished;
    const text = this.#joined;
    const length = text.write(unfinished.text, "latin1");
    text.set(bytes.subarray(start, endOfLine(bytes, start) + 1), length);
    forget(this.#scratch, 0);
    const at = this.#arguments.read(text, 0, call, this.#scratch, 0);
    const result = at > 0 ? resultAt(text, at) : 0;
    if (at === 0 || (at > 0 && result === 0)) return HALF;
    this.#complete(unfinished);
    if (at > 0) {
      this.#tasks.resume(task);
      this.#finish(call, task, text, 0, result);
    } else this.#tasks.suspend(task, { ...unfinished, text: byteString(text, 0, -at - 1) });
    return null;
  }

  /** What the scratch row knows, the call's own row learns, if it is still open. */
  #complete({ chunk, row }: Unfinished): void {
    const now = this.rows.chunk.first + this.rows.chunk.length;
    if (now - (chunk.first + row) > CHUNK_ROWS) return;
    const { slots, known } = this.#scratch;
    for (let k = 0; k < slots.length; k++) {
      const [low = 0, high = 0] = slots[k] ?? [];
      const words = chunk.slots[k];
      if (words === undefined) continue;
      words[2 * row] = low;
      words[2 * row + 1] = high;
    }
    chunk.known[row] = known[0] ?? 0;
  }

  #ended(): string | null {
    const task = this.#tasks.of(this.#head, null);
    if (task === null) return WHOSE;
    this.#tasks.exit(task);
    return null;
  }

  #superseded(thread: number): string | null {
    const leader = this.#tasks.of(this.#head, null);
    if (leader === null) return WHOSE;
    this.#tasks.supersede(leader, thread);
    return null;
  }

  /** `wait4(-1, strace: Process 4527 attached`: a terminal shows both on one line, and the call goes on below. */
  #process(
    line: ByteString,
    { index, 1: prefix, 2: pid, 3: attached, 4: detached }: RegExpExecArray,
  ): string | null {
    if (attached !== undefined) this.#tasks.attach(Number(pid));
    // Up to 4.6 there is no other word of an end.
    if (detached !== undefined && prefix === undefined) this.#detached(Number(pid));
    if (index === 0) {
      this.#stats.skipped++;
      return null;
    }
    const call = lettersOf(`${line.slice(0, index)} <unfinished ...>\n`);
    if (this.#call(call, 0, 0) === 0) return HALF;
    this.#open = this.#tasks.of(this.#head, null)?.pid ?? null;
    return null;
  }

  #detached(pid: number): void {
    const task = this.rows.tasks.of(pid);
    if (task !== undefined) this.#tasks.exit(task);
  }

  /** A line that is neither: the rest of a call that was torn, its beginning, or nothing. Answers as `line`. */
  #torn(line: ByteString): string | null {
    const rest = lettersOf(`${line}\n`);
    const { pid, comm } = this.#head;
    // A line that names a task is no rest of another.
    const task = this.#open === null || pid !== null ? undefined : this.rows.tasks.of(this.#open);
    const unfinished = task && this.#tasks.unfinishedOf(task);
    if (task && unfinished && this.#goOn(unfinished, task, rest, 0) === null) {
      this.#open = null;
      return null;
    }
    const now = this.#stats.lines;
    for (const torn of this.#glued.matching(pid, now)) {
      this.#head.pid = torn.pid;
      this.#head.comm = torn.comm;
      if (torn.beginnings.some((start) => this.#call(lettersOf(`${start}${line}\n`), 0, 0) > 0)) {
        this.#glued.join(torn);
        return null;
      }
    }
    this.#head.pid = pid;
    this.#head.comm = comm;
    const reason = this.#fault(line);
    if (reason !== HALF) return reason;
    this.#glued.add({ pid, comm, line: now, text: line, reason });
    return null;
  }

  end(): void {
    this.#glued.end();
  }

  /** Why a line is unreadable. */
  #fault(line: ByteString): string {
    const [, name] = CALL.exec(line) ?? [];
    if (name === undefined) return NOTHING;
    const calls = this.#callsNow();
    const mode = this.#tasks.modeOf(this.#head);
    if (calls === undefined) return `its task runs in ${mode} mode, whose numbers the catalog does not have`;
    if (calls.get(lettersOf(name), 0, name.length) === "none")
      return `the catalog has no call \`${name}\`${mode === undefined ? "" : ` of ${mode} mode`}`;
    if (this.#tasks.of(this.#head, null) === null) return WHOSE;
    return this.#raw ? "it does not show a whole call in hexadecimal" : HALF;
  }
}

const NOTHING = "it shows neither a call nor anything else that strace prints";
const WHOSE = "it does not say whose call it is, and several tasks are alive";
const HALF = "it does not show a whole call";

function endOfLine(bytes: Uint8Array, at: number): number {
  while (bytes[at] !== NEWLINE) at++;
  return at;
}

/** Where the result of a call stands whose arguments end at `at`; 0: there is none. */
function resultAt(bytes: Uint8Array, at: number): number {
  const equals = skip(bytes, at, SPACE);
  if (bytes[equals] !== EQUALS || bytes[equals + 1] !== SPACE) return 0;
  const result = skip(bytes, equals + 1, SPACE);
  return (bytes[result] ?? 0) > SPACE ? result : 0;
}
