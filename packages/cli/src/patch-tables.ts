// The patches of 2010 and 2011 file by file, as their own diffstats have it: how many lines of each are inserted or removed,
// one number for both. That of the bitmask was not found.

import type { Patch } from "@gatehouse/core";
import { filterEngineV2 } from "@gatehouse/design-2010-filter-engine";
import { eventFiltersPoc } from "@gatehouse/design-2011-event-filters";

export type PatchTable = {
  /** Where it stands. */
  readonly source: string;
  readonly files: readonly { readonly file: string; readonly changed: number }[];
};

/** Each has the same stanza of ten lines. */
const ARCHITECTURES = ["arm", "microblaze", "mips", "powerpc", "s390", "sh", "sparc", "x86"];

const TABLES: readonly { readonly of: Patch | null; readonly table: PatchTable }[] = [
  {
    of: filterEngineV2.patch,
    table: {
      source: "[PATCH 3/5] v2, 11 May 2011",
      files: [
        ...ARCHITECTURES.map((each) => ({ file: `arch/${each}/Kconfig`, changed: 10 })),
        { file: "include/linux/prctl.h", changed: 9 },
        { file: "include/linux/sched.h", changed: 5 },
        { file: "include/linux/seccomp.h", changed: 116 },
        { file: "include/trace/syscall.h", changed: 7 },
        { file: "kernel/Makefile", changed: 3 },
        { file: "kernel/fork.c", changed: 3 },
        { file: "kernel/seccomp.c", changed: 228 },
        { file: "kernel/seccomp.h", changed: 74 },
        { file: "kernel/seccomp_filter.c", changed: 581 },
        { file: "kernel/sys.c", changed: 15 },
      ],
    },
  },
  {
    of: eventFiltersPoc.patch,
    table: {
      source: "the proof of concept, 24 May 2011",
      files: [
        { file: "include/linux/ftrace_event.h", changed: 4 },
        { file: "include/linux/perf_event.h", changed: 10 },
        { file: "kernel/perf_event.c", changed: 49 },
        { file: "kernel/seccomp.c", changed: 8 },
        { file: "kernel/trace/trace_syscalls.c", changed: 27 },
      ],
    },
  },
];

/** Null where the files of the patch are not known. */
export function patchTable(patch: Patch | null): PatchTable | null {
  return TABLES.find(({ of }) => patch !== null && of === patch)?.table ?? null;
}
