// How the later generations name a call: by a type and an id. The order of their errors, up to the caller's text, is the
// same in both.
//
//   type 0: id is the call's number;  type 1: id is that of its trace event

import {
  ABI,
  type ByteString,
  type Catalog,
  entryOf,
  type Kernel,
  type Prctl,
  pointee,
  register,
} from "@gatehouse/core";
import { stripped, userText } from "./prctl.js";

/** PR_SECCOMP_FILTER_SYSCALL and PR_SECCOMP_FILTER_EVENT. */
export const BY_NUMBER = 0;
const BY_EVENT = 1;

/** Or the errno. */
export type Found<T> = { readonly value: T } | { readonly errno: string };

/** The call that (type, id) means: any number that fits an int. */
export function callNumber(call: Prctl, kernel: Kernel): Found<number> {
  const [type, id] = [register(call, 0), register(call, 1)];
  if (type > BigInt(BY_EVENT) || id > MAX_INT) return { errno: "EINVAL" };
  if (type === BigInt(BY_NUMBER)) return { value: Number(id) };
  if (!kernel.ftrace || entryOf(call) !== ABI.native) return { errno: "ENOSYS" };
  const format = tracedCalls(kernel.catalog)[Number(id) - 1];
  return format === undefined ? { errno: "EINVAL" } : { value: format.id };
}

const MAX_INT = 2n ** 31n - 1n;

/** The text that SET is given, blanks and all. */
export function wantedText(call: Prctl): Found<ByteString> {
  const text = userText(pointee(call, 2));
  return text === null ? { errno: "EFAULT" } : { value: text };
}

/** The same without the blanks around it. */
export function wantedFilter(text: ByteString): Found<ByteString> {
  const wanted = stripped(text);
  return wanted === null ? { errno: "EINVAL" } : { value: wanted };
}

/**
 * The id of `sys_enter_read`, as its file in tracefs would say. Kernels give them out at boot, so they are no facts of a
 * catalog; here they are counted from 1 in the order of the numbers.
 */
export function eventIdOf(catalog: Catalog, event: string): number | null {
  const at = tracedCalls(catalog).findIndex((format) => format.event === event);
  return at < 0 ? null : at + 1;
}

function tracedCalls({ formats }: Catalog) {
  return formats.filter(({ kind, event }) => kind === "syscall" && event !== null);
}
