// The bytes of a trace: from a file, a pipe or a stream, in blocks, unpacked where they are packed.

import { open } from "node:fs/promises";
import { pipeline, Readable, Transform } from "node:stream";
import * as zlib from "node:zlib";
import { TraceError } from "./error.js";
import { ZstdFrames } from "./zstd-frames.js";

/** Bytes read of the file as it lies on disk, and how many it has where that is known. */
export type Progress = { readonly bytes: number; readonly size: number | null };

/** How packed files begin. */
const GZIP = Uint8Array.of(0x1f, 0x8b);
const ZSTD = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd);
const MAGIC = ZSTD.length;
/** How files begin that are packed as nobody unpacks here. */
const OTHERS: readonly (readonly [string, RegExp])[] = [
  ["xz", /^\xfd7zX/],
  ["bzip2", /^BZh[1-9]/],
];
/** Bytes read from a file, or unpacked, at once. */
const BLOCK = 1_048_576;

/** A block is valid until the next is asked for. */
export type Blocks = AsyncIterable<Uint8Array>;

/** The bytes of `source`, the first block with `head` of them unless there are fewer. `-` is standard input. */
export function bytesOf(
  source: string | Readable,
  head: number,
  onProgress: (progress: Progress) => void,
): Blocks {
  return fromHead(unpacked(fromHead(blocksOf(source, onProgress), MAGIC)), head);
}

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
    if (startsWith(first.value, GZIP)) yield* through(zlib.createGunzip({ chunkSize: BLOCK }), all);
    else if (startsWith(first.value, ZSTD)) yield* unzstd(all);
    else {
      refuseOthers(first.value);
      yield* all;
    }
  } finally {
    await iterator.return?.();
  }
}

function refuseOthers(first: Uint8Array): void {
  const start = Buffer.from(first.subarray(0, MAGIC)).toString("latin1");
  const [packer] = OTHERS.find(([, magic]) => magic.test(start)) ?? [];
  if (packer !== undefined)
    throw new TraceError("not-a-trace", `is packed with ${packer}: gzip and zstd are read`);
}

/** Whether `bytes` begin with `start`. */
export function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

/** One block, and then the others. */
export async function* chain(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/** Node has it from 22.15 on. */
async function* unzstd(blocks: Blocks): AsyncGenerator<Uint8Array> {
  const create: unknown = Reflect.get(zlib, "createZstdDecompress");
  const unpack: unknown = typeof create === "function" ? create({ chunkSize: BLOCK }) : null;
  if (!(unpack instanceof Transform))
    throw new TraceError(
      "not-possible",
      `is packed with zstd, which this Node (${process.version}) cannot read`,
    );
  const frames = new ZstdFrames();
  yield* through(unpack, followed(blocks, frames));
  if (!frames.isWhole)
    throw new TraceError("cut-off", "cannot be read: its packed data ends early: the file is cut off");
}

async function* followed(blocks: Blocks, frames: ZstdFrames): AsyncGenerator<Uint8Array> {
  for await (const block of blocks) {
    frames.push(block);
    yield block;
  }
}

async function* through(unpack: Transform, blocks: Blocks): AsyncGenerator<Uint8Array> {
  // The stream holds on to what it is given, so it gets copies. An error of either ends up in `unpack`.
  pipeline(Readable.from(copies(blocks), { highWaterMark: 1 }), unpack, () => {});
  yield* unpack;
}

export async function* copies(blocks: Blocks): AsyncGenerator<Uint8Array> {
  for await (const block of blocks) yield Buffer.from(block);
}
