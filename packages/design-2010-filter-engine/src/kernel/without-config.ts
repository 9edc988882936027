// A kernel without CONFIG_SECCOMP_FILTER.

import { type Change, PR, type Prctl, refused, type TaskState } from "@gatehouse/core";

/** The new numbers are known, and there is nothing behind them. Null for any other. */
export function withoutConfig<C>(task: TaskState<C>, { option }: Prctl): Change<C> | null {
  const isNew =
    option === PR.SET_SECCOMP_FILTER ||
    option === PR.GET_SECCOMP_FILTER ||
    option === PR.CLEAR_SECCOMP_FILTER;
  return isNew ? { task, answer: refused("ENOSYS") } : null;
}
