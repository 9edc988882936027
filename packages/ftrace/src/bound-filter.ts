// A filter's text, ready to run. Tasks come and go with the same few texts, so each is read once per event and dialect.

import type { ByteString, EventFormat } from "@gatehouse/core";
import type { DialectName } from "./dialect.js";
import type { Header } from "./kernel-condition.js";
import { parseFilter } from "./parse.js";
import { perfRecord } from "./perf-record.js";
import { program } from "./program.js";
import { type BoundProgram, bind } from "./run.js";

type ByText = Map<ByteString, BoundProgram | null>;

const known: Readonly<Record<Header, Record<DialectName, WeakMap<EventFormat, ByText>>>> = {
  zeroed: none(),
  perf: none(),
  unseen: none(),
};

function none(): Record<DialectName, WeakMap<EventFormat, ByText>> {
  return { "2.6.38": new WeakMap(), "2.6.39": new WeakMap(), "6.18": new WeakMap(), extended: new WeakMap() };
}

/** Null: the dialect does not take it. `header`: what the common fields of its records hold. */
export function boundFilter(
  text: ByteString,
  format: EventFormat,
  dialect: DialectName,
  header: Header = "unseen",
): BoundProgram | null {
  const formats = known[header][dialect];
  const byText: ByText = formats.get(format) ?? new Map();
  formats.set(format, byText);
  const before = byText.get(text);
  if (before !== undefined) return before;
  const parsed = parseFilter(text, format, dialect, undefined, header);
  const record = header === "perf" ? perfRecord(format, dialect) : format;
  const made = parsed.ok ? bind(program(parsed.value, record)) : null;
  byText.set(text, made);
  return made;
}
