// The bitmask, 2009: one bit per system call. Sketched by Ingo Molnar on 7 May 2009 (a child's map is ANDed with its
// parent's) and sent as a patch by Adam Langley in the same month. See docs/2009.md.

export type { Bitmask } from "./kernel/program.js";
export { bitmaskAnd } from "./variants/and.js";
export { bitmaskSubset } from "./variants/subset.js";
