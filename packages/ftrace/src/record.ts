// An event's record as the kernel writes it, and what a filter may ask for beside it.
//
//   events/*/format      field:int dfd;  offset:16;  size:8;  signed:0;
//   record               [ common fields | fields, each at its offset | bytes that `__data_loc` fields point at ]

/** A line of an event's format file. */
export type RecordField = {
  readonly name: string;
  /** The declared type, as the kernel prints it. */
  readonly type: string;
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
  /** One of the fields that every record begins with. */
  readonly common?: boolean;
};

export type RecordFormat = {
  readonly name: string;
  /** The number that every record begins with, its `common_type`. */
  readonly id?: number;
  readonly fields: readonly RecordField[];
};

/** What stands behind a pointer. Null: it cannot be read. The bytes end where a NUL or the page does. */
export type Memory = {
  user(address: bigint): Uint8Array | null;
  kernel(address: bigint): Uint8Array | null;
};

export const NO_MEMORY: Memory = { user: () => null, kernel: () => null };

export type EventRecord = {
  readonly bytes: Uint8Array;
  /** The same bytes, for numbers. */
  readonly view: DataView;
  /** The CPU that the event happened on. */
  readonly cpu: number;
  /** The task's name: 16 bytes. */
  readonly comm: Uint8Array;
  readonly memory: Memory;
};

export const COMM_BYTES = 16;

/** What is not in the record itself. */
export type Circumstances = Partial<Pick<EventRecord, "cpu" | "comm" | "memory">>;

export function eventRecord(bytes: Uint8Array, around: Circumstances = {}): EventRecord {
  const { cpu = 0, comm = new Uint8Array(COMM_BYTES), memory = NO_MEMORY } = around;
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), cpu, comm, memory };
}
