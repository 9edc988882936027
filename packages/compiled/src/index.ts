// A back-end: what a filter comes down to, as one WebAssembly module. Runs wherever WebAssembly does.

export { compiledBackend } from "./backend.js";
