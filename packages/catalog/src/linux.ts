// The catalogs of two kernels: 6.18, on which traces are recorded today, and 2.6.39, the kernel of May 2011.
// The numbers, names and records are data/*.json; how those were read from the kernels, the data's own header says.

import { Catalog, type EventFormat, type Field } from "@gatehouse/core";
import data2639 from "./data/linux-2.6.39-x86_64.json" with { type: "json" };
import data618 from "./data/linux-6.18-x86_64.json" with { type: "json" };
import { OBJECT_EVENTS } from "./objects.js";
import { TASK_EVENTS } from "./tasks.js";

export const linux618: Catalog = catalogOf(data618);
export const linux2639: Catalog = catalogOf(data2639);

/** The known catalogs by their short names. */
export const catalogs: Readonly<Record<string, Catalog>> = {
  "6.18-x86_64": linux618,
  "2.6.39-x86_64": linux2639,
};

/** What of a data file becomes a catalog. */
type CatalogData = {
  readonly catalog: {
    readonly release: string;
    readonly arch: string;
    /** Second names of a number. */
    readonly aliases?: Readonly<Record<string, number>>;
  };
  readonly syscalls: readonly SyscallData[];
};

type SyscallData = {
  readonly nr: number;
  readonly name: string;
  readonly kernelFunction: string | null;
  readonly event: string | null;
  readonly args: readonly ArgumentData[];
};

type ArgumentData = {
  readonly name: string | null;
  readonly type: string;
  readonly offset?: number;
};

function catalogOf({ catalog, syscalls }: CatalogData): Catalog {
  const { arch, aliases = {} } = catalog;
  const [release = ""] = catalog.release.split("-"); // without the name of the recording machine's build
  const formats = syscalls.map((call) => formatOf(call, aliasesOf(call.nr)));
  return new Catalog(release, arch, formats).with(...TASK_EVENTS, ...OBJECT_EVENTS);

  function aliasesOf(nr: number): string[] {
    return Object.keys(aliases).filter((name) => aliases[name] === nr);
  }
}

function formatOf(
  { nr, name, kernelFunction, event, args }: SyscallData,
  aliases: readonly string[],
): EventFormat {
  const names = [name, kernelFunction, event, ...aliases].filter((known) => known !== null);
  return {
    id: nr,
    kind: "syscall",
    name,
    names: [...new Set(names)],
    event,
    system: "syscalls",
    fields: args.flatMap(fieldOf),
  };
}

/** An argument is the whole register, unsigned, whatever its C type. One without a name is no field. */
function fieldOf({ name, type, offset }: ArgumentData, slot: number): Field[] {
  if (name === null) return [];
  return [{ name, type, kind: "number", slot, offset: offset ?? 16 + 8 * slot, size: 8, signed: false }];
}
