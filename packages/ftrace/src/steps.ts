// A filter's way for one event, for people: each predicate that its program visits, as the dialect writes it, and its
// value.

import {
  type Condition,
  type EventFormat,
  fromByteString,
  type Predicate,
  type Step,
  type TraceEvent,
} from "@gatehouse/core";
import type { DialectName } from "./dialect.js";
import { printFilter } from "./print.js";
import { program } from "./program.js";
import { run, visited } from "./run.js";

/** `condition`: one that was read from the dialect's text, so that its parts can be written in it. */
export function steps(
  condition: Condition,
  format: EventFormat,
  dialect: DialectName,
  event: TraceEvent,
): readonly Step[] {
  const whole = program(condition, format);
  return visited(whole, event)
    .flatMap((at) => whole.entries[at]?.predicate ?? [])
    .map((predicate) => ({
      text: textOf(predicate, format, dialect),
      value: run(program(predicate, format), event),
    }));
}

function textOf(predicate: Predicate, format: EventFormat, dialect: DialectName): string {
  const printed = printFilter(predicate, format, dialect);
  if (!printed.ok) throw new RangeError(printed.error.map(({ reason }) => reason).join("; "));
  return fromByteString(printed.value);
}
