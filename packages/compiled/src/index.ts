// A back-end: what a filter comes down to, as one WebAssembly module. Runs wherever WebAssembly does.

export { compiledBackend } from "./backend.js";
export { MAX_COLUMN_BYTES } from "./layout.js";
