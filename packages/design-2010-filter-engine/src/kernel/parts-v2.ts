// The two sets of parts: the second version as it was posted, and the same with its bugs mended.

import { ABI } from "@gatehouse/core";
import { CORRECTED, V2 } from "./generation.js";
import { isExecve } from "./prctl.js";
import { WILDCARD } from "./program.js";
import type { Parts } from "./task-v2.js";

/** What is_compat_task() gives for a call by `int 0x80`: the raw bit of the thread's status. */
const TS_COMPAT = 2;
/** execve's number in the native table, which is all that the second version asks of an attempt to exec. */
const NATIVE_EXECVE = 59;

export const v2Parts: Parts = {
  generation: V2,
  // No parentheses around the new text: `(fd == 0) && fd == 1 || fd == 2` lets 2 pass. And `(1) && …` does not parse.
  narrow: (old, wanted) => `(${old}) && ${wanted}`,
  parsesAlone: false,
  refusesLong: false,
  // The old entry is taken out without being counted out.
  countNarrowed: (count) => count,
  takesTexts: () => true,
  // The same comparison of 0 or 2 with 0 or 1 as below: a call by `int 0x80` is never of the set's own side.
  isOwnSide: (set, entry) => set === ABI.native && entry === ABI.native,
  // `is_compat_task() == !!flag` is taken for a mismatch, and is true where both agree on the native side. The other path
  // is never taken for a mismatch, since 2 is not 1.
  isForeign: (set, entry, { compat }) =>
    compat === null ? set !== entry : (entry === ABI.int80 ? TS_COMPAT : 0) === (set === ABI.int80 ? 1 : 0),
  // The flag is only looked at once a filter has failed: an execve that passes leaves it set, and nothing is enforced.
  endsOnExec: (nr, _abi, passes) => nr === NATIVE_EXECVE && !passes,
  isAlwaysBuilt: true,
};

export const correctedParts: Parts = {
  generation: CORRECTED,
  narrow: (old, wanted) => (old === WILDCARD ? wanted : `(${old}) && (${wanted})`),
  parsesAlone: true,
  refusesLong: true,
  countNarrowed: (count) => count - 1,
  takesTexts: (entry) => entry === ABI.native,
  isOwnSide: (set, entry) => set === entry,
  isForeign: (set, entry) => set !== entry,
  endsOnExec: (nr, abi, _passes, kernel) => isExecve(nr, abi, kernel),
  isAlwaysBuilt: false,
};
