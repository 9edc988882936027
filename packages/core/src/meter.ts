// What an evaluation reads, told by the code that decides: a filter that is loaded with a meter evaluates as any other and
// tells the meter what it reads of its program; what it reads of the event is seen in the columns. So a figure cannot say
// anything else than what was read.

import { type Chunk, TraceEvent } from "./chunk.js";
import type { Touched } from "./design.js";

export class Meter {
  #predicates = 0;
  #bytes = 0;
  /** Columns of the event that have been read; each counts once. */
  #seen = 0;
  #view: { readonly of: Chunk; readonly metered: Chunk } | null = null;

  /** Bytes of the program, or of what leads to it. */
  read(bytes: number): void {
    this.#bytes += bytes;
  }

  /** A predicate that was asked, of so many bytes. */
  predicate(bytes: number): void {
    this.#predicates++;
    this.#bytes += bytes;
  }

  /** What one evaluation of the event reads. */
  measure(evaluate: (event: TraceEvent) => unknown, { chunk, row }: TraceEvent): Touched {
    this.#predicates = 0;
    this.#bytes = 0;
    this.#seen = 0;
    if (this.#view?.of !== chunk) this.#view = { of: chunk, metered: this.#watch(chunk) };
    evaluate(new TraceEvent(this.#view.metered, row));
    return { predicates: this.#predicates, bytes: this.#bytes };
  }

  /** The chunk, with columns that tell when they are read. */
  #watch(chunk: Chunk): Chunk {
    const slots: Uint32Array[] = [];
    for (const [slot, words] of chunk.slots.entries())
      Object.defineProperty(slots, slot, { get: () => this.#column(SLOT_COLUMN + slot, SLOT_BYTES, words) });
    const metered: Chunk = Object.create(chunk, {
      event: { get: () => this.#column(EVENT_COLUMN, chunk.event.BYTES_PER_ELEMENT, chunk.event) },
      abi: { get: () => this.#column(ABI_COLUMN, chunk.abi.BYTES_PER_ELEMENT, chunk.abi) },
      slots: { value: slots },
    });
    return metered;
  }

  #column<T>(column: number, bytes: number, words: T): T {
    if (((this.#seen >>> column) & 1) === 0) this.#bytes += bytes;
    this.#seen |= 1 << column;
    return words;
  }
}

const EVENT_COLUMN = 0;
const ABI_COLUMN = 1;
const SLOT_COLUMN = 2;
/** A register, however narrow its column is kept. */
const SLOT_BYTES = 8;
