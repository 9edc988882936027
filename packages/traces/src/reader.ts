// What every reader of a kind of trace offers, so that `openTrace` can pick one by content.

import type { Catalog, Chunk } from "@gatehouse/core";
import { TraceError } from "./error.js";

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
  /** The first of them; only where no line before was of an event. */
  about: { readonly line: number; readonly text: string } | null;
  /** Events that the trace itself says are missing: whoever recorded could not keep up. */
  lostEvents: number;
  readonly unreadable: { count: number; readonly first: UnreadableLine[] };
};

export type UnreadableLine = { readonly line: number; readonly text: string; readonly reason: string };

/** Lines that `unreadable.first` keeps. */
const KEPT = 5;

/** A line that cannot be read, `text` fit to be printed. Throws where the first is an error. */
export function addUnreadable(
  { stats, strict }: Pick<ReaderOptions, "stats" | "strict">,
  line: UnreadableLine,
): void {
  const { unreadable } = stats;
  if (strict) throw new TraceError("unreadable-line", `line ${line.line}: ${line.reason}: \`${line.text}\``);
  unreadable.count++;
  if (unreadable.first.length < KEPT) unreadable.first.push(line);
}

export function newStats(): TraceStats {
  return {
    bytes: 0,
    lines: 0,
    events: 0,
    tasks: 0,
    skipped: 0,
    about: null,
    lostEvents: 0,
    unreadable: { count: 0, first: [] },
  };
}
