// Judges so many events that no memory holds them, one chunk at a time: each is filled anew, judged, and forgotten. Prints
// what an event took and how much memory the process had. A process of its own.
//
//   node back-ends-stream.js CONTESTANT EVENTS

import assert from "node:assert/strict";
import { Bitset, CHUNK_ROWS, newVerdicts } from "@gatehouse/core";
import { filterOf } from "./back-ends-bulk.js";
import { CASES, emptyChunk, generator, policyOf, proveCase } from "./back-ends-cases.js";

export type Streamed = { readonly nsPerEvent: number; readonly peakKiB: number };

/** Chunks that are judged and not timed: until then V8 compiles. */
const WARM_UP = 512;

const [, , contestant = "", events = ""] = process.argv;
const name = "four predicates";
proveCase(name);
const { fill, allows } = CASES[name];
const filter = filterOf(contestant, policyOf(name));
const chunk = emptyChunk(name, CHUNK_ROWS);
const rows = Bitset.ones(CHUNK_ROWS);
const verdicts = newVerdicts(CHUNK_ROWS);
const random = generator(1);
let milliseconds = 0;
let judged = 0;
for (let chunks = 0; judged < Number(events); chunks++) {
  for (let row = 0; row < CHUNK_ROWS; row++) fill(chunk, row, random);
  verdicts.allow.clear();
  verdicts.known.clear();
  const start = performance.now();
  filter.evaluateAll(chunk, rows, verdicts);
  if (chunks >= WARM_UP) {
    milliseconds += performance.now() - start;
    judged += CHUNK_ROWS;
  }
  // Of the whole first chunk, and of some row of every other.
  for (let row = chunks % 97; row < CHUNK_ROWS; row += chunks === 0 ? 1 : 4099)
    assert.equal(verdicts.allow.get(row), allows(chunk, row), `${contestant}: ${chunk.at(row)}`);
  assert.equal(verdicts.known.count(), CHUNK_ROWS);
}
const streamed: Streamed = {
  nsPerEvent: (milliseconds * 1e6) / judged,
  peakKiB: process.resourceUsage().maxRSS,
};
process.stdout.write(JSON.stringify(streamed));
