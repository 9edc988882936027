// A back-end: what a filter comes down to, as one WebAssembly module. Runs wherever WebAssembly does.

export type { Backend } from "@gatehouse/core";
