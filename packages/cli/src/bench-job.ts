// What `gatehouse bench` tells a contestant's process, and asks of it.

import type { Fails, Policy } from "@gatehouse/core";
import type { TraceFormat } from "@gatehouse/traces";

/** What a contestant is told. The policy is plain data and comes along; the trace is read again. */
export type BenchJob = {
  /** A floor, or a design with a back-end. */
  readonly contestant: string;
  /** The same design without a back-end. */
  readonly reference: string;
  readonly policy: Policy;
  readonly trace: string;
  readonly format: TraceFormat | null;
  readonly task: string | null;
  readonly catalog: string;
  readonly fails: Fails;
};

/** What is asked for a sample of an empty chunk instead of one of events. */
export const PER_CHUNK = 1;
