// The writer of our Arrow file: arrow-columns.ts says what is in it.

import type { Catalog, Chunk } from "@gatehouse/core";
import type { AsyncByteQueue } from "apache-arrow";
import { ArrowBatches, LOST_KEY, loadArrow } from "./arrow-columns.js";

/**
 * The bytes of a file with the rows of `chunks`, all of one trace and so of one shape. `lostEvents` is asked at its end; where
 * there are some, an empty batch has the number.
 */
export async function* writeArrow(
  chunks: AsyncIterable<Chunk>,
  catalog: Catalog,
  lostEvents: () => number = () => 0,
): AsyncGenerator<Uint8Array> {
  const arrow = await loadArrow();
  const sink = new (sinkClass(arrow.AsyncByteQueue))();
  const writer = new arrow.RecordBatchStreamWriter();
  let batches: ArrowBatches | null = null;
  for await (const chunk of chunks) {
    if (batches === null) {
      batches = new ArrowBatches(arrow, { catalog, slots: chunk.slots.length, ip: chunk.ip !== null });
      writer.reset(sink, batches.schema);
    }
    writer.write(batches.of(chunk));
    yield* sink.take();
  }
  if (batches === null) {
    batches = new ArrowBatches(arrow, { catalog, slots: 6, ip: false });
    writer.reset(sink, batches.schema);
  }
  const lost = lostEvents();
  if (lost > 0) writer.write(batches.empty(new Map([[LOST_KEY, String(lost)]])));
  writer.finish();
  yield* sink.take();
}

/** Where the writer puts what it has written; it is taken from there before more is written. */
function sinkClass(Queue: typeof AsyncByteQueue) {
  return class extends Queue {
    take(): readonly Uint8Array[] {
      const values = this._values;
      this._values = [];
      return values;
    }
  };
}
