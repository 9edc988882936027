// A trace into a file of one of our own formats.

import type { Catalog, Chunk } from "@gatehouse/core";
import { writeArrow } from "./arrow-writer.js";
import { writeJsonLines } from "./json-lines-writer.js";
import { saveBytes } from "./save-bytes.js";

/** What traces are written as. */
export const savedFormats = ["jsonl", "arrow"] as const;
export type SavedFormat = (typeof savedFormats)[number];

export type SaveOptions = {
  readonly format: SavedFormat;
  /** Of the chunks; also of a trace that has none. */
  readonly catalog: Catalog;
  /** Asked when the last chunk was written: how many events the trace itself says are missing. */
  readonly lostEvents?: () => number;
  /** What stops it. Nothing is left then. */
  readonly signal?: AbortSignal;
};

/** As `saveBytes`. */
export async function saveTrace(
  chunks: AsyncIterable<Chunk>,
  path: string,
  { format, catalog, signal, lostEvents = () => 0 }: SaveOptions,
): Promise<void> {
  const bytes =
    format === "arrow" ? writeArrow(chunks, catalog, lostEvents) : writeJsonLines(chunks, lostEvents);
  await saveBytes(bytes, path, signal);
}
