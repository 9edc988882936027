// The filter language, by dialect: text to conditions and back, and the program that the kernel makes of it.

export { boundFilter } from "./bound-filter.js";
export type {
  AddressRange,
  Comparison,
  CpuList,
  Operand,
  Operator,
} from "./comparison.js";
export { type DialectName, type KernelDialectName, MAX_FILTER_BYTES, MAX_NESTING } from "./dialect.js";
export { applyEventFilter, type Entrance, type FilterAnswer, kernelEvent } from "./event-filter.js";
export { type FieldClass, type KernelField, recordFormatOf } from "./field-class.js";
export { type Formats, isObject, readFormats } from "./formats.js";
export { type Refused, withHint } from "./hints.js";
export type { KernelEvent, Machine, ParsedFilter } from "./kernel-dialect.js";
export {
  isKernelDiagnostic,
  KERNEL_ERRORS,
  KERNEL_ERRORS_2011,
  type KernelDiagnostic,
  type KernelErrorCode,
  type KernelErrorCode2011,
} from "./kernel-errors.js";
export type {
  BranchEntry,
  BranchProgram,
  KernelFilter,
  KernelProgram,
  PostfixProgram,
  PostfixStep,
  TreeEntry,
  TreeProgram,
  Walk,
} from "./kernel-filter.js";
export { type Matches, matchRecords, withRaw } from "./match-records.js";
export { parseFilter } from "./parse.js";
export { perfRecord } from "./perf-record.js";
export { printFilter, type Unsayable } from "./print.js";
export { type Entry, type FilterProgram, program } from "./program.js";
export {
  type Circumstances,
  COMM_BYTES,
  type EventRecord,
  eventRecord,
  type Memory,
  NO_MEMORY,
  type RecordField,
  type RecordFormat,
} from "./record.js";
export { isBytes, type RecordSet, readRecordSet } from "./record-set.js";
export { type BoundProgram, bind, run, visited } from "./run.js";
export { steps } from "./steps.js";
export { surprises } from "./surprises.js";
export { type RecordValues, writeRecord } from "./write-record.js";
