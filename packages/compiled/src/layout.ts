// Where things lie in the memory that a back-end's modules share, and what the numbers in it stand for.

import { SLOTS } from "@gatehouse/core";

/** Rows of a block. Measured: shorter ones pay for the calls, and longer ones gain nothing. */
export const BLOCK = 4096;

/** Tests of strings and label sets that one program may have. */
export const MAX_LOOKUPS = 128;

/** Ids that a row can name: it has 16 bits for it. */
export const EVENT_IDS = 65_536;

/** What an event's rows need: a constant answer, the plain reading, or the program whose number comes on top. */
export const CLASS = { deny: 0, allow: 1, plain: 2, program: 3 } as const;

/** How many classes a filter may have: the three constants, and so many programs. */
export const MAX_CLASSES = 1024;

/**
 * Memory for the columns of chunks that callers keep here: nine full ones of system calls. It is there from the start,
 * as memory that grows takes all views on it away, and that which does not is shared and so not to be had on most pages.
 * Pages of it that nobody writes to cost addresses alone.
 */
export const MAX_COLUMN_BYTES = 2 ** 25;

/** What a column takes more than its rows, or the same row of all columns would compete for one place in the cache. */
const CACHE_LINE = 64;

const COLUMN_BYTES = 8 * BLOCK + CACHE_LINE;
const ROW_BITS = BLOCK / 8;

export const AT = (() => {
  let end = 0;
  // Each at the start of a cache line.
  const place = (bytes: number) => {
    const at = end;
    end += Math.ceil(bytes / CACHE_LINE) * CACHE_LINE;
    return at;
  };
  return {
    /** 16 bits a row. */
    event: place(2 * BLOCK),
    /** 8 bits a row. */
    abi: place(BLOCK),
    known: place(BLOCK),
    /** One bit a row: the answers of a program; and in `second` whether they are known. */
    allow: place(ROW_BITS),
    second: place(ROW_BITS),
    /** What `sort` writes: one bit a row for a constant allow, and for those that no constant answers. */
    constant: place(ROW_BITS),
    left: place(ROW_BITS),
    /** One bit a row: those that are asked about, and of them those that `pick` picked. */
    asked: place(ROW_BITS),
    picked: place(ROW_BITS),
    /** 16 bits a row and 32 a class: each row's class, and how many rows each has. */
    classes: place(2 * BLOCK),
    counts: place(4 * MAX_CLASSES),
    /** 16 bits an event id: its class. */
    table: place(2 * EVENT_IDS),
    /** 32 bits a slot: the address of its column. */
    bases: place(4 * SLOTS),
    columns: place(SLOTS * COLUMN_BYTES),
    answers: place(MAX_LOOKUPS * BLOCK),
    arena: place(MAX_COLUMN_BYTES),
    end,
  };
})();

/** Where the column of a slot is staged. */
export const columnAt = (slot: number): number => AT.columns + slot * COLUMN_BYTES;

/** Where the address of the column that is to be judged stands. */
export const baseAt = (slot: number): number => AT.bases + 4 * slot;

/** One byte a row, 0 or 255: what a test of a dictionary's ids says. */
export const answersAt = (lookup: number): number => AT.answers + lookup * BLOCK;

/** Of 64 KiB. */
export const PAGES = Math.ceil(AT.end / 65_536);

/** What `scan` answers, over the bits of `known` that every row has. */
export const SCANNED = { mixed: 0x100, foreign: 0x200 } as const;
