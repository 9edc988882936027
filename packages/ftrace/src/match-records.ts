// One filter over a set of records: what it answers for each, or why it is refused.

import type { ByteString } from "@gatehouse/core";
import { applyEventFilter } from "./event-filter.js";
import { type EventRecord, eventRecord } from "./record.js";
import { bytesOfHex, type RecordSet } from "./record-set.js";

/** `match`: one `0` or `1` a record. */
export type Matches = { readonly match: string } | { readonly errno: number; readonly msg: string | null };

/** As perf takes a filter: nothing is trimmed, and `0` is none. */
export function matchRecords(filter: ByteString, { event, records }: RecordSet): Matches {
  const { errno, refusal, filter: parsed } = applyEventFilter(filter, event, "perf");
  if (parsed === null) return { errno, msg: refusal === null ? null : (refusal.reason ?? "Error") };
  const held = parsed.hold();
  const digits = new Uint8Array(records.length).fill(ZERO);
  for (const [k, record] of records.entries()) if (held.matches(record)) digits[k] = ONE;
  return { match: ascii.decode(digits) };
}

const [ZERO, ONE] = [0x30, 0x31];
const ascii = new TextDecoder();

/** The set with other bytes in its field: those of all records in hex, one after the other. Null: they do not fit. */
export function withRaw(set: RecordSet, hex: unknown): RecordSet | null {
  const { records, field } = set;
  const raw = bytesOfHex(hex);
  if (field === null || raw === null || raw.length !== records.length * field.size) return null;
  const { offset, size } = field;
  const replace = (record: EventRecord, k: number): EventRecord => {
    const bytes = record.bytes.slice();
    bytes.set(raw.subarray(k * size, (k + 1) * size), offset);
    return eventRecord(bytes, record);
  };
  return { ...set, records: records.map(replace) };
}
