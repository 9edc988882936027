// Looks through the metadata of an Arrow message before Arrow's own reader sees them: that reader takes every length and
// place as they stand, and a damaged one has it loop until memory ends. Metadata are a flatbuffer; which field of a table
// is what is in Arrow's format/Message.fbs and format/Schema.fbs:
//
//   table  = place of its vtable …               places are counted from the start of the metadata
//   vtable = its size, the table's size, where in the table each field is (0: the field is absent)
//   vector = count element …                     a string is a vector of bytes

import { viewOf } from "./scan.js";

/** More is no trace. */
const MAX_FIELDS = 1_000;
/** Keys and values of a schema and of its fields. */
const MAX_PAIRS = 1_000;

/** `Message.header`, by `Message.header_type`. */
const HEADER = { schema: 1, dictionary: 2, batch: 3 } as const;
/** A FieldNode, and a Buffer: two 64-bit numbers each. */
const PAIR_BYTES = 16;

/** How many bytes of a body follow the message. Throws a RangeError where the metadata do not make sense. */
export function bodyLengthOf(metadata: Uint8Array): number {
  const view = viewOf(metadata);
  const message = tableAt(view, at(view, 0));
  const body = message.long(3);
  const header = message.table(2);
  const left: Budget = { fields: MAX_FIELDS, pairs: MAX_PAIRS };
  checkPairs(message, 4, left);
  if (header === null) throw new RangeError("a message has no header");
  const kind = message.byte(1);
  if (kind === HEADER.schema) checkSchema(header, left);
  else if (kind === HEADER.batch) checkBatch(header, body);
  else if (kind === HEADER.dictionary) checkBatch(needed(header.table(1), "dictionary"), body);
  else throw new RangeError(`a message of kind ${kind} is no part of a table`);
  return body;
}

/** What is left of what a schema may have. */
type Budget = { fields: number; pairs: number };

function checkSchema(schema: Table, left: Budget): void {
  checkPairs(schema, 2, left);
  schema.vector(3, 8);
  for (const field of schema.tables(1)) checkField(field, left);
}

/** A field may be named by several vectors, so what counts is how often one is come by. */
function checkField(field: Table, left: Budget): void {
  if (--left.fields < 0) throw new RangeError(`a schema has more than ${MAX_FIELDS} columns`);
  field.vector(0, 1);
  const type = field.table(3);
  if (field.byte(2) === TIMESTAMP) type?.vector(1, 1);
  if (field.byte(2) === UNION) type?.vector(1, 4);
  field.table(4)?.table(1);
  checkPairs(field, 6, left);
  const { count } = field.vector(5, 4);
  if (LISTS.includes(field.byte(2)) && count !== 1) throw new RangeError("a list has no items");
  for (const child of field.tables(5)) checkField(child, left);
}

/** `Field.type_type` of the types that hold more than numbers; lists are those of a fixed length and maps, too. */
const TIMESTAMP = 10;
const UNION = 14;
const LISTS = [12, 16, 17, 21];

function checkPairs(table: Table, field: number, left: Budget): void {
  for (const pair of table.tables(field)) {
    if (--left.pairs < 0) throw new RangeError(`a schema has more than ${MAX_PAIRS} keys`);
    pair.vector(0, 1);
    pair.vector(1, 1);
  }
}

/** Of a batch the places that it names lie in its body, and no count is below zero. */
function checkBatch(batch: Table, body: number): void {
  batch.long(0);
  batch.table(3);
  batch.vector(4, 8);
  for (const [length, nulls] of batch.longPairs(1))
    if (nulls > length) throw new RangeError("a column has more nulls than rows");
  for (const [offset, length] of batch.longPairs(2))
    if (offset + length > body) throw new RangeError("a column lies outside its message");
}

function needed(table: Table | null, what: string): Table {
  if (table === null) throw new RangeError(`a ${what} is missing`);
  return table;
}

function tableAt(view: DataView, place: number): Table {
  return new Table(view, place);
}

/** The unsigned number there, as a place. */
function at(view: DataView, place: number): number {
  return place + view.getUint32(place, true);
}

/** DataView throws a RangeError for what lies outside. */
class Table {
  readonly #view: DataView;
  readonly #place: number;
  readonly #fields: number;
  readonly #count: number;

  constructor(view: DataView, place: number) {
    this.#view = view;
    this.#place = place;
    const vtable = place - view.getInt32(place, true);
    this.#count = (view.getUint16(vtable, true) - 4) >> 1;
    this.#fields = vtable + 4;
    if (this.#count > 0) view.getUint16(this.#fields + 2 * (this.#count - 1), true);
    const bytes = view.getUint16(vtable + 2, true);
    if (bytes > 0) view.getUint8(place + bytes - 1);
  }

  /** 0: absent. */
  #placeOf(field: number): number {
    if (field >= this.#count) return 0;
    const offset = this.#view.getUint16(this.#fields + 2 * field, true);
    return offset === 0 ? 0 : this.#place + offset;
  }

  byte(field: number): number {
    const place = this.#placeOf(field);
    return place === 0 ? 0 : this.#view.getUint8(place);
  }

  long(field: number): number {
    const place = this.#placeOf(field);
    return place === 0 ? 0 : longAt(this.#view, place);
  }

  table(field: number): Table | null {
    const place = this.#placeOf(field);
    return place === 0 ? null : new Table(this.#view, at(this.#view, place));
  }

  /** How many elements there are, and where; all of them lie in the metadata. */
  vector(field: number, bytes: number): { readonly count: number; readonly first: number } {
    const place = this.#placeOf(field);
    if (place === 0) return { count: 0, first: 0 };
    const vector = at(this.#view, place);
    const count = this.#view.getUint32(vector, true);
    const first = vector + 4;
    if (first + bytes * count > this.#view.byteLength) throw new RangeError("a list goes past its message");
    return { count, first };
  }

  *tables(field: number): Generator<Table> {
    const { count, first } = this.vector(field, 4);
    for (let i = 0; i < count; i++) yield new Table(this.#view, at(this.#view, first + 4 * i));
  }

  *longPairs(field: number): Generator<readonly [number, number]> {
    const { count, first } = this.vector(field, PAIR_BYTES);
    for (let i = 0; i < count; i++) {
      const place = first + PAIR_BYTES * i;
      yield [longAt(this.#view, place), longAt(this.#view, place + 8)];
    }
  }
}

/** A length or a count: 64 bits, of which a double must hold all. */
function longAt(view: DataView, place: number): number {
  const value = Number(view.getBigInt64(place, true));
  if (value < 0 || !Number.isSafeInteger(value)) throw new RangeError(`a length is ${value}`);
  return value;
}
