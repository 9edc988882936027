// The constants of the kernel's ABI on x86-64, by name: `O_RDONLY`, `AF_INET`, `TIOCSTI`, `CLONE_NEWNET`.
// The tables stand by family in constants/, each line `NAME value NAME value …`, with the kernel's own values (not
// those of a C library: `O_LARGEFILE` is 0x8000). A C program printed them from the headers of Linux 6.1; by hand are
// those that came later and DRM's.

import { type Constant, type U64, u64 } from "@gatehouse/core";
import { FILES } from "./constants/files.js";
import { IOCTLS } from "./constants/ioctls.js";
import { MEMORY } from "./constants/memory.js";
import { SOCKETS } from "./constants/sockets.js";
import { TASKS } from "./constants/tasks.js";

export const constants: ReadonlyMap<string, Constant> = read([FILES, MEMORY, SOCKETS, TASKS, IOCTLS]);

function read(tables: readonly string[]): Map<string, Constant> {
  const found = new Map<string, Constant>();
  for (const line of tables.flatMap((table) => table.split("\n"))) {
    if (line.startsWith("#")) continue;
    for (const [, name = "", value = ""] of line.matchAll(/(\S+) (\S+)/g)) {
      if (found.has(name)) throw new RangeError(`\`${name}\` stands in two tables`);
      found.set(name, { text: name, values: valuesOf(value) });
    }
  }
  return found;
}

/** A negative `int` comes in two forms: callers extend it to the register's 64 bits, or leave the high half 0. */
function valuesOf(text: string): U64[] {
  if (!text.startsWith("-")) return [u64(BigInt(text))];
  const value = BigInt(text.slice(1));
  return [u64(BigInt.asUintN(32, -value)), u64(-value)];
}
