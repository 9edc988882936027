// From a file, a pipe or a stream to chunks: reads blocks, unpacks gzip, finds out what kind of trace it is, and says
// in one sentence what is wrong where something is. Memory does not grow with the trace.

import { open } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { linux618 } from "@gatehouse/catalog";
import type { Catalog, Chunk } from "@gatehouse/core";
import { TraceError, type TraceErrorCode } from "./error.js";
import { PerfScript } from "./perf-script.js";
import { newStats, type ReaderOptions, type TraceReader, type TraceStats } from "./reader.js";

export type OpenOptions = {
  /** Whose numbers and events the trace has: 6.18 unless said. */
  readonly catalog?: Catalog;
  /** Whether the first unreadable line is an error. */
  readonly strict?: boolean;
  /** Called with each block that is read. */
  readonly onProgress?: (progress: Progress) => void;
};

/** Bytes read of the file as it lies on disk, and how many it has where that is known. */
export type Progress = { readonly bytes: number; readonly size: number | null };

/** Chunks stay valid: each has memory of its own. `stats` grow while they are read. A trace is read once. */
export interface Trace extends AsyncIterable<Chunk> {
  readonly stats: TraceStats;
}

/** Bytes in which a trace must show what kind it is. */
const HEAD = 65_536;
/** Bytes that tell gzip. */
const MAGIC = 2;
/** Bytes read from a file, or unpacked, at once. */
const BLOCK = 1_048_576;

/** A reader for each kind of trace. The first that can read a trace's start gets it. */
const KINDS: readonly ((options: ReaderOptions) => TraceReader)[] = [(options) => new PerfScript(options)];

/** `-` is standard input. Nothing is opened before the first chunk is asked for; what goes wrong is a TraceError. */
export function openTrace(source: string | Readable, options: OpenOptions = {}): Trace {
  const { catalog = linux618, strict = false, onProgress = () => {} } = options;
  const name = typeof source === "string" && source !== "-" ? `\`${source}\`` : "standard input";
  const stats = newStats();
  return {
    stats,
    async *[Symbol.asyncIterator]() {
      let reader: TraceReader | null = null;
      try {
        for await (const block of fromHead(unpacked(fromHead(blocksOf(source, onProgress), MAGIC)), HEAD)) {
          reader ??= readerOf(block, name, { catalog, strict, stats });
          yield* reader.push(block);
        }
      } catch (cause) {
        const error = explained(cause, name);
        const cutOff = error instanceof TraceError && error.code === "cut-off";
        if (cutOff && !strict) yield* reader?.end() ?? [];
        throw error;
      }
      if (reader === null) throw new TraceError("empty", `${name} is empty`);
      yield* reader.end();
    },
  };
}

function readerOf(head: Uint8Array, name: string, options: ReaderOptions): TraceReader {
  const foreign = (why: string) =>
    new TraceError("not-a-trace", `${name} is not a trace that gatehouse reads: ${why}`);
  if (head.subarray(0, HEAD).includes(0)) throw foreign("it is binary");
  for (const kind of KINDS) {
    const stats = newStats();
    const trial = kind({ ...options, strict: false, stats });
    trial.push(head.subarray(0, HEAD));
    trial.end();
    if (stats.events + stats.tasks + stats.skipped > 0) return kind(options);
  }
  throw foreign("it does not start with lines of `perf script`");
}

/** A block is valid until the next is asked for. */
type Blocks = AsyncIterable<Uint8Array>;

async function* blocksOf(
  source: string | Readable,
  onProgress: (progress: Progress) => void,
): AsyncGenerator<Uint8Array> {
  if (typeof source === "string" && source !== "-") yield* fileBlocks(source, onProgress);
  else {
    let bytes = 0;
    for await (const block of source === "-" ? process.stdin : source) {
      bytes += block.length;
      onProgress({ bytes, size: null });
      yield block;
    }
  }
}

async function* fileBlocks(
  path: string,
  onProgress: (progress: Progress) => void,
): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const status = await file.stat();
    const size = status.isFile() ? status.size : null;
    const buffer = new Uint8Array(BLOCK);
    for (let bytes = 0; ; ) {
      const { bytesRead } = await file.read(buffer, 0, BLOCK);
      if (bytesRead === 0) return;
      bytes += bytesRead;
      onProgress({ bytes, size });
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** The same bytes, the first block no smaller than `size` unless that is all there is. No block is empty. */
async function* fromHead(blocks: Blocks, size: number): AsyncGenerator<Uint8Array> {
  const head: Uint8Array[] = [];
  let missing = size;
  for await (const block of blocks) {
    if (missing > 0) {
      head.push(block.slice());
      missing -= block.length;
      if (missing <= 0) yield Buffer.concat(head);
    } else if (block.length > 0) yield block;
  }
  if (missing > 0 && missing < size) yield Buffer.concat(head);
}

async function* unpacked(blocks: Blocks): AsyncGenerator<Uint8Array> {
  const iterator = blocks[Symbol.asyncIterator]();
  try {
    const first = await iterator.next();
    if (first.done) return;
    const all = chain(first.value, iterator);
    yield* first.value[0] === 0x1f && first.value[1] === 0x8b ? gunzipped(all) : all;
  } finally {
    await iterator.return?.();
  }
}

async function* chain(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}

async function* gunzipped(blocks: Blocks): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: BLOCK });
  // The stream holds on to what it is given, so it gets copies. An error of either ends up in `gunzip`.
  pipeline(Readable.from(copies(blocks), { highWaterMark: 1 }), gunzip, () => {});
  yield* gunzip;
}

async function* copies(blocks: Blocks): AsyncGenerator<Uint8Array> {
  for await (const block of blocks) yield Buffer.from(block);
}

/** What the system or zlib says, as a sentence about the trace `name`. Our own bugs pass as they are. */
function explained(cause: unknown, name: string): unknown {
  if (cause instanceof TraceError || !(cause instanceof Error) || !("code" in cause)) return cause;
  const system = String(cause.code);
  const [code, why] = REASONS[system] ?? ["not-readable", system];
  return new TraceError(code, `${name} cannot be read: ${why}`, { cause });
}

const REASONS: Readonly<Record<string, readonly [TraceErrorCode, string]>> = {
  ENOENT: ["not-found", "there is no such file"],
  EISDIR: ["not-a-file", "it is a directory"],
  EACCES: ["not-allowed", "its permissions do not let this user"],
  EPERM: ["not-allowed", "its permissions do not let this user"],
  Z_BUF_ERROR: ["cut-off", "gzip data ends early: the file is cut off"],
  Z_DATA_ERROR: ["corrupt", "gzip data is corrupt"],
};
