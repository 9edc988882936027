// Readers of traces.

export { TraceError, type TraceErrorCode } from "./error.js";
export { type OpenOptions, openTrace, type Progress, type Trace } from "./open.js";
export { MAX_LINE, MAX_STRING_BYTES, PerfScript } from "./perf-script.js";
export {
  newStats,
  type ReaderOptions,
  type TraceReader,
  type TraceStats,
  type UnreadableLine,
} from "./reader.js";
export { MAX_LINEAGE, MAX_LIVE_TASKS } from "./task-table.js";
