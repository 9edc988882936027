// JSON lines: each line of standard input is answered by one line of standard output, or by none, in order. No more is
// held than one block of input and what it is answered.

import { isUtf8 } from "node:buffer";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Result } from "@gatehouse/core";
import { type Formats, readFormats } from "@gatehouse/ftrace";
import { Failure, systemReason } from "./failure.js";
import { printable } from "./text.js";

/** The stream's own blocks are a pipe's; of a file more can be had at once. */
const BLOCK_BYTES = 2 ** 20;
const NEWLINE = 0x0a;
/** A longer line is none of ours. */
const MAX_LINE_BYTES = 64 * 2 ** 20;

/** On success what is written, null for nothing. On failure what is wrong with the line. */
export type Answer = (line: unknown) => Result<object | null, string>;

export async function answerLines(answer: Answer): Promise<void> {
  let number = 0;
  const input = createReadStream("", { fd: process.stdin.fd, highWaterMark: BLOCK_BYTES });
  for await (const lines of blocksOfLines(input)) {
    let answered = "";
    try {
      for (const line of linesIn(lines, number)) {
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
      yield Buffer.concat([...held, block.subarray(0, end)]);
      [held, size] = [[], 0];
    }
    held.push(block.subarray(end + 1));
    size += block.length - end - 1;
    if (size > MAX_LINE_BYTES) throw new Failure(`a line has more than ${MAX_LINE_BYTES} bytes`);
  }
  if (size > 0) yield Buffer.concat(held);
}

/** `before`: how many lines there were already. */
function linesIn(block: Buffer, before: number): string[] {
  const lines = block.toString("utf8").split("\n");
  if (isUtf8(block)) return lines;
  const wrong = lines.findIndex((line) => line.includes("\ufffd"));
  throw new Failure(`line ${before + wrong + 1} or a later one is not UTF-8`);
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Failure(`line ${number} is no JSON: \`${printable(line.slice(0, 60))}\``);
  }
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
