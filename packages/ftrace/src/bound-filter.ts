// A filter's text, ready to run. Tasks come and go with the same few texts, so each is read once per event and dialect.

import type { ByteString, EventFormat } from "@gatehouse/core";
import type { DialectName } from "./dialect.js";
import { parseFilter } from "./parse.js";
import { program } from "./program.js";
import { type BoundProgram, bind } from "./run.js";

type ByText = Map<ByteString, BoundProgram | null>;

const known: Readonly<Record<DialectName, WeakMap<EventFormat, ByText>>> = {
  "2.6.38": new WeakMap(),
  "2.6.39": new WeakMap(),
  "6.18": new WeakMap(),
  extended: new WeakMap(),
};

/** Null: the dialect does not take it. */
export function boundFilter(
  text: ByteString,
  format: EventFormat,
  dialect: DialectName,
): BoundProgram | null {
  const byText: ByText = known[dialect].get(format) ?? new Map();
  known[dialect].set(format, byText);
  const before = byText.get(text);
  if (before !== undefined) return before;
  const parsed = parseFilter(text, format, dialect);
  const made = parsed.ok ? bind(program(parsed.value, format)) : null;
  byText.set(text, made);
  return made;
}
