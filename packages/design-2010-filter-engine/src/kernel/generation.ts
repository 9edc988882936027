// In what the generations of the filter engine differ as far as one filter goes; in what they differ as to tasks, see
// task-v2.ts and task-shipped.ts.

import type { EventFormat } from "@gatehouse/core";
import type { DialectName } from "@gatehouse/ftrace";

export type Generation = {
  readonly dialect: DialectName;
  /** The longest text of a filter that a task can hand over whole. */
  readonly maxBytes: number;
  /** The buffer that a call's record is built in. */
  readonly recordBytes: number;
};

/** 11 May 2011. A string of 255 bytes fills the copy on the stack, and no NUL ends it. */
export const V2: Generation = { dialect: "2.6.39", maxBytes: 254, recordBytes: 64 };

/** June 2011 to the end of that year: the array, and what Ubuntu and ChromeOS carried. */
export const SHIPPED: Generation = { dialect: "2.6.39", maxBytes: 255, recordBytes: 64 };

export const CORRECTED: Generation = {
  dialect: "6.18",
  maxBytes: 255,
  recordBytes: Number.POSITIVE_INFINITY,
};

/** Whether evaluating a filter on such a call overruns the buffer: the kernel stops there, at BUG_ON. */
export function overruns({ recordBytes }: Generation, format: EventFormat): boolean {
  return recordSize(format) > recordBytes;
}

/** Header and arguments, such that a 32-bit length and the record together end on a multiple of 8. */
export function recordSize({ fields }: EventFormat): number {
  const end = fields.reduce((most, { offset, size }) => Math.max(most, offset + size), 16);
  return Math.ceil((end + 4) / 8) * 8 - 4;
}
