// What every reader of a kind of trace offers, so that `openTrace` can pick one by content.

import type { ByteString, Catalog, Chunk } from "@gatehouse/core";
import { TraceError } from "./error.js";
import { MAX_LINE } from "./line-cutter.js";
import { byteString } from "./scan.js";

/** Fed with blocks of bytes, it gives chunks as they fill. Chunks are the caller's: the reader keeps none. */
export interface TraceReader {
  readonly stats: TraceStats;
  push(block: Uint8Array): readonly Chunk[];
  /** What is left when the bytes are. */
  end(): readonly Chunk[];
}

export type ReaderOptions = {
  /** Whose numbers and task events the trace has. */
  readonly catalog: Catalog;
  /** Whether the first unreadable line is an error. */
  readonly strict: boolean;
  /** What to count in. */
  readonly stats: TraceStats;
};

export type TraceStats = {
  /** Bytes of text, after decompression. */
  bytes: number;
  lines: number;
  /** Rows that are judged: all but fork, exec and exit. */
  events: number;
  /** Tasks that appeared, by their pid. A pid that is used again is another task. */
  tasks: number;
  /** Lines that are well formed and about something else. */
  skipped: number;
  readonly unreadable: { count: number; readonly first: UnreadableLine[] };
};

export type UnreadableLine = { readonly line: number; readonly text: string; readonly reason: string };

/** Lines that `unreadable.first` keeps. */
const KEPT = 5;
/** Bytes of a line that it keeps. */
const SHOWN = 200;

export function newStats(): TraceStats {
  return { bytes: 0, lines: 0, events: 0, tasks: 0, skipped: 0, unreadable: { count: 0, first: [] } };
}

/** Counts the latest line as unreadable; where `strict`, it is the end. `line` need hold no more than its start. */
export function countUnreadable(stats: TraceStats, line: ByteString, reason: string, strict: boolean): void {
  const text = printable(line.slice(0, SHOWN));
  if (strict) throw new TraceError("unreadable-line", `line ${stats.lines}: ${reason}: \`${text}\``);
  stats.unreadable.count++;
  const { first } = stats.unreadable;
  if (first.length < KEPT) first.push({ line: stats.lines, text, reason });
}

/** The latest line has more than `MAX_LINE` bytes, of which those from `start` hold the first. */
export function countTooLong(stats: TraceStats, bytes: Uint8Array, start: number, strict: boolean): void {
  const text = byteString(bytes, start, start + SHOWN);
  countUnreadable(stats, text, `it is longer than ${MAX_LINE} bytes`, strict);
}

/** Bytes that could steer a terminal, or that are no text, as `\x1b`. */
function printable(text: ByteString): string {
  return text.replace(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
