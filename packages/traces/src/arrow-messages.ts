// Follows the messages of Arrow data, to tell what stands behind a stream: Arrow's own reader stops at the end of the
// first without a word. The structure is that of Arrow's streaming and file formats:
//
//   data    = stream { stream } | file           streams, one after the other, are what `cat` makes of files
//   stream  = { message } end
//   message = mark length metadata body          4 bytes, 4 bytes, as many as the length says, as many as the metadata says
//   end     = mark length                        whose length is 0
//   file    = "ARROW1\0\0" stream footer length "ARROW1"

import { bodyLengthOf } from "./arrow-metadata.js";
import { startsWith } from "./blocks.js";
import { TraceError } from "./error.js";
import { lettersOf, viewOf } from "./scan.js";

const MARK = Uint8Array.of(0xff, 0xff, 0xff, 0xff);
const WORD = 4;
const FILE_START = lettersOf("ARROW1\0\0");
const FILE_END = lettersOf("ARROW1");
/** A longer one is no metadata. */
const MAX_METADATA = 16_777_216;
/** Of one batch, which is held whole. */
const MAX_BODY = 268_435_456;

export function isArrow(head: Uint8Array): boolean {
  return startsWith(head, MARK) || startsWith(head, FILE_START);
}

export class ArrowMessages {
  #part: "mark" | "length" | "metadata" = "mark";
  /** As much of the part as was read, and how many bytes of it are to come. */
  #held: Uint8Array = new Uint8Array();
  #missing = WORD;
  /** Bytes of a body that are to come. */
  #body = 0;
  /** Where the next byte is. */
  #at = 0;
  #isFile = false;
  /** Where the latest stream ended; null: one goes on. */
  #end: number | null = null;
  /** Of a stream with nothing in it, Arrow's reader takes what follows for read. */
  #isEmpty = true;
  /** The last bytes of a file. */
  #last: Uint8Array = new Uint8Array();

  /** Answers what of the block belongs to streams. Throws where something else stands between them. */
  push(block: Uint8Array): Uint8Array {
    const start = this.#at === 0 && startsWith(block, FILE_START) ? FILE_START.length : 0;
    if (start > 0) this.#isFile = true;
    this.#at += start;
    let at = start;
    while (at < block.length && !(this.#isFile && this.#end !== null)) {
      const bytes = this.#body > 0 ? this.#skip(block.length - at) : this.#take(block.subarray(at));
      at += bytes;
      this.#at += bytes;
      if (this.#missing === 0) this.#next();
    }
    this.#last = Buffer.concat([this.#last, block.subarray(at)]).subarray(-WORD - FILE_END.length);
    this.#at += block.length - at;
    return block.subarray(start, at);
  }

  /** Throws unless the data could end here. */
  end(): void {
    if (this.#end === null)
      throw new TraceError("cut-off", "cannot be read: its Arrow data ends early: the file is cut off");
    const isBetween = this.#part === "mark" && this.#held.length === 0;
    if (!(this.#isFile ? this.#isFooter(this.#at - this.#end) : isBetween)) throw somethingElse(this.#end);
  }

  #skip(most: number): number {
    const bytes = Math.min(this.#body, most);
    this.#body -= bytes;
    return bytes;
  }

  #take(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, this.#missing);
    this.#held = Buffer.concat([this.#held, taken]);
    this.#missing -= taken.length;
    return taken.length;
  }

  /** The part is whole. */
  #next(): void {
    const held = this.#held;
    if (this.#part === "mark") {
      if (!startsWith(held, MARK)) throw this.#misfit(this.#at - WORD);
      this.#expect("length", WORD);
    } else if (this.#part === "length") this.#begin(viewOf(held).getUint32(0, true));
    else {
      this.#body = this.#bodyOf(held);
      if (this.#body > MAX_BODY)
        throw new TraceError("limit", `a batch of its Arrow data has more than ${MAX_BODY} bytes`);
      this.#expect("mark", WORD);
    }
  }

  /** A message whose metadata has so many bytes. */
  #begin(length: number): void {
    const isEnd = length === 0;
    if (length > MAX_METADATA || (isEnd && this.#isEmpty)) throw this.#misfit(this.#at - 2 * WORD);
    this.#isEmpty = isEnd;
    this.#end = isEnd ? this.#at : null;
    if (isEnd) this.#expect("mark", WORD);
    else this.#expect("metadata", length);
  }

  #expect(part: "mark" | "length" | "metadata", bytes: number): void {
    this.#part = part;
    this.#held = new Uint8Array();
    this.#missing = bytes;
  }

  #bodyOf(metadata: Uint8Array): number {
    try {
      return bodyLengthOf(metadata);
    } catch (cause) {
      if (cause instanceof RangeError) throw this.#misfit(this.#at - metadata.length);
      throw cause;
    }
  }

  #misfit(at: number): TraceError {
    if (this.#end !== null) return somethingElse(this.#end);
    if (at === 0) return new TraceError("not-a-trace", "is not an Arrow file");
    return new TraceError("corrupt", `cannot be read: its Arrow data is damaged at byte ${at}`);
  }

  /** Whether the `bytes` after the stream are one footer, with its length and the file's last word. */
  #isFooter(bytes: number): boolean {
    const last = this.#last;
    if (!startsWith(last.subarray(WORD), FILE_END)) return false;
    return viewOf(last).getUint32(0, true) + last.length === bytes;
  }
}

function somethingElse(at: number): TraceError {
  return new TraceError(
    "corrupt",
    `cannot be read: its Arrow data ends at byte ${at}, and something else follows`,
  );
}
