// A Trace is a sequence of chunks of rows. Columns lie as in Arrow, so that JavaScript, WebAssembly and C++ read the
// same memory: a bitmask touches one column, a filter the columns it names.

import { type ByteString, fromByteString } from "./bytes.js";
import {
  type Catalog,
  type EventFormat,
  type EventId,
  FIRST_OTHER_EVENT,
  nameByNumber,
  PID_SLOT,
} from "./catalog.js";
import type { U64 } from "./u64.js";

/** The most rows a chunk has: the unit of evaluation, of workers and of shards. */
export const CHUNK_ROWS = 65_536;

/** How a system call entered the kernel. The number means another call on another path. */
export const ABI = { native: 0, int80: 1, x32: 2 } as const;
export type Abi = (typeof ABI)[keyof typeof ABI];

/**
 * Who made a call: one kernel task between two changes of its name.
 * `lineage` holds every name that it and its ancestors have borne, so that "NAME and its descendants" is one look-up
 * and no ancestor need be kept in memory.
 */
export type Task = {
  readonly pid: number;
  /** The pid that forked it; null where the trace does not show that. */
  readonly parent: number | null;
  readonly comm: string;
  readonly lineage: ReadonlySet<string>;
};

/** The strings and label sets that slots of a trace name by id. It grows as the trace is read. */
export class Dictionary {
  readonly strings: ByteString[] = [];
  /** Each a sorted list of label names. */
  readonly labelSets: (readonly string[])[] = [];
  readonly #stringIds = new Map<ByteString, number>();
  readonly #labelIds = new Map<string, number>();

  string(text: ByteString): number {
    return idOf(this.#stringIds, this.strings, text, text);
  }

  labels(labels: readonly string[]): number {
    const sorted = [...new Set(labels)].sort();
    return idOf(this.#labelIds, this.labelSets, sorted.join("\0"), sorted);
  }
}

function idOf<T>(ids: Map<string, number>, values: T[], key: string, value: T): number {
  const known = ids.get(key);
  if (known !== undefined) return known;
  ids.set(key, values.length);
  return values.push(value) - 1;
}

export type ChunkShape = {
  readonly first?: number;
  /** At most `CHUNK_ROWS`. */
  readonly capacity?: number;
  /** Six for system calls, up to `SLOTS` where the catalog's other events need them. */
  readonly slots?: number;
  /** Bit k: slot k is a narrow one, for values of 32 bits at most. */
  readonly narrow?: number;
  readonly tasks?: Task[];
  readonly ip?: boolean;
  /** Columns that are there already, of `capacity` rows each: shared memory, or what another thread handed over. */
  readonly columns?: Columns;
};

/** Its columns, as they would be asked for. */
export type ColumnsShape = Pick<ChunkShape, "capacity" | "slots" | "narrow" | "ip">;

/** A chunk's memory, without what it means. */
export type Columns = Pick<Chunk, "task" | "event" | "abi" | "known" | "slots" | "narrow" | "ip">;

function newColumns({ capacity, slots, narrow, ip }: Required<ColumnsShape>): Columns {
  return {
    task: new Uint32Array(capacity),
    event: new Uint16Array(capacity),
    abi: new Uint8Array(capacity),
    known: new Uint8Array(capacity),
    slots: Array.from({ length: slots }, (_, k) => new Uint32Array(wordsIn(narrow, k) * capacity)),
    narrow,
    ip: ip ? new Uint32Array(2 * capacity) : null,
  };
}

/** `narrow`: of a chunk or its shape. */
export function isNarrow(narrow: number, slot: number): boolean {
  return ((narrow >>> slot) & 1) === 1;
}

/** Words a row. */
export function wordsIn(narrow: number, slot: number): 1 | 2 {
  return isNarrow(narrow, slot) ? 1 : 2;
}

/** Rows of a slot, two words each, for whoever reads no narrow ones: these are copied. Nothing where there is no slot. */
export function wideSlot({ slots, narrow }: Chunk, slot: number, from: number, rows: number): Uint32Array {
  const column = slots[slot] ?? NO_WORDS;
  if (!isNarrow(narrow, slot)) return column.subarray(2 * from, 2 * (from + rows));
  const wide = new Uint32Array(2 * rows);
  for (let i = 0; i < rows; i++) wide[2 * i] = column[from + i] ?? 0;
  return wide;
}

const NO_WORDS = new Uint32Array(0);

function refuseWide(values: readonly (U64 | undefined)[], narrow: number): void {
  for (const [k, value] of values.entries())
    if (isNarrow(narrow, k) && value !== undefined && value.high !== 0)
      throw new RangeError(`slot ${k} is narrow, and its value has more than 32 bits`);
}

export class Chunk {
  readonly catalog: Catalog;
  /** Shared by all chunks of a trace. */
  readonly dictionary: Dictionary;
  /** The number of its first row in the trace. */
  readonly first: number;
  readonly capacity: number;
  readonly tasks: Task[];
  length = 0;
  /** Index into `tasks`. */
  readonly task: Uint32Array;
  readonly event: Uint16Array;
  readonly abi: Uint8Array;
  /** Per row, bit k: slot k holds what the trace shows. A slot that is not known holds 0. */
  readonly known: Uint8Array;
  /**
   * The six registers, then two more: two 32-bit words a row, the low one at 2i, as in an Arrow `Uint64` buffer. Of a
   * narrow slot one word a row, as in a `Uint32` buffer: `narrow` says which are.
   */
  readonly slots: readonly Uint32Array[];
  /** Bit k: slot k has one word a row, and its high words are 0. Whoever fills rows in bulk sees to it that they are. */
  readonly narrow: number;
  /** The instruction pointer, as a slot; null where the trace has none. */
  readonly ip: Uint32Array | null;

  constructor(catalog: Catalog, dictionary: Dictionary, shape: ChunkShape = {}) {
    const { first = 0, capacity = CHUNK_ROWS, slots = 6, narrow = 0, tasks = [], ip = false } = shape;
    const { columns = newColumns({ capacity, slots, narrow, ip }) } = shape;
    this.catalog = catalog;
    this.dictionary = dictionary;
    this.first = first;
    this.capacity = capacity;
    this.tasks = tasks;
    this.task = columns.task;
    this.event = columns.event;
    this.abi = columns.abi;
    this.known = columns.known;
    this.slots = columns.slots;
    this.narrow = columns.narrow;
    this.ip = columns.ip;
  }

  /**
   * Appends a row and gives its index. `values[k]` undefined: slot k is not known. Throws a RangeError where the chunk is
   * full, or a value too large for a narrow slot.
   */
  push(task: number, event: EventId, abi: Abi, values: readonly (U64 | undefined)[]): number {
    if (this.length === this.capacity) throw new RangeError("the chunk is full");
    if (this.narrow !== 0) refuseWide(values, this.narrow);
    const row = this.length++;
    this.task[row] = task;
    this.event[row] = event;
    this.abi[row] = abi;
    let known = 0;
    for (const [k, slot] of this.slots.entries()) {
      const value = values[k];
      const at = wordsIn(this.narrow, k) * row;
      slot[at] = value?.low ?? 0;
      if (!isNarrow(this.narrow, k)) slot[at + 1] = value?.high ?? 0;
      if (value !== undefined) known |= 1 << k;
    }
    this.known[row] = known;
    return row;
  }

  at(row: number): TraceEvent {
    return new TraceEvent(this, row);
  }
}

/** One row of a chunk. A view: moving `row` makes it another event, which is how loops go without garbage. */
export class TraceEvent {
  readonly chunk: Chunk;
  row: number;

  constructor(chunk: Chunk, row: number) {
    this.chunk = chunk;
    this.row = row;
  }

  get id(): EventId {
    return this.chunk.event[this.row] ?? 0;
  }

  get abi(): number {
    return this.chunk.abi[this.row] ?? 0;
  }

  /** By the table of its entry path. Undefined for a number that this table does not have, or where the table is not known. */
  get format(): EventFormat | undefined {
    return this.#table?.byId(this.id);
  }

  get name(): string {
    return this.#table?.nameOf(this.id) ?? nameByNumber(this.id);
  }

  get #table(): Catalog | undefined {
    const { catalog } = this.chunk;
    const { abi } = this;
    if (this.id >= FIRST_OTHER_EVENT) return catalog; // no call, whatever its path
    return abi === ABI.native ? catalog : abi === ABI.int80 ? catalog.tables.int80 : catalog.tables.x32;
  }

  get task(): Task {
    const task = this.chunk.tasks[this.chunk.task[this.row] ?? 0];
    if (task === undefined) throw new RangeError("the row names a task that its chunk does not have");
    return task;
  }

  isKnown(slot: number): boolean {
    if (slot === PID_SLOT) return true;
    return (((this.chunk.known[this.row] ?? 0) >>> slot) & 1) === 1;
  }

  low(slot: number): number {
    if (slot === PID_SLOT) return this.task.pid >>> 0;
    const { slots, narrow } = this.chunk;
    return slots[slot]?.[wordsIn(narrow, slot) * this.row] ?? 0;
  }

  high(slot: number): number {
    if (slot === PID_SLOT) return this.task.pid < 0 ? 0xffff_ffff : 0;
    const { slots, narrow } = this.chunk;
    return isNarrow(narrow, slot) ? 0 : (slots[slot]?.[2 * this.row + 1] ?? 0);
  }

  value(slot: number): U64 {
    return { high: this.high(slot), low: this.low(slot) };
  }

  string(slot: number): ByteString {
    return this.chunk.dictionary.strings[this.low(slot)] ?? "";
  }

  labels(slot: number): readonly string[] {
    return this.chunk.dictionary.labelSets[this.low(slot)] ?? [];
  }

  /** `openat(dfd=0xffffff9c, flags=0x80000)`, for people; what the trace does not show is `?`. */
  toString(): string {
    const fields = this.format?.fields ?? [];
    const entry = this.abi === ABI.native ? "" : this.abi === ABI.int80 ? "int80:" : "x32:";
    return `${entry}${this.name}(${fields.map((field) => `${field.name}=${this.#show(field)}`).join(", ")})`;
  }

  #show({ slot, kind, signed }: EventFormat["fields"][number]): string {
    if (!this.isKnown(slot)) return "?";
    if (kind === "string") return JSON.stringify(fromByteString(this.string(slot)));
    if (kind === "labels") return `{${this.labels(slot).join(", ")}}`;
    const high = this.high(slot);
    if (high === 0 && this.low(slot) < 1024) return String(this.low(slot));
    if (signed && high >= 0x8000_0000) return String((high | 0) * 2 ** 32 + this.low(slot));
    return `0x${high === 0 ? "" : high.toString(16)}${this.low(slot)
      .toString(16)
      .padStart(high === 0 ? 0 : 8, "0")}`;
  }
}
