// The reader of any format whose events are lines. It cuts the bytes into lines, counts them, shows the first that cannot
// be read, and hands over the chunks that are full; what a line says is for its format to know.

import type { ByteString, Chunk } from "@gatehouse/core";
import { LineCutter, MAX_LINE } from "./line-cutter.js";
import { addUnreadable, type ReaderOptions, type TraceReader, type TraceStats } from "./reader.js";
import type { Rows } from "./rows.js";
import { byteString, NEWLINE } from "./scan.js";

/** What is of one format: how its lines become rows. It counts `events` and `skipped`. */
export interface LineFormat {
  /** The rows it makes. It also turns them. */
  readonly rows: Rows;
  /**
   * Reads lines of the kind that most are, without a search for where each ends: all up to the next that is of another
   * kind. Answers where that one starts, of which nothing is read yet, or `end`. A line of more than `MAX_LINE` bytes is
   * of another kind. It counts `lines` as it comes to them, so that one too.
   */
  usual?(bytes: Uint8Array, start: number, end: number): number;
  /** Any other line, whose newline is at `end`. Answers why it is unreadable; null: it is not. */
  line(bytes: Uint8Array, start: number, end: number): string | null;
  /** There are no more lines. */
  end?(): void;
}

/** Bytes of a line that it keeps. */
const SHOWN = 200;

export class LineReader implements TraceReader {
  readonly stats: TraceStats;
  readonly #strict: boolean;
  readonly #format: LineFormat;
  readonly #cutter = new LineCutter({
    lines: (bytes, start, end) => this.#lines(bytes, start, end),
    tooLong: (bytes) => {
      this.stats.lines++;
      this.#tooLong(bytes, 0);
    },
  });

  constructor({ strict, stats }: ReaderOptions, format: LineFormat) {
    this.stats = stats;
    this.#strict = strict;
    this.#format = format;
  }

  push(block: Uint8Array): readonly Chunk[] {
    this.stats.bytes += block.length;
    this.#cutter.push(block);
    this.stats.tasks = this.#format.rows.tasks.appeared;
    return this.#format.rows.take();
  }

  end(): readonly Chunk[] {
    this.#cutter.end();
    this.#format.end?.();
    this.stats.tasks = this.#format.rows.tasks.appeared;
    return this.#format.rows.end();
  }

  #lines(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; ) {
      const { lines, skipped } = this.stats;
      const first = at;
      if (this.#format.usual === undefined) this.stats.lines++;
      else at = this.#format.usual(bytes, at, end);
      if (this.stats.skipped > skipped) this.#about(bytes, first, lines + 1);
      if (at < end) at = this.#line(bytes, at);
    }
  }

  /** Answers where the next one starts. */
  #line(bytes: Uint8Array, start: number): number {
    const end = bytes.indexOf(NEWLINE, start);
    if (end - start > MAX_LINE) this.#tooLong(bytes, start);
    else {
      const { skipped } = this.stats;
      const why = this.#format.line(bytes, start, end);
      if (this.stats.skipped > skipped) this.#about(bytes, start, this.stats.lines);
      if (why !== null) this.#unreadable(byteString(bytes, start, end), why);
    }
    return end + 1;
  }

  /** That line is about something else. */
  #about(bytes: Uint8Array, start: number, line: number): void {
    const { about, events } = this.stats;
    if (about !== null || events > 0) return;
    const end = Math.min(bytes.indexOf(NEWLINE, start), start + SHOWN);
    this.stats.about = { line, text: printable(byteString(bytes, start, end)) };
  }

  #tooLong(bytes: Uint8Array, start: number): void {
    this.#unreadable(byteString(bytes, start, start + SHOWN), `it is longer than ${MAX_LINE} bytes`);
  }

  /** The latest line is. `line` need hold no more than its start. */
  #unreadable(line: ByteString, reason: string): void {
    const text = shown(line);
    addUnreadable({ stats: this.stats, strict: this.#strict }, { line: this.stats.lines, text, reason });
  }
}

/** The start of a line, fit to be printed. */
export function shown(line: ByteString): string {
  return printable(line.slice(0, SHOWN));
}

/** Bytes that could steer a terminal, or that are no text, as `\x1b`. */
function printable(text: ByteString): string {
  return text.replace(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
