// The reader of our Arrow file: arrow-columns.ts says what is in it.

import {
  ABI,
  type Abi,
  type ByteString,
  type Catalog,
  type Chunk,
  FIRST_OTHER_EVENT,
  type Field,
  type U64,
} from "@gatehouse/core";
import type * as Arrow from "apache-arrow";
import {
  ArrowBatches,
  CATALOG_KEY,
  LOST_KEY,
  loadArrow,
  slotColumn,
  VERSION,
  VERSION_KEY,
} from "./arrow-columns.js";
import { checkColumn } from "./arrow-data.js";
import { ArrowMessages } from "./arrow-messages.js";
import { type Blocks, copies } from "./blocks.js";
import { bytesOfText } from "./byte-text.js";
import { TraceError } from "./error.js";
import type { ReaderOptions, TraceStats } from "./reader.js";
import { Rows } from "./rows.js";
import type { LiveTask } from "./task-table.js";

/** Files that were put together are one trace, as texts are. */
export async function* readArrow(blocks: Blocks, options: ReaderOptions): AsyncGenerator<Chunk> {
  const arrow = await loadArrow();
  const { catalog, stats } = options;
  let first: { readonly shape: Shape; readonly rows: Rows } | null = null;
  for await (const reader of decoded(arrow.RecordBatchReader.readAll(streamsOf(blocks, stats)))) {
    const shape = shapeOf(arrow, reader.schema, catalog);
    first ??= { shape, rows: new Rows(catalog, shape) };
    const { rows } = first;
    if (shape.slots !== first.shape.slots || shape.ip !== first.shape.ip)
      throw new TraceError("not-a-trace", "is several Arrow streams in one, and their columns differ");
    for await (const batch of decoded(reader)) {
      new Batch(batch, shape).read(rows, stats);
      stats.lostEvents += lostIn(batch);
      stats.tasks = rows.tasks.appeared;
      yield* rows.take();
    }
  }
  if (first !== null) yield* first.rows.end();
}

/** What Arrow's decoder throws is about the bytes. */
async function* decoded<T>(steps: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* steps;
  } catch (cause) {
    if (cause instanceof TraceError || !(cause instanceof Error) || "code" in cause) throw cause;
    throw new TraceError("corrupt", `cannot be read: its Arrow data is damaged: ${cause.message}`, { cause });
  }
}

/** The streams alone, of data that is whole and nothing else. */
async function* streamsOf(blocks: Blocks, stats: TraceStats): AsyncGenerator<Uint8Array> {
  const messages = new ArrowMessages();
  for await (const block of copies(blocks)) {
    stats.bytes += block.length;
    const bytes = messages.push(block);
    if (bytes.length > 0) yield bytes;
  }
  messages.end();
}

function lostIn({ metadata }: Arrow.RecordBatch): number {
  const text = metadata.get(LOST_KEY) ?? "0";
  if (!/^\d{1,15}$/.test(text)) throw misfit(`no number as \`${LOST_KEY}\``);
  return Number(text);
}

type Shape = { readonly slots: number; readonly ip: boolean };

function shapeOf(arrow: typeof Arrow, schema: Arrow.Schema, catalog: Catalog): Shape {
  const version = schema.metadata.get(VERSION_KEY);
  if (version !== VERSION)
    throw new TraceError(
      "not-a-trace",
      version === undefined
        ? `is an Arrow file of something else: its metadata has no \`${VERSION_KEY}\``
        : `is an Arrow trace of version \`${version}\`, and this gatehouse reads ${VERSION}`,
    );
  const written = schema.metadata.get(CATALOG_KEY);
  if (written !== catalog.title)
    throw new TraceError("not-a-trace", `has the events of \`${written}\`, not of ${catalog.title}`);
  const types = new Map(schema.fields.map(({ name, type }) => [name, String(type)]));
  const slots = Array.from({ length: 8 }, (_, slot) => slotColumn(slot)).findIndex(
    (name) => !types.has(name),
  );
  const shape = { slots: slots < 0 ? 8 : slots, ip: types.has("ip") };
  for (const { name, type } of new ArrowBatches(arrow, { catalog, ...shape }).schema.fields) {
    if (types.get(name) === String(type)) continue;
    throw new TraceError(
      "not-a-trace",
      `is not as gatehouse writes it: its column \`${name}\` is ${types.get(name) ?? "missing"}, not ${type}`,
    );
  }
  return shape;
}

/** A batch, whose columns are copied as far as a chunk has room; what tells who and which event goes row by row. */
class Batch {
  readonly #length: number;
  readonly #who: Readonly<Record<"pid" | "comm" | "parent" | "lineage", Arrow.Vector>>;
  readonly #texts: Readonly<Record<"strings" | "labels", Arrow.Vector>>;
  readonly #ids: Uint16Array;
  readonly #abis: readonly Abi[];
  readonly #slots: readonly Arrow.Vector[];
  readonly #ip: Arrow.Vector | null;

  constructor(batch: Arrow.RecordBatch, { slots, ip }: Shape) {
    const column = (name: string) => columnOf(batch, name);
    this.#length = batch.numRows;
    this.#who = {
      pid: column("pid"),
      comm: column("comm"),
      parent: column("parent"),
      lineage: column("lineage"),
    };
    this.#texts = { strings: column("strings"), labels: column("labels") };
    this.#ids = Uint16Array.from(column("id"), numberOf);
    this.#abis = abisOf(column("abi"));
    this.#slots = Array.from({ length: slots }, (_, slot) => column(slotColumn(slot)));
    this.#ip = ip ? column("ip") : null;
  }

  read(rows: Rows, stats: TraceStats): void {
    for (let from = 0; from < this.#length; ) {
      rows.turn();
      const { chunk } = rows;
      const start = chunk.length;
      const to = Math.min(this.#length, from + chunk.capacity - start);
      for (const [slot, vector] of this.#slots.entries()) {
        copy(vector, from, to, chunk.slots[slot], start);
        addKnown(vector, from, to, chunk.known, start, 1 << slot);
      }
      if (this.#ip !== null) copy(this.#ip, from, to, chunk.ip, start);
      for (; from < to; from++) this.#row(rows, from, stats);
    }
  }

  /** The row after the chunk's last, whose registers are there. */
  #row(rows: Rows, row: number, stats: TraceStats): void {
    rows.by(this.#task(rows, row));
    const { chunk } = rows;
    const at = chunk.length++;
    const id = this.#ids[row] ?? 0;
    chunk.task[at] = rows.taskIndex;
    chunk.event[at] = id;
    chunk.abi[at] = this.#abis[row] ?? 0;
    stats.lines++;
    if (id < FIRST_OTHER_EVENT) {
      stats.events++;
      return;
    }
    this.#readTexts(rows, row, at);
    if (chunk.at(at).format?.kind === "task") rows.grow(at);
    else stats.events++;
  }

  #task({ tasks }: Rows, row: number): LiveTask {
    const pid = numberOf(this.#who.pid.get(row));
    const comm = bytesIn(this.#who.comm.get(row));
    if (!this.#who.lineage.isValid(row)) return tasks.named(pid, comm);
    const parent = this.#who.parent.isValid(row) ? numberOf(this.#who.parent.get(row)) : null;
    return tasks.set(pid, parent, comm, listOf(this.#who.lineage.get(row)).map(bytesIn));
  }

  #readTexts(rows: Rows, row: number, at: number): void {
    const { strings, labels } = this.#texts;
    if (strings.isValid(row))
      putTexts(rows, at, "string", listOf(strings.get(row)), (text) => rows.string(bytesIn(text)));
    if (labels.isValid(row))
      putTexts(rows, at, "labels", listOf(labels.get(row)), (set) => rows.labels(listOf(set).map(textIn)));
  }
}

function putTexts(
  { chunk }: Rows,
  at: number,
  kind: Field["kind"],
  values: readonly unknown[],
  idOf: (value: unknown) => U64,
): void {
  const fields = chunk.at(at).format?.fields.filter((field) => field.kind === kind) ?? [];
  for (const [i, { slot }] of fields.entries()) {
    const value = values[i] ?? null;
    const words = chunk.slots[slot];
    if (value === null || words === undefined) continue;
    words[2 * at] = idOf(value).low;
    chunk.known[at] = (chunk.known[at] ?? 0) | (1 << slot);
  }
}

function columnOf(batch: Arrow.RecordBatch, name: string): Arrow.Vector {
  const vector = batch.getChild(name);
  const [data, ...others] = vector?.data ?? [];
  if (vector === null || data === undefined || others.length > 0)
    throw misfit(`a batch without a column \`${name}\``);
  try {
    checkColumn(data, batch.numRows);
  } catch (cause) {
    if (cause instanceof RangeError) throw misfit(`a column \`${name}\` that is damaged: ${cause.message}`);
    throw cause;
  }
  return vector;
}

/** A column's 64-bit words; what is not known is 0. */
function copy(
  vector: Arrow.Vector,
  from: number,
  to: number,
  words: Uint32Array | null | undefined,
  at: number,
): void {
  const values: unknown = vector.data[0]?.values;
  if (!(values instanceof BigUint64Array)) throw new RangeError("a column of words holds something else");
  words?.set(new Uint32Array(values.buffer, values.byteOffset + 8 * from, 2 * (to - from)), 2 * at);
  if (words && vector.nullCount > 0)
    for (let row = from; row < to; row++)
      if (!vector.isValid(row)) words.fill(0, 2 * (at + row - from), 2 * (at + row - from) + 2);
}

function addKnown(
  vector: Arrow.Vector,
  from: number,
  to: number,
  known: Uint8Array,
  at: number,
  bit: number,
): void {
  for (let row = from; row < to; row++)
    if (vector.nullCount === 0 || vector.isValid(row))
      known[at + row - from] = (known[at + row - from] ?? 0) | bit;
}

function misfit(what: string): TraceError {
  return new TraceError("corrupt", `cannot be read: its Arrow data has ${what}`);
}

function numberOf(value: unknown): number {
  if (typeof value !== "number") throw misfit("no number where one is needed");
  return value;
}

/** Each name is read once, however many rows have it. */
function abisOf({ data: [data] }: Arrow.Vector): readonly Abi[] {
  const known: Abi[] = [];
  return Array.from(data?.values ?? [], (index: number) => {
    known[index] ??= abiOf(data?.dictionary?.get(index));
    return known[index];
  });
}

function abiOf(name: unknown): Abi {
  if (name === "native" || name === "int80" || name === "x32") return ABI[name];
  throw misfit("an `abi` that is neither `native`, `int80` nor `x32`");
}

function textIn(value: unknown): string {
  if (typeof value !== "string") throw misfit("no text where some is needed");
  return value;
}

function bytesIn(value: unknown): ByteString {
  const bytes = bytesOfText(textIn(value));
  if (bytes === null) throw misfit("a backslash that begins no escape");
  return bytes;
}

function listOf(value: unknown): readonly unknown[] {
  if (!isIterable(value)) throw misfit("no list where one is needed");
  return [...value];
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
