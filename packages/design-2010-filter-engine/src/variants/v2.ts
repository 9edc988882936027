// The filter engine as it was posted: "[PATCH 3/5] v2" of 11 May 2011, 18 files, +1100 −21.

import { ABI, type Design, type PerTask, prctlSide } from "@gatehouse/core";
import { variant } from "../bench/variant.js";
import { V2 } from "../kernel/generation.js";
import type { FilterEngine } from "../kernel/program.js";
import { type Parts, v2Rules } from "../kernel/task-v2.js";
import { installV2 } from "../user/install.js";

const v2: Parts = {
  generation: V2,
  // No parentheses around the new text: `(fd == 0) && fd == 1 || fd == 2` lets 2 pass. And `(1) && …` does not parse.
  narrow: (old, wanted) => `(${old}) && ${wanted}`,
  // `is_compat_task() == !!flag` is true where they agree. And is_compat_task() is 2 for a call by `int 0x80`, not 1, so
  // the other path is never taken for a mismatch.
  isForeign: (set, entry, { compat }) =>
    compat === null ? set !== entry : (entry === ABI.int80 ? 2 : 0) === (set === ABI.int80 ? 1 : 0),
  // The flag is only looked at once a filter has failed: an execve that passes leaves it set, and nothing is enforced.
  endsOnExec: (passes) => !passes,
};

export const filterEngineV2: Design<PerTask<FilterEngine>> = variant(
  "v2",
  V2,
  prctlSide(v2Rules(v2), installV2),
);
