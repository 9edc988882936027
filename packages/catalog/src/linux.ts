// The catalogs of two kernels: 6.18, on which traces are recorded today, and 2.6.39, the kernel of May 2011, which has
// one for each of its entry paths.
// The numbers, names and records are data/*.json; how those were read from the kernels, the data's own header says.

import { Catalog, type EventFormat, type Field } from "@gatehouse/core";
import data2639i386 from "./data/linux-2.6.39-i386.json" with { type: "json" };
import data2639 from "./data/linux-2.6.39-x86_64.json" with { type: "json" };
import table618i386 from "./data/linux-6.18-i386.json" with { type: "json" };
import table618x32 from "./data/linux-6.18-x32.json" with { type: "json" };
import data618 from "./data/linux-6.18-x86_64.json" with { type: "json" };
import { OBJECT_EVENTS } from "./objects.js";
import { TASK_EVENTS } from "./tasks.js";

/**
 * By these a program returns from a probe that somebody else has put into it, so the kernel does not ask the program's
 * own filters. They have done so since February 2025 and since 6.18. By `int 0x80` the numbers are calls like any other.
 */
const PASS_SECCOMP_618: ReadonlySet<string> = new Set(["uretprobe", "uprobe"]);

/** A type that takes two registers of 32 bits. */
const WIDE = /^(loff_t|(__)?[su]64|(unsigned )?long long)$/;

export const linux2639i386: Catalog = catalogOf(data2639i386);
export const linux2639: Catalog = catalogOf(data2639, { int80: linux2639i386 });
export const linux618i386: Catalog = catalogOf(entryTable(table618i386, 4));
export const linux618x32: Catalog = catalogOf(entryTable(table618x32, 8));
export const linux618: Catalog = catalogOf(
  data618,
  { int80: linux618i386, x32: linux618x32 },
  PASS_SECCOMP_618,
);

/** The known catalogs by their short names. x32 is an entry path of x86-64 and no kernel of its own: see `tables`. */
export const catalogs: Readonly<Record<string, Catalog>> = {
  "6.18-x86_64": linux618,
  "6.18-i386": linux618i386,
  "2.6.39-x86_64": linux2639,
  "2.6.39-i386": linux2639i386,
};

/** What of a data file becomes a catalog. */
type CatalogData = {
  readonly catalog: {
    readonly release: string;
    readonly arch: string;
    /** The bytes of a register. */
    readonly wordSize: number;
    /** Second names of a number. */
    readonly aliases?: Readonly<Record<string, number>>;
  };
  readonly syscalls: readonly SyscallData[];
};

type SyscallData = {
  readonly nr: number;
  /** Null for a number that was never a call's. */
  readonly name: string | null;
  readonly kernelFunction: string | null;
  /** The slot leads to a call of its own. */
  readonly implemented: boolean;
  readonly event: string | null;
  readonly args: readonly ArgumentData[];
};

type ArgumentData = {
  readonly name: string | null;
  readonly type: string;
  readonly offset?: number;
  readonly size: number;
};

function catalogOf(
  { catalog, syscalls }: CatalogData,
  tables: Catalog["tables"] = {},
  passSeccomp: ReadonlySet<string> = new Set(),
): Catalog {
  const { arch, wordSize, aliases = {} } = catalog;
  const [release = ""] = catalog.release.split("-"); // without the name of the recording machine's build
  const formats = syscalls.map((call): EventFormat => {
    const format = formatOf(call, wordSize, aliasesOf(call.nr));
    return passSeccomp.has(format.name) ? { ...format, passesSeccomp: true } : format;
  });
  return new Catalog(release, arch, formats, tables).with(...TASK_EVENTS, ...OBJECT_EVENTS);

  function aliasesOf(nr: number): string[] {
    return Object.keys(aliases).filter((name) => aliases[name] === nr);
  }
}

/**
 * A table of which only numbers and names are known. What a call's arguments are called, the same function of x86-64 says, or
 * that of 2.6.39's i386; a call without either has no fields. Tracing has no events for these paths.
 */
function entryTable(
  { release, arch, calls }: typeof table618i386 | typeof table618x32,
  wordSize: number,
): CatalogData {
  const functions = new Map(data2639i386.syscalls.map(({ name, kernelFunction }) => [name, kernelFunction]));
  const syscalls = calls.map(([nr = 0, call = ""]): SyscallData => {
    const name = String(call);
    const kernelFunction = (arch === "i386" ? functions.get(name) : null) ?? name;
    const known = argumentsOf(name, kernelFunction);
    const args = (arch === "i386" && name === "clone" ? backwards(known) : known).map(({ name, type }) => ({
      name,
      type,
      size: wordSize === 4 && WIDE.test(type) ? 8 : wordSize,
    }));
    return { nr: Number(nr), name, kernelFunction, implemented: true, event: null, args };
  });
  return { catalog: { release, arch, wordSize }, syscalls };
}

/** CONFIG_CLONE_BACKWARDS, which i386 has: the last two change places. */
function backwards(args: readonly ArgumentData[]): readonly ArgumentData[] {
  const [child, tls] = args.slice(3);
  return child === undefined || tls === undefined ? args : [...args.slice(0, 3), tls, child];
}

function argumentsOf(name: string, kernelFunction: string): readonly ArgumentData[] {
  const calls: readonly SyscallData[] = [...data618.syscalls, ...data2639i386.syscalls];
  return calls.find((call) => call.kernelFunction === kernelFunction || call.name === name)?.args ?? [];
}

function formatOf(call: SyscallData, wordSize: number, aliases: readonly string[]): EventFormat {
  const { nr, kernelFunction, event, args } = call;
  const name = call.name ?? `syscall_${nr}`;
  const names = [name, kernelFunction, event, ...aliases].filter((known) => known !== null);
  return {
    id: nr,
    kind: "syscall",
    name,
    names: [...new Set(names)],
    event,
    system: "syscalls",
    fields: fieldsOf(args, wordSize),
    ...(call.implemented ? {} : { unimplemented: true }),
  };
}

/**
 * An argument is the whole register, unsigned, whatever its C type. One without a name is no field, nor is one of 64 bits
 * where a register has 32: it takes two.
 */
function fieldsOf(args: readonly ArgumentData[], wordSize: number): Field[] {
  const fields: Field[] = [];
  let slot = 0;
  for (const { name, type, offset = 16 + wordSize * slot, size } of args) {
    if (name !== null && size === wordSize) {
      fields.push({ name, type, kind: "number", slot, offset, size, signed: false });
    }
    slot += size / wordSize;
  }
  return fields;
}

/** How much of a kernel's table tracing covers. */
export type Coverage = {
  /** Numbers of the table. */
  readonly slots: number;
  /** Those that lead to a call. */
  readonly implemented: number;
  /** Those with trace metadata: a filter can look at their arguments. */
  readonly traced: number;
  /** The implemented ones without. */
  readonly untraced: readonly string[];
};

export function coverageOf(catalog: Catalog): Coverage {
  const calls = catalog.formats.filter(({ kind }) => kind === "syscall");
  const implemented = calls.filter(({ unimplemented }) => unimplemented !== true);
  return {
    slots: calls.length,
    implemented: implemented.length,
    traced: calls.filter(({ event }) => event !== null).length,
    untraced: implemented.filter(({ event }) => event === null).map(({ name }) => name),
  };
}
