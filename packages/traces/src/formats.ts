// The kinds of trace that are text, each with what reads its lines, and which of them a text is.

import type { Catalog } from "@gatehouse/core";
import { Audit } from "./audit.js";
import { JsonLines } from "./json-lines.js";
import { LineReader } from "./line-reader.js";
import { PerfScript } from "./perf-script.js";
import { newStats, type ReaderOptions, type TraceReader } from "./reader.js";
import { Strace } from "./strace.js";
import { Tracefs } from "./tracefs.js";

/** Where two read a text as well, the first is taken: `strace` reads most of what `strace-raw` does, and knows less of it. */
const LINE_FORMATS = {
  perf: (options: ReaderOptions) => new PerfScript(options),
  "strace-raw": (options: ReaderOptions) => new Strace(options, true),
  strace: (options: ReaderOptions) => new Strace(options, false),
  tracefs: (options: ReaderOptions) => new Tracefs(options),
  audit: (options: ReaderOptions) => new Audit(options),
  jsonl: (options: ReaderOptions) => new JsonLines(options),
} as const;

export type TextFormat = keyof typeof LINE_FORMATS;
export type TraceFormat = TextFormat | "arrow";

const textFormats = Object.keys(LINE_FORMATS).filter(isTextFormat);
export const traceFormats: readonly TraceFormat[] = [...textFormats, "arrow"];

function isTextFormat(name: string): name is TextFormat {
  return Object.hasOwn(LINE_FORMATS, name);
}

export function newReader(format: TextFormat, options: ReaderOptions): TraceReader {
  return new LineReader(options, LINE_FORMATS[format](options));
}

/**
 * Whose lines a text starts with: the format that makes the most sense of it. Null: of none more than `least` lines can be
 * read beyond those that cannot.
 */
export function recognise(head: Uint8Array, catalog: Catalog, least: number): TextFormat | null {
  let best: TextFormat | null = null;
  let most = least;
  for (const format of textFormats) {
    const stats = newStats();
    const reader = newReader(format, { catalog, strict: false, stats });
    reader.push(head);
    reader.end();
    const read = stats.events + stats.tasks + stats.skipped;
    if (read === 0 || read - stats.unreadable.count <= most) continue;
    most = read - stats.unreadable.count;
    best = format;
  }
  return best;
}
