// Readers and writers of traces.

export type { Progress } from "./blocks.js";
export { TraceError, type TraceErrorCode } from "./error.js";
export { newReader, type TextFormat, type TraceFormat, traceFormats } from "./formats.js";
export { type OpenOptions, openTrace, type Trace } from "./open.js";
export { newStats, type ReaderOptions, type TraceReader, type TraceStats } from "./reader.js";
export { type SavedFormat, type SaveOptions, savedFormats, saveTrace } from "./save.js";
export { saveBytes } from "./save-bytes.js";
