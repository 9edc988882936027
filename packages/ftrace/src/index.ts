// The filter language, by dialect: text to conditions and back, and the program that the kernel makes of it.

export { type DialectName, MAX_FILTER_BYTES, MAX_NESTING } from "./dialect.js";
export {
  isKernelDiagnostic,
  KERNEL_ERRORS,
  type KernelDiagnostic,
  type KernelErrorCode,
} from "./kernel-errors.js";
export { parseFilter } from "./parse.js";
export { printFilter, type Unsayable } from "./print.js";
export { type Entry, type FilterProgram, program } from "./program.js";
export { type BoundProgram, bind, run, visited } from "./run.js";
export { steps } from "./steps.js";
