// How strace prints each call: which register each argument stands in, and what its text says of that register.
//
// strace prints an argument by its C type, a call by its C library's order. So two things are lost that a filter in the
// kernel sees: the upper half of a register whose argument is an `int` (a -1 may be 0xffffffff or 0xffffffffffffffff),
// and, in a few calls, which register an argument was in.

import { ABI, type Abi, type Catalog, type EventFormat, type Field } from "@gatehouse/core";

export type StraceCall = {
  readonly nr: number;
  readonly abi: Abi;
  /** Of a register. Whoever enters by `int 0x80` has narrow ones, of which a text shows all. */
  readonly bits: 32 | 64;
  readonly name: string;
  /** The slot of each argument, as printed; `NO_SLOT`: of what is no register. */
  readonly slots: readonly number[];
  /** The slots of arguments that are printed as `name=value`; null: in this call none is. */
  readonly named: ReadonlyMap<string, number> | null;
  /** Bit k: the type of slot k has 64 bits, so that its text shows the whole register. */
  readonly wide: number;
  /** Bit k: the type of slot k has 64 bits and a sign. */
  readonly signed: number;
  /** The slot of the size of the string before it, which is shown whole unless it is cut; `NO_SLOT`: there is none. */
  readonly sized: number;
  /** What its success does to the tree of tasks. */
  readonly makes: "fork" | "exec" | "name" | null;
};

export const NO_SLOT = -1;

/** Calls that are printed in another order than that of their registers, or of which only the first are in order. */
const SLOTS_OF: Readonly<Record<string, readonly number[]>> = {
  // What follows the value depends on the operation.
  futex: [0, 1, 2],
  // Some requests have no address.
  ptrace: [0, 1],
  // The upper half of the position is not printed, since it is nothing on this machine.
  preadv2: [0, 1, 2, 3, 5],
  pwritev2: [0, 1, 2, 3, 5],
  // Its argument is the saved mask, which is in memory.
  rt_sigreturn: [],
  clone: [],
};

/** `clone(child_stack=NULL, flags=…|SIGCHLD, child_tidptr=0x7f01b14aaa10)` */
const CLONE_SLOTS: ReadonlyMap<string, number> = new Map([
  ["flags", 0],
  ["child_stack", 1],
  ["parent_tid", 2],
  ["parent_tidptr", 2],
  ["child_tidptr", 3],
  ["tls", 4],
]);

/** i386 has the last two the other way round: CONFIG_CLONE_BACKWARDS. */
const CLONE_SLOTS_32: ReadonlyMap<string, number> = new Map([
  ...CLONE_SLOTS,
  ["child_tidptr", 4],
  ["tls", 3],
]);

const MAKES: Readonly<Record<string, StraceCall["makes"]>> = {
  clone: "fork",
  clone3: "fork",
  fork: "fork",
  vfork: "fork",
  execve: "exec",
  execveat: "exec",
  prctl: "name",
};

const IN_ORDER = [0, 1, 2, 3, 4, 5];
const ALL = 2 ** IN_ORDER.length - 1;

/** What strace called a few calls before 4.9. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  _exit: "exit",
  pread: "pread64",
  pwrite: "pwrite64",
  umount: "umount2",
};

/** The calls of a catalog by their `__NR_` names, and by number: in hexadecimal, and in decimal up to strace 4.20. */
export class StraceCalls {
  readonly #formats: ReadonlyMap<string, EventFormat>;
  readonly #raw: boolean;
  readonly #path: Path;

  /** `catalog`: the table of the entry path `abi`. */
  constructor(catalog: Catalog, raw: boolean, abi: Abi) {
    this.#path = { abi, bits: abi === ABI.int80 ? 32 : 64 };
    const calls = catalog.formats.filter(({ kind }) => kind === "syscall");
    this.#formats = new Map(calls.map((format) => [format.name, format]));
    this.#raw = raw;
  }

  /** Null where the catalog has no such call. */
  byName(name: string): StraceCall | null {
    const format = this.#formats.get(OLD_NAMES[name] ?? name);
    if (format !== undefined)
      return this.#raw ? inRegisters(format.id, name, this.#path) : decoded(name, format, this.#path);
    const [, hex, decimal] = /^syscall_(?:0x([0-9a-f]{1,8})|(\d{1,9}))$/.exec(name) ?? [];
    if (hex !== undefined) return inRegisters(Number.parseInt(hex, 16), name, this.#path);
    return decimal === undefined ? null : inRegisters(Number(decimal), name, this.#path);
  }
}

type Path = Pick<StraceCall, "abi" | "bits">;

/** An argument of 64 bits takes two registers of 32, and has no slot. */
function slotsInOrder(fields: readonly Field[]): number[] {
  const slots: number[] = [];
  let next = 0;
  for (const { slot } of fields) {
    for (; next < slot; next += 2) slots.push(NO_SLOT);
    slots.push(slot);
    next = slot + 1;
  }
  return slots;
}

/** All arguments are printed as the registers that they are. */
function inRegisters(nr: number, name: string, path: Path): StraceCall {
  return {
    abi: path.abi,
    bits: path.bits,
    nr,
    name,
    slots: IN_ORDER,
    named: null,
    wide: ALL,
    signed: 0,
    sized: NO_SLOT,
    makes: MAKES[name] ?? null,
  };
}

/** `printed`: the name that strace gives the call. */
function decoded(printed: string, { id, name, fields }: EventFormat, path: Path): StraceCall {
  return {
    abi: path.abi,
    bits: path.bits,
    nr: id,
    name: printed,
    slots: SLOTS_OF[name] ?? (path.bits === 32 ? slotsInOrder(fields) : IN_ORDER),
    named: name !== "clone" ? null : path.bits === 32 ? CLONE_SLOTS_32 : CLONE_SLOTS,
    wide: path.bits === 32 ? ALL : slotsWhere(fields, WIDE),
    signed: slotsWhere(fields, SIGNED),
    sized: SIZED.includes(name) ? 2 : NO_SLOT,
    makes: MAKES[name] ?? null,
  };
}

/** What they write is printed before they do. */
const SIZED = ["write", "pwrite64", "sendto"];

const WIDE =
  /\*|^(unsigned )?long$|^(const )?size_t$|^l?off_t$|^(__)?u64$|^aio_context_t$|^(const )?cap_user_/;
// A `long` can be an `int` to those who print it (ptrace's pid), an offset cannot.
const SIGNED = /^l?off_t$/;

function slotsWhere(fields: readonly Field[], types: RegExp): number {
  return fields.reduce((set, { slot, type }) => (types.test(type) ? set | (1 << slot) : set), 0);
}
