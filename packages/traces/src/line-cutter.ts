// Cuts blocks of bytes into lines: whole lines stay where they are in their block, one that goes on in the next block
// is put together first. At most one line is held, and of a line that is too long only its start.

import { NEWLINE } from "./scan.js";

/** A longer line is unreadable as a whole. */
export const MAX_LINE = 65_536;

export type LineSink = {
  /** Whole lines, from `start` to `end`, which is just after a newline. One within a block may be too long. */
  lines(bytes: Uint8Array, start: number, end: number): void;
  /** A line that is too long, of which `bytes` hold the start. */
  tooLong(bytes: Uint8Array): void;
};

export class LineCutter {
  readonly #sink: LineSink;
  /** The start of a line that the next block goes on with. */
  readonly #rest = new Uint8Array(MAX_LINE + 1);
  #length = 0;
  /** What follows belongs to a line that is too long. */
  #skipping = false;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  push(block: Uint8Array): void {
    const start = this.#finish(block);
    const end = block.lastIndexOf(NEWLINE) + 1;
    if (start < end) this.#sink.lines(block, start, end);
    this.#keep(block.subarray(Math.max(start, end)));
  }

  /** The last line may lack its newline. */
  end(): void {
    if (this.#length > 0) this.push(Uint8Array.of(NEWLINE));
  }

  /** The line that began in an earlier block, if it ends in this one. Answers where the next one starts. */
  #finish(block: Uint8Array): number {
    if (this.#length === 0) return 0;
    const end = block.indexOf(NEWLINE) + 1;
    if (end === 0) return 0;
    this.#keep(block.subarray(0, end));
    if (this.#skipping) this.#sink.tooLong(this.#rest);
    else this.#sink.lines(this.#rest, 0, this.#length);
    this.#length = 0;
    this.#skipping = false;
    return end;
  }

  #keep(part: Uint8Array): void {
    const fits = part.subarray(0, this.#rest.length - this.#length);
    this.#rest.set(fits, this.#length);
    this.#length += fits.length;
    if (fits.length < part.length) this.#skipping = true;
  }
}
