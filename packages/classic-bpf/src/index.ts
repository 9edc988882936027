// What was merged in 2012: seccomp programs in classic BPF.

export type { Lowered } from "@gatehouse/core";
