// From a file, a pipe or a stream to chunks: finds out what kind of trace it is, and says in one sentence what is wrong
// where something is. Memory does not grow with the trace.

import type { Readable } from "node:stream";
import { linux618 } from "@gatehouse/catalog";
import type { Catalog, Chunk } from "@gatehouse/core";
import { isArrow } from "./arrow-messages.js";
import { readArrow } from "./arrow-reader.js";
import { type Blocks, bytesOf, chain, type Progress } from "./blocks.js";
import { TraceError, type TraceErrorCode } from "./error.js";
import { newReader, recognise, type TextFormat, type TraceFormat } from "./formats.js";
import { newStats, type ReaderOptions, type TraceStats } from "./reader.js";

export type OpenOptions = {
  /** Whose numbers and events the trace has: 6.18 unless said. */
  readonly catalog?: Catalog;
  /** What kind of trace it is; unless said, its content shows it. */
  readonly format?: TraceFormat;
  /** Whether the first unreadable line is an error. */
  readonly strict?: boolean;
  /** Called with each block that is read. */
  readonly onProgress?: (progress: Progress) => void;
};

/** Chunks stay valid: each has memory of its own. `stats` grow while they are read. A trace is read once. */
export interface Trace extends AsyncIterable<Chunk> {
  readonly stats: TraceStats;
  /** Null until its start is read. */
  readonly format: TraceFormat | null;
}

/** Bytes in which a trace must show what kind it is. */
const HEAD = 65_536;

/** `-` is standard input. Nothing is opened before the first chunk is asked for; what goes wrong is a TraceError. */
export function openTrace(source: string | Readable, options: OpenOptions = {}): Trace {
  const { catalog = linux618, strict = false, onProgress = () => {} } = options;
  const name = typeof source === "string" && source !== "-" ? `\`${source}\`` : "standard input";
  const stats = newStats();
  let format = options.format ?? null;
  return {
    stats,
    get format() {
      return format;
    },
    async *[Symbol.asyncIterator]() {
      const blocks = bytesOf(source, HEAD, onProgress)[Symbol.asyncIterator]();
      try {
        const first = await blocks.next();
        if (first.done) throw new TraceError("empty", "is empty");
        format ??= formatOf(first.value.subarray(0, HEAD), catalog);
        yield* chunksOf(format, chain(first.value, blocks), { catalog, strict, stats });
      } catch (cause) {
        throw explained(cause, name);
      } finally {
        await blocks.return?.();
      }
    },
  };
}

function formatOf(head: Uint8Array, catalog: Catalog): TraceFormat {
  const foreign = (why: string) =>
    new TraceError("not-a-trace", `is not a trace that gatehouse reads: ${why}`);
  if (isArrow(head)) return "arrow";
  const isText = !head.includes(0);
  // A text may have a line that holds a NUL; among the bytes of a program a line may pass for one of a trace.
  const format = recognise(head, catalog, isText ? Number.NEGATIVE_INFINITY : 0);
  if (format !== null) return format;
  // No other format has such lines: what is wrong with it is then said of its lines.
  if (isText && head.find((byte) => !WHITE.has(byte)) === BRACE) return "jsonl";
  throw foreign(
    isText
      ? "it does not start with lines of perf script, strace, tracefs, audit or our own JSON"
      : "it is binary",
  );
}

const WHITE = new Set([..."\t\n\r "].map((character) => character.charCodeAt(0)));
const BRACE = "{".charCodeAt(0);

function chunksOf(format: TraceFormat, blocks: Blocks, options: ReaderOptions): AsyncIterable<Chunk> {
  return format === "arrow" ? readArrow(blocks, options) : readText(format, blocks, options);
}

async function* readText(format: TextFormat, blocks: Blocks, options: ReaderOptions): AsyncGenerator<Chunk> {
  const reader = newReader(format, options);
  try {
    for await (const block of blocks) yield* reader.push(block);
  } catch (cause) {
    if (isCutOff(cause) && !options.strict) yield* reader.end();
    throw cause;
  }
  yield* reader.end();
  const { events, tasks, skipped, unreadable } = options.stats;
  const [first] = unreadable.first;
  if (events + tasks + skipped === 0 && first !== undefined)
    throw new TraceError(
      "not-a-trace",
      `cannot be read: no line of it is read as ${format}; line ${first.line}: ${first.reason}: \`${first.text}\``,
    );
}

function isCutOff(cause: unknown): boolean {
  if (cause instanceof TraceError) return cause.code === "cut-off";
  return cause instanceof Error && "code" in cause && cause.code === "Z_BUF_ERROR";
}

/** As a sentence about the trace `name`: a TraceError's message says what it is, or what is wrong inside. */
function explained(cause: unknown, name: string): unknown {
  if (cause instanceof TraceError) {
    if (cause.code === "unreadable-line" || cause.code === "limit") return cause;
    return new TraceError(cause.code, `${name} ${cause.message}`, { cause });
  }
  // Our own bugs pass as they are.
  if (!(cause instanceof Error) || !("code" in cause)) return cause;
  const system = String(cause.code);
  const [code, why] = REASONS[system] ?? (/^Z_|^ZSTD_/.test(system) ? CORRUPT : ["not-readable", system]);
  return new TraceError(code, `${name} cannot be read: ${why}`, { cause });
}

const CORRUPT: readonly [TraceErrorCode, string] = ["corrupt", "its packed data is corrupt"];

const REASONS: Readonly<Record<string, readonly [TraceErrorCode, string]>> = {
  ENOENT: ["not-found", "there is no such file"],
  EISDIR: ["not-a-file", "it is a directory"],
  EACCES: ["not-allowed", "its permissions do not let this user"],
  EPERM: ["not-allowed", "its permissions do not let this user"],
  Z_BUF_ERROR: ["cut-off", "its packed data ends early: the file is cut off"],
};
