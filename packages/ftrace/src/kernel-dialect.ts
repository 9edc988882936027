// Where the kernels differ: how each finds fields, trims and reads a text, what its filter file shows of one that it
// refused, and which form it gives to one that it took.

import type { ByteString, Result } from "@gatehouse/core";
import type { AddressRange, Comparison } from "./comparison.js";
import type { KernelDialectName } from "./dialect.js";
import type { Fields } from "./field-class.js";
import type { KernelDiagnostic } from "./kernel-errors.js";
import type { KernelFilter } from "./kernel-filter.js";
import type { RecordFormat } from "./record.js";

/** How many CPUs there are, and which functions at which addresses. */
export type Machine = {
  readonly cpus: number;
  readonly symbols: ReadonlyMap<string, AddressRange>;
};

/** An event of one kernel on one machine: what a filter is given to. */
export type KernelEvent = {
  readonly dialect: KernelDialectName;
  readonly fields: Fields;
  readonly machine: Machine;
};

/** A text that was accepted. */
export type ParsedFilter = {
  /** In the order written. */
  comparisons(): readonly Comparison[];
  /** What the kernel makes of it. */
  hold(): KernelFilter;
};

export type KernelDialect = {
  fieldsOf(format: RecordFormat): Fields;
  /** What a write leaves of its text. */
  trim(text: ByteString): ByteString;
  parse(text: ByteString, event: KernelEvent): Result<ParsedFilter, KernelDiagnostic>;
  /** Whether there is a log that says where. */
  readonly hasColumns: boolean;
  /** The filter file after a refusal, without its last newline. */
  refusedText(text: ByteString, refusal: KernelDiagnostic): ByteString;
};
