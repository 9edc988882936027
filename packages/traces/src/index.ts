// Readers of traces.

export { TraceError, type TraceErrorCode } from "./error.js";
export { type OpenOptions, openTrace, type Progress, type Trace } from "./open.js";
export { PerfScript } from "./perf-script.js";
export { newStats, type ReaderOptions, type TraceReader, type TraceStats } from "./reader.js";
export { Strace } from "./strace.js";
