// A back-end in C++, and the patches' own data structures.

export { type Addon, openAddon } from "./addon.js";
export { nativeBackend } from "./backend.js";
export { nativeBpf } from "./faithful/bpf-backend.js";
export {
  type Counts,
  type FaithfulDesign,
  type FaithfulFilter,
  type FaithfulOptions,
  faithful,
} from "./faithful/faithful.js";
export { type Counted, type Needs, type SeccompFilters, seccompFilters } from "./faithful/seccomp-filters.js";
export type { Structure } from "./faithful/structures.js";
export { type Floor, type Floors, openFloors } from "./floors.js";
