// The task side: a mask that is uploaded, kept over fork and exec, and never grows. Verified is Ingo Molnar's sketch of
// 7 May 2009: a pointer to a bitmap handed to PR_SET_SECCOMP, mode 2 beside mode 1, and for nested ones the AND of the
// parent's and the child's. The patch's own text was not found: how it is told the length (here before the pointer), that it
// refuses a wider map instead, that mode 1 stays open, and all errnos are recalled or ours.

import {
  ABI,
  type Change,
  done,
  entryOf,
  FIRST_OTHER_EVENT,
  intArgument,
  judged,
  PR,
  type PrctlRules,
  pointee,
  refused,
  register,
  type TaskState,
  type TraceEvent,
} from "@gatehouse/core";
import { type Bitmask, fromBytes, isAllowed, MAX_LENGTH } from "./program.js";

/** The value of PR_SET_SECCOMP. */
export const MODE = 2;

/** `abi`: the path by which it was uploaded, whose numbers its bits are. How the patch kept tables apart is not known. */
export type Carried = { readonly mask: Bitmask; readonly abi: number };

/** What becomes of a task's mask when it uploads another; null where that is refused. */
export type Nesting = (old: Bitmask, wanted: Bitmask) => Bitmask | null;

export function taskRules(nesting: Nesting): PrctlRules<Carried | null> {
  return {
    nothing: null,

    prctl(task, call) {
      if (call.option !== PR.SET_SECCOMP || register(call, 0) !== BigInt(MODE)) return null;
      const length = intArgument(call, 1);
      if (length < 1 || length > MAX_LENGTH) return { task, answer: refused("EINVAL") };
      const bytes = pointee(call, 2);
      if (!(bytes instanceof Uint8Array) || bytes.length < (length + 7) >>> 3) {
        return { task, answer: refused("EFAULT") };
      }
      return upload(task, { mask: fromBytes(length, bytes), abi: entryOf(call) }, nesting);
    },

    mayBecomeStrict: true,
    fork: (task) => task,

    check: (task, event, nr) => ({
      task,
      outcome: judged(allows(task.carries, event, nr) ? "allow" : "deny"),
    }),

    proc: () => null,
  };
}

function upload(task: TaskState<Carried | null>, wanted: Carried, nesting: Nesting): Change<Carried | null> {
  const { carries: old } = task;
  if (old === null) return { task: { ...task, mode: MODE, carries: wanted }, answer: done() };
  if (wanted.abi !== old.abi) return { task, answer: refused("EINVAL") }; // other numbers: nothing to compare
  const mask = nesting(old.mask, wanted.mask);
  if (mask === null) return { task, answer: refused("EPERM") };
  return { task: { ...task, carries: { mask, abi: old.abi } }, answer: done() };
}

function allows(carried: Carried | null, event: TraceEvent, nr: number): boolean {
  if (carried === null) throw new Error("a task in mode 2 has a mask");
  if (event.abi === ABI.native && event.id >= FIRST_OTHER_EVENT) return true; // only system calls pass by here
  return event.abi === carried.abi && nr >= 0 && isAllowed(carried.mask, nr);
}
