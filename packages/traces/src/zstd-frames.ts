// Follows the frames of zstd data, to tell whether it ends where a frame does. Node unpacks data that was cut off without
// a word. The structure is RFC 8878's, section 3.1:
//
//   data     = { frame | skippable }
//   frame    = magic descriptor { byte }            window, dictionary and content size: as long as the descriptor says
//              { block } [ checksum ]
//   block    = 3 bytes: last (1 bit), type (2 bits), size (21 bits); then as many bytes, or one where it is repeated
//   skippable = magic size { byte }

const MAGIC = 0xfd2f_b528;
const SKIPPABLE = 0x184d_2a50;
const REPEATED = 1;
const DICTIONARY_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];

type Part = { readonly name: "magic" | "length" | "descriptor" | "block"; readonly bytes: number };

const START: Part = { name: "magic", bytes: 4 };
const LENGTH: Part = { name: "length", bytes: 4 };
const DESCRIPTOR: Part = { name: "descriptor", bytes: 1 };
const BLOCK: Part = { name: "block", bytes: 3 };

export class ZstdFrames {
  #part = START;
  /** The part's number as far as it was read, and how many bytes that is. */
  #value = 0;
  #length = 0;
  /** Bytes before the part. */
  #skip = 0;
  #hasChecksum = false;

  /** Whether the data could end here. Of data that is no zstd this says nothing. */
  get isWhole(): boolean {
    return this.#part === START && this.#length === 0 && this.#skip === 0;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const skipped = Math.min(this.#skip, bytes.length - at);
      this.#skip -= skipped;
      at += skipped;
      if (at === bytes.length) return;
      this.#value += (bytes[at++] ?? 0) * 2 ** (8 * this.#length++);
      if (this.#length === this.#part.bytes) this.#next();
    }
  }

  #next(): void {
    const value = this.#value;
    const { name } = this.#part;
    this.#value = 0;
    this.#length = 0;
    if (name === "magic") this.#part = value === MAGIC ? DESCRIPTOR : isSkippable(value) ? LENGTH : START;
    else if (name === "length") {
      this.#skip = value;
      this.#part = START;
    } else if (name === "descriptor") {
      this.#skip = headerBytes(value);
      this.#hasChecksum = (value & 4) !== 0;
      this.#part = BLOCK;
    } else {
      const isLast = (value & 1) === 1;
      this.#skip = ((value >>> 1) & 3) === REPEATED ? 1 : value >>> 3;
      if (isLast && this.#hasChecksum) this.#skip += 4;
      this.#part = isLast ? START : BLOCK;
    }
  }
}

function isSkippable(magic: number): boolean {
  return magic - (magic % 16) === SKIPPABLE;
}

/** What follows the descriptor, before the first block. */
function headerBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const contentSize = CONTENT_SIZE_BYTES[descriptor >>> 6] ?? 0;
  const window = isSingleSegment ? 0 : 1;
  return (
    window +
    (DICTIONARY_BYTES[descriptor & 3] ?? 0) +
    (isSingleSegment ? Math.max(contentSize, 1) : contentSize)
  );
}
