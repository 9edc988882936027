// What a kernel answers to a filter, apart from what stands on a catalog: a command that only asks this starts sooner.

export type { KernelDialectName } from "./dialect.js";
export { applyEventFilter, type Entrance, type FilterAnswer, kernelEvent } from "./event-filter.js";
export { type Formats, isObject, readFormats } from "./formats.js";
export type { KernelEvent } from "./kernel-dialect.js";
