// A kernel of four calls and an object event, for tests of core alone.

import { Catalog, Chunk, Dictionary, type Field, type Task, type U64, u64 } from "@gatehouse/core";

const register = (name: string, slot: number): Field => ({
  name,
  type: "unsigned long",
  kind: "number",
  slot,
  offset: 16 + 8 * slot,
  size: 8,
  signed: false,
});

const call = (id: number, name: string, names: string[], fields: string[]) =>
  ({
    id,
    kind: "syscall",
    name,
    names: [name, ...names],
    event: `sys_enter_${name}`,
    system: "syscalls",
    fields: fields.map(register),
  }) as const;

/** By `int 0x80`, number 0 is another call. */
const compat = new Catalog("test", "i386", [call(0, "write", [], ["fd", "buf"])]);

export const catalog = new Catalog(
  "test",
  "x86_64",
  [
    call(0, "read", [], ["fd", "buf", "count"]),
    call(1, "write", [], ["fd", "buf", "count"]),
    call(2, "open", [], ["filename", "flags", "mode"]),
    call(5, "uname", ["newuname"], ["name"]),
  ],
  { int80: compat },
).with({
  name: "file_open",
  system: "object",
  traced: true,
  fields: [
    { name: "label", type: "labels", kind: "labels" },
    { name: "inode", type: "u64", kind: "number" },
    { name: "filename", type: "string", kind: "string" },
    { name: "delta", type: "s64", kind: "number" },
  ],
});

export function task(...names: [string, ...string[]]): Task {
  return { pid: 100, parent: null, comm: names.at(-1) ?? "", lineage: new Set(names) };
}

export const dictionary = new Dictionary();

/** One event; `undefined` values are not known. */
export function event(
  name: string,
  values: readonly (U64 | bigint | number | undefined)[],
  who = task("sh"),
  abi: 0 | 1 | 2 = 0,
) {
  const id = catalog.byName(name)?.id;
  if (id === undefined) throw new RangeError(name);
  const chunk = new Chunk(catalog, dictionary, { capacity: 1, slots: 8, tasks: [who] });
  const row = chunk.push(
    0,
    id,
    abi,
    values.map((value) => (typeof value === "object" || value === undefined ? value : u64(value))),
  );
  return chunk.at(row);
}
