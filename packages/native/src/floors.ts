// Floors: what the plainest fast code costs for one job, written by hand in cpp/core/floors.cc over the same columns and
// into the same bitmaps as a back-end. They are no back-ends, since each knows one job alone; what they share with a
// filter is how they are asked, so that whoever measures one measures the other in the same way.

import {
  Bitset,
  type Chunk,
  type EventId,
  type Filter,
  isNarrow,
  type Result,
  succeed,
} from "@gatehouse/core";
import { openAddon } from "./addon.js";

export type Floor = Pick<Filter, "evaluateAll">;

/** Of a chunk whose registers are all known: a floor does not ask. */
export type Floors = {
  /** The compiler, and which of the versions that it made runs here: `12.2.0, x86-64-v4`. */
  readonly build: string;
  /** A bit for each event id. */
  bitTest(allowed: (event: EventId) => boolean): Floor;
  /** The same with a byte for each. */
  lookUp(allowed: (event: EventId) => boolean): Floor;
  /** `(fd == 1 || fd == 2) && (flags & 0x40) != 0 && mode < 0777`, of rows that are all of one kind. */
  fourPredicates(slots: { readonly fd: number; readonly flags: number; readonly mode: number }): Floor;
  /** Docker's default profile, x86-64, with the capabilities that a container has by default. */
  dockerDefault(): Floor;
  /** Reads the columns that a filter over these slots reads, decides nothing and allows everything. */
  read(slots: readonly number[]): Floor;
};

/** What cpp/addon/floors.cc exports. */
export type FloorCalls = {
  readonly build: string;
  bitTest(
    event: Uint16Array,
    allowed: Uint32Array,
    length: number,
    rows: Uint32Array,
    allow: Uint32Array,
  ): void;
  lookUp(
    event: Uint16Array,
    allowed: Uint8Array,
    length: number,
    rows: Uint32Array,
    allow: Uint32Array,
  ): void;
  fourPredicates(
    fd: Uint32Array,
    flags: Uint32Array,
    mode: Uint32Array,
    length: number,
    rows: Uint32Array,
    allow: Uint32Array,
  ): void;
  dockerDefault(
    event: Uint16Array,
    abi: Uint8Array,
    slot0: Uint32Array,
    length: number,
    rows: Uint32Array,
    allow: Uint32Array,
  ): void;
  read(event: Uint16Array, abi: Uint8Array, known: Uint8Array, ...slots: readonly Uint32Array[]): boolean;
};

const EVENT_IDS = 65_536;

/** The floors; where the addon is not there the reason. */
export function openFloors(): Result<Floors, string> {
  const addon = openAddon();
  return addon.ok ? succeed(floorsOf(addon.value.floors)) : addon;
}

function floorsOf(calls: FloorCalls): Floors {
  return {
    build: calls.build,
    bitTest(allowed) {
      const mask = new Bitset(EVENT_IDS);
      for (let id = 0; id < EVENT_IDS; id++) if (allowed(id)) mask.add(id);
      return floor(({ event, length }, rows, allow) => calls.bitTest(event, mask.words, length, rows, allow));
    },
    lookUp(allowed) {
      const table = Uint8Array.from({ length: EVENT_IDS }, (_, id) => Number(allowed(id)));
      return floor(({ event, length }, rows, allow) => calls.lookUp(event, table, length, rows, allow));
    },
    fourPredicates: ({ fd, flags, mode }) =>
      floor((chunk, rows, allow) =>
        calls.fourPredicates(
          slot(chunk, fd),
          slot(chunk, flags),
          slot(chunk, mode),
          chunk.length,
          rows,
          allow,
        ),
      ),
    dockerDefault: () =>
      floor((chunk, rows, allow) =>
        calls.dockerDefault(chunk.event, chunk.abi, slot(chunk, 0), chunk.length, rows, allow),
      ),
    read: (slots) =>
      floor((chunk, rows, allow) => {
        const { event, abi, known, length } = chunk;
        const columns = slots.map((each) => upTo(slot(chunk, each), 2 * length));
        calls.read(upTo(event, length), upTo(abi, length), upTo(known, length), ...columns);
        allow.set(rows);
      }),
  };
}

/** A floor answers which rows are allowed, and every answer is known. */
function floor(run: (chunk: Chunk, rows: Uint32Array, allow: Uint32Array) => void): Floor {
  return {
    evaluateAll(chunk, rows, { allow, known }) {
      run(chunk, rows.words, allow.words);
      known.words.set(rows.words);
    },
  };
}

/** The column itself where it is no longer: to cut it takes more than to read it. */
function upTo<T extends Uint8Array | Uint16Array | Uint32Array>(column: T, length: number): T;
function upTo(column: Uint8Array | Uint16Array | Uint32Array, length: number) {
  return column.length === length ? column : column.subarray(0, length);
}

/** Floors are over wide columns. */
function slot({ slots, narrow }: Chunk, number: number): Uint32Array {
  const column = slots[number];
  if (column === undefined || isNarrow(narrow, number))
    throw new RangeError(`the chunk has no wide slot ${number}`);
  return column;
}
