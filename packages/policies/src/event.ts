// One event, as people type it and as reports show it.
//
//   openat(dfd=AT_FDCWD, flags=O_CREAT|O_WRONLY)
//   int80:read(0, count=4096)
//   file_open(label={tmp_t}, uid=0, filename="/tmp/x")
//
//   event    = [ entry ":" ] name "(" [ argument { "," argument } ] ")" ;
//   entry    = "int80" | "x32" ;                         how the call came in, and whose table its name is of; the native
//                                                        way has no name
//   name     = word ;                                    `syscall_470` is a number that the table may not have
//   argument = [ field "=" ] value ;                     without a field: the one in that place
//   value    = number { "|" number } | string | labels | "?" ;
//   number   = [ "-" ] digits | "0x" hex | "0" octal | constant ;
//   string   = '"' { character | JSON escape } '"' ;
//   labels   = "{" [ label { "," label } ] "}" ;
//
// A field that is left out, or is `?`, is not known. A number is stored as its field holds it: a system-call argument
// is a whole register, so `-100` is 0xffffffffffffff9c there, and a constant with two forms (`AT_FDCWD`) takes the
// first, 0xffffff9c, which is what a C library passes.

import { constants, nearest, nearestWord } from "@gatehouse/catalog";
import {
  ABI,
  type Abi,
  type Catalog,
  type Dictionary,
  type EventFormat,
  type EventId,
  type Field,
  fail,
  NO_SUCH_CALL,
  type Result,
  succeed,
  toBigInt,
  toByteString,
  type U64,
  u64,
  unreachable,
} from "@gatehouse/core";
import { Scanner, show, suggest, type Word } from "./scanner.js";

export type ParsedEvent = {
  readonly event: EventId;
  readonly abi: Abi;
  /** By slot, as `Chunk.push` takes them. */
  readonly values: readonly (U64 | undefined)[];
};

/** Strings and label sets are added to `dictionary`. */
export function parseEvent(text: string, catalog: Catalog, dictionary: Dictionary): Result<ParsedEvent> {
  const scanner = new Scanner(text.trimEnd());
  const parsed = readEvent(scanner, catalog, dictionary);
  return parsed === null ? fail(scanner.errors) : succeed(parsed);
}

const NAME = /[A-Za-z0-9_]+/y;
const ENTRY = /(?:int80|x32)(?=:)/y;
const FIELD = /[A-Za-z_][A-Za-z0-9_]*(?=\s*=)/y;
const NUMBER = /-?[A-Za-z0-9_]+/y;
const LABEL = /[^ \t\r\v\f\n,{}]+/y;

function readEvent(scanner: Scanner, catalog: Catalog, dictionary: Dictionary): ParsedEvent | null {
  const entry = scanner.take(ENTRY)?.text;
  if (entry !== undefined) scanner.skip(":");
  const name = scanner.take(NAME);
  if (name === null) return scanner.report(scanner.here, "an event is missing", "`openat(dfd=AT_FDCWD)`");
  const path = entry === "int80" || entry === "x32" ? entry : "native";
  // Where the path's table is not known, its calls go by the only names that are.
  const named = eventNamed(scanner, name, path === "native" ? catalog : (catalog.tables[path] ?? catalog));
  if (named === null) return null;
  const values = readArguments(scanner, named, dictionary);
  if (values === null) return null;
  if (!scanner.atEnd()) return scanner.report(scanner.rest(), "the event should end here");
  return { event: named.id, abi: ABI[path], values };
}

type Named = Pick<EventFormat, "id" | "name" | "fields">;

/** The six registers of a call without a table entry, named as audit names them. */
const REGISTERS = Array.from(
  { length: 6 },
  (_, slot): Field => ({
    name: `a${slot}`,
    type: "unsigned long",
    kind: "number",
    slot,
    offset: 16 + 8 * slot,
    size: 8,
    signed: false,
  }),
);

function eventNamed(scanner: Scanner, name: Word, catalog: Catalog): Named | null {
  const number = /^syscall_([0-9]+)$/.exec(name.text)?.[1];
  const id = number === undefined ? null : Math.min(Number(number), NO_SUCH_CALL);
  const format = id === null ? catalog.byName(name.text) : catalog.byId(id);
  if (format?.kind === "task")
    return scanner.report(name, `${show(name.text)} builds the task tree and is not judged`);
  if (format !== undefined) return format;
  if (id !== null) return { id, name: name.text, fields: REGISTERS };
  if (name.text === "no_such_call") return { id: NO_SUCH_CALL, name: name.text, fields: REGISTERS };
  const near = suggest(nearest(catalog, name.text));
  return scanner.report(name, `${catalog.title} has no event ${show(name.text)}`, near);
}

function readArguments(scanner: Scanner, event: Named, dictionary: Dictionary): (U64 | undefined)[] | null {
  if (!scanner.skip("(")) return scanner.report(scanner.here, `\`(\` should follow ${show(event.name)}`);
  const values: (U64 | undefined)[] = [];
  const given = new Set<Field>();
  if (scanner.skip(")")) return values;
  for (let place = 0; ; place++) {
    const word = scanner.take(FIELD);
    const field = word === null ? fieldAt(scanner, event, place) : fieldNamed(scanner, event, word);
    if (field === null) return null;
    if (given.has(field)) return scanner.report(word ?? scanner.here, `\`${field.name}\` is given twice`);
    given.add(field);
    if (word !== null) scanner.skip("=");
    if (!scanner.skip("?")) {
      const value = readValue(scanner, field, dictionary);
      if (value === null) return null;
      values[field.slot] = value;
    }
    // Slots that were skipped become `undefined`, where the array had holes.
    if (scanner.skip(")")) return Array.from(values);
    if (!scanner.skip(",")) return scanner.report(scanner.here, "`,` or `)` should stand here");
  }
}

function fieldAt(scanner: Scanner, { name, fields }: Named, place: number): Field | null {
  scanner.skipBlanks();
  const field = fields.find(({ slot }) => slot === place);
  return field ?? scanner.report(scanner.here, `${show(name)} has no argument ${place + 1}`);
}

function fieldNamed(scanner: Scanner, { name, fields }: Named, word: Word): Field | null {
  const names = fields.map((field) => field.name);
  const field = fields[names.indexOf(word.text)];
  const message = `${show(name)} has no field ${show(word.text)}, only ${names.join(", ") || "none"}`;
  return field ?? scanner.report(word, message, suggest(nearestWord(word.text, names)));
}

function readValue(scanner: Scanner, field: Field, dictionary: Dictionary): U64 | null {
  switch (field.kind) {
    case "number":
      return readNumber(scanner, field);
    case "string": {
      const text = scanner.quoted();
      if (text === null)
        return scanner.report(scanner.here, `\`${field.name}\` is a string`, "put it in quotes");
      return u64(dictionary.string(toByteString(text.text)));
    }
    case "labels": {
      const labels = readLabels(scanner, field);
      return labels === null ? null : u64(dictionary.labels(labels));
    }
    default:
      return unreachable(field.kind);
  }
}

function readLabels(scanner: Scanner, field: Field): string[] | null {
  if (!scanner.skip("{"))
    return scanner.report(scanner.here, `\`${field.name}\` is a set of labels`, "`{tmp_t, etc_t}`");
  const labels: string[] = [];
  if (scanner.skip("}")) return labels;
  for (;;) {
    const label = scanner.take(LABEL);
    if (label === null) return scanner.report(scanner.here, "a label is missing");
    labels.push(label.text);
    if (scanner.skip("}")) return labels;
    if (!scanner.skip(",")) return scanner.report(scanner.here, "`,` or `}` should stand here");
  }
}

function readNumber(scanner: Scanner, field: Field): U64 | null {
  let value = 0n;
  do {
    const term = readTerm(scanner, field);
    if (term === null) return null;
    value |= term;
  } while (scanner.skip("|"));
  return u64(field.signed ? BigInt.asIntN(8 * field.size, value) : BigInt.asUintN(8 * field.size, value));
}

function readTerm(scanner: Scanner, { name, size }: Field): bigint | null {
  const word = scanner.take(NUMBER);
  if (word === null) {
    const text = scanner.quoted();
    if (text !== null)
      return scanner.report(
        text,
        `\`${name}\` is a number`,
        "what a pointer points to, the register does not hold",
      );
    return scanner.report(scanner.here, `the value of \`${name}\` is missing`);
  }
  const value = numberOf(word.text);
  if (value === null) {
    const near = nearestWord(word.text, constants.keys());
    return scanner.report(word, `${show(word.text)} is no number and no constant`, suggest(near));
  }
  const bits = BigInt(8 * size);
  if (value < -(1n << (bits - 1n)) || value >= 1n << bits)
    return scanner.report(word, `\`${name}\` has ${bits} bits, ${show(word.text)} needs more`);
  return value;
}

function numberOf(text: string): bigint | null {
  const digits = /^(-?)(?:0[xX]([0-9a-fA-F]{1,40})|0([0-7]{1,40})|(0|[1-9][0-9]{0,40}))$/.exec(text);
  if (digits !== null) {
    const [, sign, hex, octal, decimal] = digits;
    const value = BigInt(
      hex !== undefined ? `0x${hex}` : octal !== undefined ? `0o${octal}` : (decimal ?? "0"),
    );
    return sign === "-" ? -value : value;
  }
  const [value] = constants.get(text)?.values ?? [];
  return value === undefined ? null : toBigInt(value);
}
