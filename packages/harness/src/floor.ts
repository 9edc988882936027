// A floor that needs no addon: the plainest loop that JavaScript has for a decision, one look-up by event id.

import type { EventId, Filter } from "@gatehouse/core";

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
