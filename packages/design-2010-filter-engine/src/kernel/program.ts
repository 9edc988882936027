// What a task handed to the kernel: a filter string per system call, `1` for every argument. From patch 3/5 v2 of
// 11 May 2011; `name: filter` is how minijail0 kept it in files (2011), the prctl form how programs called it.

import type { ByteString } from "@gatehouse/core";

/** The filter that bypasses the engine: the call is allowed. */
export const WILDCARD = "1";

export type FilterEngine = {
  /** Sorted by number; a call without an entry is refused. */
  readonly filters: readonly { readonly nr: number; readonly filter: ByteString }[];
};
