// Which call a number means, and how the kernel shows the number to people.

import { catalogOf, type EventFormat, type Kernel } from "@gatehouse/core";

/** Of the native table: the patches ask its size by whichever path a call comes in. */
export function isNativeNumber(nr: number, { catalog }: Kernel): boolean {
  return nr >= 0 && nr < catalog.calls;
}

/** Of the table of that entry path. */
export function isCallNumber(nr: number, abi: number, kernel: Kernel): boolean {
  return nr >= 0 && nr < (catalogOf(kernel, abi)?.calls ?? 0);
}

/** execve of that entry path. */
export function isExecve(nr: number, abi: number, kernel: Kernel): boolean {
  return catalogOf(kernel, abi)?.byName("execve")?.id === nr;
}

/** A call that filters can look at. */
export function tracedCall(nr: number, { catalog, ftrace }: Kernel): EventFormat | null {
  const format = catalog.byId(nr);
  return ftrace && format?.kind === "syscall" && format.event !== null ? format : null;
}

/** `0 (sys_read)`: the name is the metadata's, of the native table whatever the path. */
export function showCall(nr: number, kernel: Kernel): string {
  const event = tracedCall(nr, kernel)?.event ?? null;
  return `${nr} (${event === null ? "unknown" : event.replace("sys_enter_", "sys_")})`;
}
