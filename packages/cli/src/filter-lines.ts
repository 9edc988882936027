// JSON lines: each line of the input is answered by one line of standard output, or by none, in order. No more is held
// than one block of input and what it is answered.

import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import type { Result } from "@gatehouse/core";
import { type Formats, readFormats } from "@gatehouse/ftrace/kernel";
import { Failure, systemReason } from "./failure.js";
import { printable } from "./text.js";

const NEWLINE = 0x0a;
/** A longer line is none of ours. */
const MAX_LINE_BYTES = 64 * 2 ** 20;

/** On success what is written, null for nothing. On failure what is wrong with the line. */
export type Answer = (line: unknown) => Result<object | null, string>;

export async function answerLines(
  answer: Answer,
  input: AsyncIterable<Buffer> = process.stdin,
): Promise<void> {
  const answered = new Lines();
  let number = 0;
  for await (const lines of blocksOfLines(input)) {
    try {
      for (const line of lines.toString("latin1").split("\n")) {
        number++;
        const found = answer(parseLine(line, number));
        if (!found.ok) throw new Failure(`line ${number}: ${printable(found.error)}`);
        if (found.value !== null) answered.push(JSON.stringify(found.value));
      }
    } finally {
      await answered.write();
    }
  }
}

/**
 * Lines in UTF-8, to be written together. Each is encoded by itself: as one string, all would take twice the room
 * for a single character beyond Latin-1.
 */
class Lines {
  #bytes = Buffer.allocUnsafe(4 * 2 ** 16);
  #size = 0;

  push(line: string): void {
    const needed = this.#size + MAX_UNIT_BYTES * line.length + 1;
    if (needed > this.#bytes.length) this.#grow(needed);
    this.#size += this.#bytes.write(line, this.#size);
    this.#bytes[this.#size++] = NEWLINE;
  }

  /** When it is done the bytes have been handed on, and their place is free. */
  async write(): Promise<void> {
    if (this.#size === 0) return;
    const bytes = this.#bytes.subarray(0, this.#size);
    this.#size = 0;
    await new Promise((resolve) => process.stdout.write(bytes, resolve));
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#size);
    this.#bytes = larger;
  }
}

/** Of UTF-8, for a code unit. */
const MAX_UNIT_BYTES = 3;

/** Whole lines, without the last one's newline. */
async function* blocksOfLines(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const block of blocks) {
    const end = block.lastIndexOf(NEWLINE);
    if (end >= 0) {
      const lines = block.subarray(0, end);
      yield size === 0 ? lines : Buffer.concat([...held, lines]);
      [held, size] = [[], 0];
    }
    held.push(block.subarray(end + 1));
    size += block.length - end - 1;
    if (size > MAX_LINE_BYTES) throw new Failure(`a line has more than ${MAX_LINE_BYTES} bytes`);
  }
  if (size > 0) yield Buffer.concat(held);
}

/** `line` has one code unit a byte: nearly all are ASCII, and of these nothing need be decoded. */
function parseLine(line: string, number: number): unknown {
  const text = /[^\0-\x7f]/.test(line) ? decode(line, number) : line;
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(`line ${number} is no JSON: \`${printable(text.slice(0, 60))}\``);
  }
}

function decode(line: string, number: number): string {
  const bytes = Buffer.from(line, "latin1");
  if (!isUtf8(bytes)) throw new Failure(`line ${number} is not UTF-8`);
  return bytes.toString("utf8");
}

export async function readFormatsFile(file: string): Promise<Formats> {
  const formats = readFormats(await readJson(file));
  if (!formats.ok) throw new Failure(`${printable(file)}: ${printable(formats.error)}`);
  return formats.value;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    const reason = error instanceof SyntaxError ? "it is no JSON" : systemReason(error);
    if (reason === null) throw error;
    throw new Failure(`${printable(file)}: the formats cannot be read: ${reason}`);
  }
}
