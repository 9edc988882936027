// The call by which a task puts itself under a mask.

import { PR, type TaskCall } from "@gatehouse/core";
import type { Bitmask } from "../kernel/program.js";
import { MODE } from "../kernel/task.js";

export function install(mask: Bitmask): TaskCall[] {
  return [{ call: "prctl", option: PR.SET_SECCOMP, args: [MODE, mask.length, toBytes(mask)] }];
}

/** As a task hands it to the kernel: bit n is bit n % 8 of byte n / 8, which is how little-endian words lie in memory. */
export function toBytes({ length, words }: Bitmask): Uint8Array {
  return Uint8Array.from({ length: (length + 7) >>> 3 }, (_, i) => (words[i >>> 2] ?? 0) >>> (8 * (i & 3)));
}
