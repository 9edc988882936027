// Seccomp programs in C++, as a task carries them: all are run for every call, the newest first, and the most
// restrictive answer counts. The interpreter is a loop around a switch, as the kernel's was in 2012.

import { AUDIT_ARCH, toBytes, type VerifiedProgram } from "@gatehouse/classic-bpf";
import { Bitset, FIRST_OTHER_EVENT, type Result, succeed, type Verdicts } from "@gatehouse/core";
import { openAddon } from "../addon.js";
import type { Columns } from "./columns.js";

/** What must be known of a row before a program may be asked, which always sees all registers. */
export type Needs = {
  /** Per number a bit for each slot, and `UNSAID` for a call that is not to be answered. */
  readonly asked: Uint8Array;
  /** Whether slots must also be known of calls that enter by another path than the native one. */
  readonly onEveryPath: boolean;
};

export const UNSAID = 0x80;

/** Every call is answered, and what is not known is 0. */
export const NEEDS_NOTHING: Needs = { asked: new Uint8Array(FIRST_OTHER_EVENT), onEveryPath: false };

/** `left`: rows that are no calls, and those of which too little is known. */
export type Counted = {
  readonly left: Bitset;
  /** Two numbers a row: what counts of what the programs returned, and the instructions that they executed. */
  readonly returned: Uint32Array;
};

export type SeccompFilters = {
  /** Gives the rows that it does not answer. */
  judge(columns: Columns, rows: Bitset, verdicts: Verdicts, needs?: Needs): Bitset;
  /** The same, and what it took. */
  count(columns: Columns, rows: Bitset, verdicts: Verdicts, needs?: Needs): Counted;
};

/**
 * The oldest first. `arch`: AUDIT_ARCH_* of the native entry path. Where there is no addon the reason, in words that
 * follow "the native back-end is not there: ".
 */
export function seccompFilters(
  programs: readonly VerifiedProgram[],
  arch: number,
): Result<SeccompFilters, string> {
  const addon = openAddon();
  if (!addon.ok) return addon;
  const calls = addon.value.bpf;
  const lengths = Uint32Array.from(programs, ({ length }) => length);
  const filters = calls.load(toBytes(programs.flat()), lengths);
  const other = arch === AUDIT_ARCH.I386 ? AUDIT_ARCH.X86_64 : AUDIT_ARCH.I386;
  const run = (
    { length, event, abi, known, ip, slots }: Columns,
    rows: Bitset,
    verdicts: Verdicts,
    { asked, onEveryPath }: Needs,
    returned: Uint32Array | null,
  ) => {
    const left = new Bitset(length);
    calls.judge(
      filters,
      Math.min(rows.length, length),
      event,
      abi,
      known,
      ip,
      arch,
      other,
      asked,
      Number(onEveryPath),
      rows.words,
      verdicts.allow.words,
      verdicts.known.words,
      left.words,
      returned,
      ...slots.slice(0, 6),
    );
    return left;
  };
  return succeed({
    judge: (columns, rows, verdicts, needs = NEEDS_NOTHING) => run(columns, rows, verdicts, needs, null),
    count(columns, rows, verdicts, needs = NEEDS_NOTHING) {
      const returned = new Uint32Array(2 * columns.length);
      return { left: run(columns, rows, verdicts, needs, returned), returned };
    },
  });
}
