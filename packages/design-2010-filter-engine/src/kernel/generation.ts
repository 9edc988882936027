// In what the generations of the filter engine differ as far as one filter goes; in what they differ as to tasks, see
// task-v2.ts, task-array.ts, task-shipped.ts and task-corrected.ts.

import type { EventFormat } from "@gatehouse/core";
import type { DialectName } from "@gatehouse/ftrace";

export type Generation = {
  readonly dialect: DialectName;
  /** The longest text of a filter that a task can hand over whole. */
  readonly maxBytes: number;
  /** The buffer that a call's record is built in. */
  readonly recordBytes: number;
};

/** MAX_FILTER_STR_VAL, with the NUL that ends a text. */
export const MAX_FILTER_STR_VAL = 256;

/** 11 May 2011. A string of 255 bytes fills the copy on the stack, and no NUL ends it. */
export const V2: Generation = {
  dialect: "2.6.39",
  maxBytes: MAX_FILTER_STR_VAL - 2,
  recordBytes: 64,
};

/** What Ubuntu and ChromeOS carried at the end of 2011. */
export const SHIPPED: Generation = {
  dialect: "2.6.39",
  maxBytes: MAX_FILTER_STR_VAL - 1,
  recordBytes: 64,
};

/** June 2011: an array of filters behind an index table. One text is to it what it is to the shipped form. */
export const ARRAY: Generation = SHIPPED;

export const CORRECTED: Generation = {
  dialect: "6.18",
  maxBytes: MAX_FILTER_STR_VAL - 1,
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
