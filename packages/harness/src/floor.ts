// Floors that need no addon: the plainest loops that JavaScript has. One reads the column that everything reads and decides
// nothing; the other makes the smallest decision there is, one look-up by event id.

import type { EventId, Filter } from "@gatehouse/core";

export function readNumbers(): Pick<Filter, "evaluateAll"> {
  let seen = 0; // outlives the loop, so that nobody can take what is read for unused
  return {
    evaluateAll({ event, length }, rows, { allow, known }) {
      let all = seen;
      for (let row = 0; row < length; row++) all |= event[row] ?? 0;
      seen = all;
      allow.words.set(rows.words);
      known.words.set(rows.words);
    },
  };
}

const EVENT_IDS = 65_536;

export function bitTest(allowed: (event: EventId) => boolean): Pick<Filter, "evaluateAll"> {
  const table = Uint8Array.from({ length: EVENT_IDS }, (_, id) => Number(allowed(id)));
  return {
    evaluateAll({ event, length }, rows, { allow, known }) {
      for (let word = 0, row = 0; row < length; word++) {
        let bits = 0;
        for (let bit = 0; bit < 32 && row < length; bit++, row++)
          bits |= (table[event[row] ?? 0] ?? 0) << bit;
        allow.words[word] = bits & (rows.words[word] ?? 0);
      }
      known.words.set(rows.words);
    },
  };
}
