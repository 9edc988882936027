// What an event is, as data: EventFormats, and the Catalog that holds those of one kernel.
// Words: include/linux/ftrace_event.h (`ftrace_event_field`), events/*/format.

/**
 * How a row names its event, in 16 bits: below 4095 it is a system call's number; 4095 stands for every number
 * that no table can hold (-1, 70000); from 4096 on come the catalog's other events, in its own order.
 */
export type EventId = number;

export const NO_SUCH_CALL: EventId = 4095;
export const FIRST_OTHER_EVENT: EventId = 4096;

/** At most this many slots of 64 bits hold the fields of an event. */
export const SLOTS = 8;

/** In the place of a slot: what no row of a trace shows. As any number past the slots it is never known. */
export const UNSEEN_SLOT = SLOTS;
/** In the place of a slot: the pid of the row's task, which is always known. */
export const PID_SLOT = 16;

/**
 * One named value of an event.
 * `slot` says which 64-bit slot of a row holds it: numbers as they are (sign-extended where `signed`), strings and
 * label sets as ids of the trace's dictionary. `PID_SLOT` and `UNSEEN_SLOT` are no slots of a row, and can be asked alike.
 * `offset` and `size` (bytes) are the record's, as tracing prints them.
 */
export type Field = {
  readonly name: string;
  /** The declared type, as the kernel prints it. */
  readonly type: string;
  readonly kind: "number" | "string" | "labels";
  readonly slot: number;
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
};

export type EventFormat = {
  readonly id: EventId;
  /** `task`: fork, exec and exit, which build the task tree and are never judged. */
  readonly kind: "syscall" | "other" | "task";
  /** What reports call it: for a call its `__NR_` name. */
  readonly name: string;
  /** All names that a policy may use for it, `name` among them. */
  readonly names: readonly string[];
  /** Tracing's event, `sys_enter_newuname`; null where tracing does not cover it. */
  readonly event: string | null;
  /** Tracing's group of events, `syscalls`. */
  readonly system: string;
  readonly fields: readonly Field[];
  /** A number without a call behind it: it answers ENOSYS, whatever stands before it. */
  readonly unimplemented?: true;
  /** By the native entry path no seccomp program is asked about the call. */
  readonly passesSeccomp?: true;
};

/** Throws RangeError where there is no field of that name. */
export function fieldOf({ name, fields }: EventFormat, wanted: string): Field {
  const field = fields.find((each) => each.name === wanted);
  if (field === undefined) throw new RangeError(`\`${name}\` has no field \`${wanted}\``);
  return field;
}

/** The entry paths beside the native one, whose numbers mean other calls. */
export type OtherEntry = "int80" | "x32";

/** The events of one kernel on one architecture. A value: `with` gives another one. */
export class Catalog {
  readonly #byId = new Map<EventId, EventFormat>();
  readonly #byName = new Map<string, EventFormat>();
  readonly release: string;
  readonly arch: string;
  readonly formats: readonly EventFormat[];
  /** How many numbers the table of system calls has: one more than the highest. */
  readonly calls: number;
  /** What the numbers of other entry paths mean, where that is known. */
  readonly tables: Readonly<Partial<Record<OtherEntry, Catalog>>>;

  constructor(
    release: string,
    arch: string,
    formats: readonly EventFormat[],
    tables: Readonly<Partial<Record<OtherEntry, Catalog>>> = {},
  ) {
    this.tables = tables;
    this.release = release;
    this.arch = arch;
    this.formats = formats;
    let calls = 0;
    for (const format of formats) {
      if (this.#byId.has(format.id)) throw new RangeError(`two events have the id ${format.id}`);
      this.#byId.set(format.id, format);
      if (format.kind === "syscall") calls = Math.max(calls, format.id + 1);
    }
    this.calls = calls;
    // A call's own name goes before another's kernel function: i386 has an `uname` of each kind.
    for (const format of formats) this.#name(format.name, format);
    for (const format of formats) for (const name of format.names) this.#name(name, format);
  }

  #name(name: string, format: EventFormat): void {
    if (!this.#byName.has(name)) this.#byName.set(name, format);
  }

  /** `6.18.44 x86_64`, for people. */
  get title(): string {
    return `${this.release} ${this.arch}`;
  }

  byId(id: EventId): EventFormat | undefined {
    return this.#byId.get(id);
  }

  /** By `__NR_` name, kernel function (`newuname`) or tracing's event (`sys_enter_newuname`). */
  byName(name: string): EventFormat | undefined {
    return this.#byName.get(name);
  }

  /** What to call an event in a report, also one that the catalog does not hold. */
  nameOf(id: EventId): string {
    return this.#byId.get(id)?.name ?? nameByNumber(id);
  }

  /** The calls about which no seccomp program is asked. */
  get passSeccomp(): readonly EventFormat[] {
    return this.formats.filter(({ passesSeccomp }) => passesSeccomp === true);
  }

  /** This catalog and more events, numbered on from where it ends. */
  with(...more: readonly NewEvent[]): Catalog {
    let next = this.formats.reduce((id, format) => Math.max(id, format.id + 1), FIRST_OTHER_EVENT);
    const added = more.map((event) => otherEvent(event, next++));
    return new Catalog(this.release, this.arch, [...this.formats, ...added], this.tables);
  }
}

/** What to call an event of which no table says more. */
export function nameByNumber(id: EventId): string {
  return id === NO_SUCH_CALL ? "no_such_call" : `syscall_${id}`;
}

/** An event that is no system call, before a catalog numbers it. */
export type NewEvent = {
  readonly name: string;
  readonly system: string;
  readonly kind?: "other" | "task";
  /** Whether tracing has it, so that a filter can hang on it. */
  readonly traced: boolean;
  readonly fields: readonly { readonly name: string; readonly type: string; readonly kind: Field["kind"] }[];
};

const INTEGER: Readonly<Record<string, { readonly size: number; readonly signed: boolean }>> = {
  u8: { size: 1, signed: false },
  u16: { size: 2, signed: false },
  u32: { size: 4, signed: false },
  u64: { size: 8, signed: false },
  s32: { size: 4, signed: true },
  s64: { size: 8, signed: true },
};

function otherEvent(event: NewEvent, id: EventId): EventFormat {
  if (event.fields.length > SLOTS) throw new RangeError(`\`${event.name}\` has more than ${SLOTS} fields`);
  let offset = 8; // the common fields come first
  const fields = event.fields.map((field, slot): Field => {
    // Strings and label sets stand in the record as a 32-bit reference, as `__data_loc` does.
    const integer = field.kind === "number" ? INTEGER[field.type] : { size: 4, signed: false };
    if (integer === undefined)
      throw new RangeError(`\`${field.type}\` is none of ${Object.keys(INTEGER).join(", ")}`);
    offset = Math.ceil(offset / integer.size) * integer.size;
    const placed = { ...field, slot, offset, ...integer };
    offset += integer.size;
    return placed;
  });
  return {
    id,
    kind: event.kind ?? "other",
    name: event.name,
    names: [event.name],
    event: event.traced ? event.name : null,
    system: event.system,
    fields,
  };
}
