// JSON lines: each line of standard input is answered by one line of standard output, or by none, in order. No more is
// held than one block of input and what it is answered.

import { isUtf8 } from "node:buffer";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { Result } from "@gatehouse/core";
import { type Formats, readFormats } from "@gatehouse/ftrace";
import { Failure, systemReason } from "./failure.js";
import { printable } from "./text.js";

const NEWLINE = 0x0a;
/** A longer line is none of ours. */
const MAX_LINE_BYTES = 64 * 2 ** 20;

/** On success what is written, null for nothing. On failure what is wrong with the line. */
export type Answer = (line: unknown) => Result<object | null, string>;

export async function answerLines(answer: Answer): Promise<void> {
  let number = 0;
  for await (const lines of blocksOfLines(process.stdin)) {
    let answered = "";
    try {
      for (const line of lines.toString("latin1").split("\n")) {
        number++;
        const found = answer(parseLine(line, number));
        if (!found.ok) throw new Failure(`line ${number}: ${printable(found.error)}`);
        if (found.value !== null) answered += `${JSON.stringify(found.value)}\n`;
      }
    } finally {
      await write(answered);
    }
  }
}

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

async function write(text: string): Promise<void> {
  if (text !== "" && !process.stdout.write(text)) await once(process.stdout, "drain");
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
