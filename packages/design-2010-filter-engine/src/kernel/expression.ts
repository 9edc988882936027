// A text in the hands of tracing's filter engine: whether it is taken, and whether it lets a call pass.

import type { ByteString, Cost, Kernel, Outcome, TraceEvent, Verdict } from "@gatehouse/core";
import { boundFilter } from "@gatehouse/ftrace";
import { tracedCall } from "./call-number.js";
import { type Generation, MAX_FILTER_STR_VAL, overruns } from "./generation.js";
import { WILDCARD } from "./program.js";

/** The text that a call will have, or why it will not. */
export type Wanted = Required<Cost> &
  ({ readonly ok: true; readonly text: ByteString } | { readonly ok: false; readonly errno: string });

/** Before the engine saw anything. */
export function unread(errno: string): Wanted {
  return { ok: false, errno, parses: 0 };
}

/** A wildcard needs no engine. */
export const ANY: Wanted = { ok: true, text: WILDCARD, parses: 0 };

/** The text is no wildcard: those never get here. */
export function readExpression(
  text: ByteString,
  nr: number,
  kernel: Kernel,
  { dialect }: Generation,
): Wanted {
  if (text.length >= MAX_FILTER_STR_VAL) return unread("E2BIG");
  const format = tracedCall(nr, kernel);
  if (format === null) return unread("ENOSYS");
  const isTaken = boundFilter(text, format, dialect) !== null;
  return isTaken ? { ok: true, text, parses: 1 } : { ok: false, errno: "EINVAL", parses: 1 };
}

/** What an entry says of a call; undefined: there is no entry. Neither a line nor a new state comes of it. */
export function judge(
  filter: ByteString | undefined,
  event: TraceEvent,
  kernel: Kernel,
  generation: Generation,
): Verdict | "unknown" | "bug" {
  if (filter === undefined || filter === WILDCARD) return filter === undefined ? "deny" : "allow";
  const format = kernel.catalog.byId(event.id);
  if (format === undefined) return "deny";
  if (overruns(generation, format)) return "bug";
  const match = boundFilter(filter, format, generation.dialect)?.run(event);
  if (match === undefined) throw new Error(`\`${filter}\` was installed and is no filter`);
  return match === "unknown" ? match : match ? "allow" : "deny";
}

/** The record does not fit into its buffer: BUG_ON, and no line. */
export const BUG: Outcome = { verdict: "deny", log: null, fault: "bug" };
