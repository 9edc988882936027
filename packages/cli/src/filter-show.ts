// `gatehouse filter show`: one filter as a kernel holds it, or why that kernel refuses it; and its way for one record.
// An answer is an answer: a filter that is refused is no error of the command.

import { catalogs, errnos, nearestWord } from "@gatehouse/catalog";
import { type ByteString, type Diagnostic, type EventFormat, toByteString } from "@gatehouse/core";
import {
  applyEventFilter,
  type DialectName,
  type EventRecord,
  type KernelDialectName,
  type KernelEvent,
  type KernelFilter,
  kernelEvent,
  type Machine,
  type ParsedFilter,
  parseFilter,
  printFilter,
  type RecordFormat,
  recordFormatOf,
  surprises,
  type Walk,
  withHint,
} from "@gatehouse/ftrace";
import { Failure } from "./failure.js";
import { readFormatsFile } from "./filter-lines.js";
import { recordFrom } from "./filter-show-record.js";
import { asData, showFilter } from "./filter-show-text.js";
import { colours, print, printJson } from "./terminal.js";
import { printable } from "./text.js";

export type ShowOptions = {
  readonly event: string;
  readonly dialect: DialectName;
  readonly formats?: string;
  readonly record?: string;
  readonly json?: boolean;
};

/** What is known of one filter. */
export type ShownFilter = {
  readonly filter: ByteString;
  readonly event: string;
  readonly dialect: DialectName;
  /** What was read, which is what positions are in: `filter`, or its words in 6.18. */
  readonly text: ByteString;
  /** Null where it is accepted. */
  readonly refusal: Refusal | null;
  /** What 6.18 cannot say of a filter in extended. */
  readonly losses: readonly string[];
  readonly surprises: readonly Diagnostic[];
  /** Null: there is none. */
  readonly held: KernelFilter | null;
  readonly walk: Walk | null;
  readonly record: string | null;
};

export type Refusal = {
  /** The kernel's; null in extended, which is ours. */
  readonly errno: string | null;
  readonly msg: string | null;
  readonly column: number | null;
  readonly diagnostic: Diagnostic;
};

export async function showOne(filter: string, options: ShowOptions): Promise<void> {
  const kernel = options.dialect === "extended" ? "6.18" : options.dialect;
  const { name, format, row, machine } = await findEvent(options, kernel);
  const written = toByteString(filter);
  const event = kernelEvent(kernel, format, machine);
  const record = options.record === undefined ? null : recordFrom(options.record, format, event);
  const asked = { filter: written, event: name, dialect: options.dialect, record: options.record ?? null };
  const answered =
    options.dialect === "extended"
      ? askExtended(written, row, event, record)
      : askKernel(written, event, record);
  const shown: ShownFilter = { ...asked, ...answered };
  if (options.json) printJson(asData(shown));
  else print(showFilter(shown, colours));
}

type Found = {
  readonly name: string;
  readonly format: RecordFormat;
  /** What `extended` is read against: there is one for a catalog's events. */
  readonly row: EventFormat | null;
  readonly machine: Machine;
};

/** Without a file of formats there are no functions to name, and as many CPUs as a mask of one word has. */
const NO_MACHINE: Machine = { cpus: 64, symbols: new Map() };

async function findEvent({ event, formats }: ShowOptions, dialect: KernelDialectName): Promise<Found> {
  if (formats !== undefined) {
    const { machine, events } = await readFormatsFile(formats);
    const name = [...events.keys()].find((each) => each === event || each.endsWith(`/${event}`));
    const format = events.get(name ?? event);
    if (format === undefined) throw noEvent(event, formats, events.keys());
    return { name: format.name, format, row: null, machine };
  }
  const catalog = catalogs[dialect.startsWith("2.6") ? "2.6.39-x86_64" : "6.18-x86_64"];
  if (catalog === undefined) throw new Error(`there is no catalog for ${dialect}`);
  const row = catalog.byName(event.replace(/^\w+\//, ""));
  if (row === undefined) {
    throw noEvent(
      event,
      catalog.title,
      catalog.formats.flatMap(({ names }) => names),
    );
  }
  return { name: row.event ?? row.name, format: recordFormatOf(row, dialect), row, machine: NO_MACHINE };
}

function noEvent(name: string, where: string, known: Iterable<string>): Failure {
  const near = nearestWord(name, known);
  const hint = near === null ? "" : `\nhint: did you mean \`${near}\`?`;
  return new Failure(`${printable(where)} has no event \`${printable(name)}\`${hint}`);
}

type Answered = Omit<ShownFilter, "filter" | "event" | "dialect" | "record">;

const NOTHING = { refusal: null, losses: [], surprises: [], held: null, walk: null };

function askKernel(written: ByteString, event: KernelEvent, record: EventRecord | null): Answered {
  const { dialect, fields } = event;
  const { errno, msg, col, refusal, filter } = applyEventFilter(written, event, "tracefs");
  const answered = { ...NOTHING, text: written };
  if (filter !== null) return { ...answered, ...heldBy(filter, written, dialect, record) };
  if (errno === 0) return answered;
  const diagnostic =
    refusal === null
      ? { message: "a filter has at most 4095 bytes", start: 4095, end: written.length }
      : withHint(refusal, { text: written, fields, dialect });
  return { ...answered, refusal: { errno: errnoName(errno), msg, column: col, diagnostic } };
}

function heldBy(
  filter: ParsedFilter,
  text: ByteString,
  dialect: KernelDialectName,
  record: EventRecord | null,
): Pick<Answered, "surprises" | "held" | "walk"> {
  const held = filter.hold();
  const walk = record === null ? null : held.walk(record);
  return { surprises: surprises(text, filter, dialect), held, walk };
}

/** In the words of 6.18, where it has them. */
function askExtended(
  written: ByteString,
  row: EventFormat | null,
  event: KernelEvent,
  record: EventRecord | null,
): Answered {
  if (row === null)
    throw new Failure("`extended` is read against an event of a catalog: leave out --formats");
  const parsed = parseFilter(written, row, "extended");
  if (!parsed.ok) {
    const [diagnostic] = parsed.error;
    if (diagnostic === undefined) throw new Error("a filter is refused without a reason");
    return { ...NOTHING, text: written, refusal: { errno: null, msg: null, column: null, diagnostic } };
  }
  const said = printFilter(parsed.value, row, "6.18");
  if (!said.ok) return { ...NOTHING, text: written, losses: said.error.map(({ reason }) => reason) };
  return askKernel(said.value, event, record);
}

function errnoName(number: number): string {
  for (const [name, value] of errnos) if (value === number) return name;
  throw new RangeError(`no errno is ${number}`);
}
