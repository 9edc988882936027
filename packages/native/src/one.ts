// One event at a time, without a crossing: the words that the addon was given, read in JavaScript.

import { applyRules, type Lowered, sectionSet, type TraceEvent, type Verdict } from "@gatehouse/core";
import { BRANCH, CODE, type Encoded, TARGET, TEST } from "./encode.js";
import type { IdTable } from "./tables.js";

export function evaluateOne(
  { sections, programs }: Lowered,
  encoded: Encoded,
  tables: readonly IdTable[],
): (event: TraceEvent) => Verdict | "unknown" {
  const { words, events, codes } = encoded;
  const otherEntries = programs.map(({ otherEntry }) => otherEntry);

  return (event) => {
    const set = sections.length === 0 ? 0 : sectionSet(sections, event.task);
    const { chunk, row } = event;
    const otherEntry = otherEntries[set] ?? null;
    if (otherEntry !== null && chunk.abi[row] !== 0) return otherEntry;
    const code = codes[set * events + Math.min(chunk.event[row] ?? 0, events - 1)];
    if (code === CODE.deny) return "deny";
    if (code === CODE.allow) return "allow";
    const rules = programs[set];
    const start = encoded.programs[(code ?? CODE.none) - CODE.firstProgram];
    if (rules === undefined || start === undefined)
      throw new RangeError("a program is missing for a set of sections");

    const known = chunk.known[row] ?? 0;
    for (let at = start; ; ) {
      const slot = words[at + BRANCH.slot] ?? 0;
      // From here on there are two ways.
      if (((known >>> slot) & 1) === 0) return applyRules(rules, event);
      const target = words[at + (holds(at, event, slot) ? BRANCH.whenTrue : BRANCH.whenFalse)];
      if (target === TARGET.allow) return "allow";
      if (target === TARGET.deny) return "deny";
      at = start + (target ?? 0) * BRANCH.words;
    }
  };

  function holds(at: number, { chunk, row }: TraceEvent, slot: number): boolean {
    const column = chunk.slots[slot];
    const low = column?.[2 * row] ?? 0;
    const high = column?.[2 * row + 1] ?? 0;
    const valueLow = words[at + BRANCH.low] ?? 0;
    const valueHigh = words[at + BRANCH.high] ?? 0;
    switch (words[at]) {
      case TEST.masked:
        return (
          (low & (words[at + BRANCH.maskLow] ?? 0)) === (valueLow | 0) &&
          (high & (words[at + BRANCH.maskHigh] ?? 0)) === (valueHigh | 0)
        );
      case TEST.below:
        return high === valueHigh ? low < valueLow : high < valueHigh;
      case TEST.belowSigned:
        return high === valueHigh ? low < valueLow : (high | 0) < (valueHigh | 0);
      default: {
        const table = tables[valueLow];
        table?.update(chunk.dictionary);
        return table?.holds(low) ?? false;
      }
    }
  }
}
