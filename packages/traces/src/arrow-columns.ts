// Our Arrow file: an Arrow IPC stream with a batch a chunk, which Arrow's own readers (pandas, DuckDB, polars) take as it
// is. A row of a trace is a row of the table:
//
//   pid, comm        who; `parent` where it is known
//   lineage          on the first row of a task, and of each other state that it takes: every name that it and its
//                    ancestors have borne, the oldest first; else null
//   kind             syscall, other, or task: fork, exec and exit, from which the tree of tasks can be built
//   event, id        the event's name and its number; no name where the number is of another table than the catalog's
//   abi              native, int80 or x32: how a call entered
//   ip               the instruction pointer, where the trace has them
//   arg0 … arg5      the six registers, whole; null: not known. slot6, slot7 where the catalog's events need them.
//   strings, labels  the values of the event's fields that are no numbers, in their order; their slots are null
//
// Events that the trace itself says are missing are counted by the metadata of a batch without rows, at the end. The schema's
// metadata names the version of this shape and the catalog. A byte of a string that is no UTF-8 is `\xNN`.

import {
  ABI,
  type Catalog,
  Chunk,
  Dictionary,
  type EventFormat,
  type Field,
  wideSlot,
} from "@gatehouse/core";
import type * as Arrow from "apache-arrow";
import { textOf } from "./byte-text.js";
import { ToldTasks } from "./task-notes.js";

export const VERSION_KEY = "gatehouse.trace";
export const VERSION = "1";
export const CATALOG_KEY = "gatehouse.catalog";
/** Of a batch: how many events the trace itself says are missing. */
export const LOST_KEY = "gatehouse.lost";
export const ABI_NAMES = Object.keys(ABI);
const KIND_NAMES: readonly EventFormat["kind"][] = ["syscall", "other", "task"];
const REGISTERS = 6;

/** Loaded when it is used. */
export function loadArrow(): Promise<typeof Arrow> {
  return import("apache-arrow");
}

export function slotColumn(slot: number): string {
  return slot < REGISTERS ? `arg${slot}` : `slot${slot}`;
}

export type BatchShape = { readonly catalog: Catalog; readonly slots: number; readonly ip: boolean };

/** Makes batches of chunks that all have the same shape. */
export class ArrowBatches {
  readonly schema: Arrow.Schema;
  readonly #arrow: typeof Arrow;
  readonly #types: Types;
  readonly #shape: BatchShape;
  readonly #told = new ToldTasks();
  /** Where each event stands in the dictionary of names; -1: nowhere. */
  readonly #eventIndex: Int16Array;
  readonly #eventNames: Arrow.Vector<Arrow.Utf8>;
  readonly #kindNames: Arrow.Vector<Arrow.Utf8>;
  readonly #abiNames: Arrow.Vector<Arrow.Utf8>;

  constructor(arrow: typeof Arrow, shape: BatchShape) {
    const { formats, title } = shape.catalog;
    this.#arrow = arrow;
    this.#shape = shape;
    this.#types = typesOf(arrow);
    this.#eventIndex = new Int16Array(0x1_0000).fill(-1);
    for (const [index, { id }] of formats.entries()) this.#eventIndex[id] = index;
    this.#eventNames = new arrow.Vector([this.#text(formats.map(({ name }) => name))]);
    this.#kindNames = new arrow.Vector([this.#text(KIND_NAMES)]);
    this.#abiNames = new arrow.Vector([this.#text(ABI_NAMES)]);
    const metadata = new Map([
      [VERSION_KEY, VERSION],
      [CATALOG_KEY, title],
    ]);
    this.schema = new arrow.Schema(fieldsOf(arrow, this.#types, shape), metadata);
  }

  empty(metadata: Map<string, string>): Arrow.RecordBatch {
    const { catalog, slots, ip } = this.#shape;
    const none = this.of(new Chunk(catalog, new Dictionary(), { first: 0, slots, ip }));
    return new this.#arrow.RecordBatch(this.schema, none.data, metadata);
  }

  of(chunk: Chunk): Arrow.RecordBatch {
    const { makeData, RecordBatch, Struct } = this.#arrow;
    const children = [...this.#whoColumns(chunk), ...this.#whatColumns(chunk), ...this.#valueColumns(chunk)];
    const type = new Struct(this.schema.fields);
    return new RecordBatch(this.schema, makeData({ type, length: chunk.length, nullCount: 0, children }));
  }

  #whoColumns(chunk: Chunk): Arrow.Data[] {
    const { makeData } = this.#arrow;
    const { int32 } = this.#types;
    const { tasks } = chunk;
    const comms = tasks.map(({ comm }) => textOf(comm));
    const index = chunk.task.subarray(0, chunk.length);
    const parents = Int32Array.from(index, (task) => tasks[task]?.parent ?? -1);
    return [
      makeData({ type: int32, data: Int32Array.from(index, (task) => tasks[task]?.pid ?? 0) }),
      this.#text(Array.from(index, (task) => comms[task] ?? "")),
      makeData({ type: int32, data: parents, ...validity(chunk.length, (row) => (parents[row] ?? -1) >= 0) }),
      this.#texts(this.#lineages(chunk)),
    ];
  }

  /** Null where the reader knows the task by its pid. */
  #lineages(chunk: Chunk): (string[] | null)[] {
    const event = chunk.at(0);
    return Array.from({ length: chunk.length }, (_, row) => {
      event.row = row;
      const lineage = this.#told.isNew(event.task) ? [...event.task.lineage].map(textOf) : null;
      this.#told.pass(event);
      return lineage;
    });
  }

  #whatColumns({ catalog, event, abi, length }: Chunk): Arrow.Data[] {
    const { makeData } = this.#arrow;
    const { names, kinds, abis, uint16 } = this.#types;
    const ids = event.subarray(0, length);
    const index = Int16Array.from(ids, (id, row) =>
      abi[row] === ABI.int80 ? -1 : (this.#eventIndex[id] ?? -1),
    );
    const kindOf = (id: number) => KIND_NAMES.indexOf(catalog.byId(id)?.kind ?? "syscall");
    return [
      makeData({ type: kinds, data: Int8Array.from(ids, kindOf), dictionary: this.#kindNames }),
      makeData({
        type: names,
        data: index,
        dictionary: this.#eventNames,
        ...validity(length, (row) => (index[row] ?? -1) >= 0),
      }),
      makeData({ type: uint16, data: ids }),
      makeData({ type: abis, data: Int8Array.from(abi.subarray(0, length)), dictionary: this.#abiNames }),
    ];
  }

  #valueColumns(chunk: Chunk): Arrow.Data[] {
    const { slots, ip, known, event, length } = chunk;
    const isText = textSlots(chunk.catalog);
    const columns = slots.map((_, slot) =>
      this.#wide(wideSlot(chunk, slot, 0, length), length, (row) => {
        const numbers = (known[row] ?? 0) & ~(isText[event[row] ?? 0] ?? 0);
        return ((numbers >>> slot) & 1) === 1;
      }),
    );
    if (this.#shape.ip) {
      const words = ip ?? new Uint32Array(2 * length);
      columns.unshift(this.#wide(words, length, (row) => words[2 * row] !== 0 || words[2 * row + 1] !== 0));
    }
    const at = chunk.at(0);
    const rows = Array.from({ length }, (_, row) => row);
    const values = <T>(row: number, kind: Field["kind"], read: (slot: number) => T): (T | null)[] | null => {
      at.row = row;
      const fields = at.format?.fields.filter((field) => field.kind === kind) ?? [];
      return fields.length === 0 ? null : fields.map(({ slot }) => (at.isKnown(slot) ? read(slot) : null));
    };
    return [
      ...columns,
      this.#texts(rows.map((row) => values(row, "string", (slot) => textOf(at.string(slot))))),
      this.#textLists(rows.map((row) => values(row, "labels", (slot) => at.labels(slot)))),
    ];
  }

  #wide(words: Uint32Array, length: number, isKnown: (row: number) => boolean): Arrow.Data {
    const data = new BigUint64Array(words.buffer, words.byteOffset, length);
    return this.#arrow.makeData({ type: this.#types.uint64, data, ...validity(length, isKnown) });
  }

  #text(values: readonly (string | null)[]): Arrow.Data<Arrow.Utf8> {
    const bytes = Buffer.from(values.join(""));
    const valueOffsets = offsetsOf(values, (value) => (value === null ? 0 : Buffer.byteLength(value)));
    const known = validity(values.length, (row) => values[row] !== null);
    return this.#arrow.makeData({ type: this.#types.utf8, valueOffsets, data: bytes, ...known });
  }

  #texts(values: readonly (readonly (string | null)[] | null)[]): Arrow.Data<Arrow.List<Arrow.Utf8>> {
    return this.#arrow.makeData({
      type: this.#types.texts,
      valueOffsets: offsetsOf(values, (value) => value?.length ?? 0),
      child: this.#text(values.flatMap((value) => value ?? [])),
      ...validity(values.length, (row) => values[row] !== null),
    });
  }

  #textLists(values: readonly (readonly (readonly string[] | null)[] | null)[]): Arrow.Data {
    return this.#arrow.makeData({
      type: this.#types.textLists,
      valueOffsets: offsetsOf(values, (value) => value?.length ?? 0),
      child: this.#texts(values.flatMap((value) => value ?? [])),
      ...validity(values.length, (row) => values[row] !== null),
    });
  }
}

type Types = ReturnType<typeof typesOf>;

function typesOf({ Dictionary, Field, Int8, Int16, Int32, List, Uint16, Uint64, Utf8 }: typeof Arrow) {
  const utf8 = new Utf8();
  const texts = new List(new Field("item", utf8, true));
  return {
    utf8,
    texts,
    textLists: new List(new Field("item", texts, true)),
    int32: new Int32(),
    uint16: new Uint16(),
    uint64: new Uint64(),
    // Signed indices: pandas takes no others.
    names: new Dictionary(utf8, new Int16()),
    kinds: new Dictionary(utf8, new Int8()),
    abis: new Dictionary(utf8, new Int8()),
  };
}

function fieldsOf({ Field }: typeof Arrow, types: Types, { slots, ip }: BatchShape): Arrow.Field[] {
  const slotFields = Array.from(
    { length: slots },
    (_, slot) => new Field(slotColumn(slot), types.uint64, true),
  );
  return [
    new Field("pid", types.int32, false),
    new Field("comm", types.utf8, false),
    new Field("parent", types.int32, true),
    new Field("lineage", types.texts, true),
    new Field("kind", types.kinds, false),
    new Field("event", types.names, true),
    new Field("id", types.uint16, false),
    new Field("abi", types.abis, false),
    ...(ip ? [new Field("ip", types.uint64, true)] : []),
    ...slotFields,
    new Field("strings", types.texts, true),
    new Field("labels", types.textLists, true),
  ];
}

/** By event, bit k: its slot k holds no number. */
function textSlots({ formats }: Catalog): Uint8Array {
  const slots = new Uint8Array(0x1_0000);
  for (const { id, fields } of formats)
    for (const { kind, slot } of fields) if (kind !== "number") slots[id] = (slots[id] ?? 0) | (1 << slot);
  return slots;
}

function offsetsOf<T>(values: readonly T[], lengthOf: (value: T) => number): Int32Array {
  const offsets = new Int32Array(values.length + 1);
  for (const [i, value] of values.entries()) offsets[i + 1] = (offsets[i] ?? 0) + lengthOf(value);
  return offsets;
}

/** A bit a row, the lowest first. */
function validity(
  length: number,
  isKnown: (row: number) => boolean,
): { nullBitmap: Uint8Array; nullCount: number } {
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  let nullCount = length;
  for (let row = 0; row < length; row++) {
    if (!isKnown(row)) continue;
    nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) | (1 << (row & 7));
    nullCount--;
  }
  return { nullBitmap, nullCount };
}
