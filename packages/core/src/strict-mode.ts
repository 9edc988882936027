// Mode 1, the baseline of all variants: four calls and no more, since 2005.

import type { Catalog } from "./catalog.js";
import { ABI, type TraceEvent } from "./chunk.js";
import type { Verdict } from "./design.js";
import { governs } from "./policy.js";
import type { Kernel } from "./task-side.js";

/** The value of PR_SET_SECCOMP. */
export const STRICT = 1;

/** The table is that of the entry path, whatever the task is: a 32-bit task can jump to 64-bit code and call from there. */
export function strictVerdict(kernel: Kernel, event: TraceEvent, nr = event.id): Verdict {
  if (event.abi === ABI.native && !governs(event.format)) return "allow";
  const catalog = catalogOf(kernel, event.abi);
  return catalog !== null && strictCalls(catalog).includes(nr) ? "allow" : "deny";
}

/** The calls of an entry path; null where the kernel has no such path. */
export function catalogOf(kernel: Kernel, abi: number): Catalog | null {
  if (abi === ABI.native) return kernel.catalog;
  return abi === ABI.int80 ? kernel.compat : null;
}

/** Their numbers. A signal handler's end is `sigreturn` where that exists. */
export function strictCalls(catalog: Catalog): number[] {
  const end = catalog.byName("sigreturn") === undefined ? "rt_sigreturn" : "sigreturn";
  return ["read", "write", "exit", end].flatMap((name) => catalog.byName(name)?.id ?? []);
}
