// Ingo Molnar's sketch of 7 May 2009: another upload is ANDed with what is there.

import type { Design, PerTask } from "@gatehouse/core";
import { type Nesting, variant } from "../bench/variant.js";
import type { Bitmask } from "../kernel/program.js";

/** The sketch: what is not in both maps is not in the result, and nobody is told. */
const and: Nesting = (old, wanted) => {
  const length = Math.min(old.length, wanted.length);
  const words = new Uint32Array((length + 31) >>> 5);
  for (let i = 0; i < words.length; i++) words[i] = (old.words[i] ?? 0) & (wanted.words[i] ?? 0);
  return { length, words };
};

export const bitmaskAnd: Design<PerTask<Bitmask>> = variant("and", and, {
  mark: "as described",
  origin: { by: "Ingo Molnar", date: "7 May 2009" },
  patch: null,
});
