// Which call the later forms mean by (type, id): the first two arguments of their prctl calls.

import { ABI, type Catalog, entryOf, type Kernel, numberArgument, type Prctl } from "@gatehouse/core";

/** PR_SECCOMP_FILTER_SYSCALL and PR_SECCOMP_FILTER_EVENT. */
export const BY_NUMBER = 0;
const BY_EVENT = 1;

const MAX_ID = 2 ** 31 - 1;

/** The call's number, which no table need have; or the errno. */
export function callNumber(call: Prctl, kernel: Kernel): number | string {
  const [type, id] = [numberArgument(call, 0), numberArgument(call, 1)];
  if ((type !== BY_NUMBER && type !== BY_EVENT) || id > MAX_ID) return "EINVAL";
  if (type === BY_NUMBER) return id;
  if (!kernel.ftrace || entryOf(call) !== ABI.native) return "ENOSYS";
  return callOfEventId(kernel.catalog, id) ?? "EINVAL";
}

/**
 * The id of `sys_enter_read`, as its file in tracefs would say. Kernels give them out at boot, so they are no facts of a
 * catalog; here they are counted from 1 in the order of the numbers.
 */
export function eventIdOf(catalog: Catalog, event: string): number | null {
  const at = tracedCalls(catalog).findIndex((format) => format.event === event);
  return at < 0 ? null : at + 1;
}

function callOfEventId(catalog: Catalog, id: number): number | null {
  return tracedCalls(catalog)[id - 1]?.id ?? null;
}

function tracedCalls({ formats }: Catalog) {
  return formats.filter(({ kind, event }) => kind === "syscall" && event !== null);
}
