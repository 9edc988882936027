// Programs as functions: the module of a filter, made when the first event asks for it.

import { knownFunction, unsureFunction } from "./bulk.js";
import { jumpFunction, MAX_SLOTS } from "./jumps.js";
import { scalarLanes, simdLanes } from "./lanes.js";
import { PAGES } from "./layout.js";
import { writeModule } from "./module.js";
import type { Program } from "./plan.js";
import type { Staging } from "./staging.js";

export type ProgramCode = {
  /**
   * One event, all of its slots known: 1 for allow, 0 for deny. Takes the low and the high word of each of the
   * program's slots, in its order. Null where the program is not one for jumps.
   */
  readonly one: ((...words: number[]) => number) | null;
  /** Staged rows whose slots are all known; their bits are left in `AT.allow`. */
  readonly known: (rows: number) => void;
  /** Any staged rows; `AT.second` says which answers are known. */
  readonly unsure: (rows: number) => void;
};

/** One module: two or three functions for each program. */
export function moduleOf(programs: readonly Program[], simd: boolean): Uint8Array<ArrayBuffer> {
  const lanes = simd ? simdLanes : scalarLanes;
  return writeModule(
    { kind: "imported", pages: PAGES },
    programs.flatMap((program, k) => [
      ...(isForJumps(program) ? [jumpFunction(`one${k}`, program.branches, program.slots)] : []),
      knownFunction(`known${k}`, program.branches, lanes),
      unsureFunction(`unsure${k}`, program.branches, lanes),
    ]),
  );
}

/** All that it asks about is passed in a call: few slots, and nothing of the dictionary. */
function isForJumps({ slots, lookups }: Program): boolean {
  return slots.length <= MAX_SLOTS && lookups.length === 0;
}

export function compile(
  programs: readonly Program[],
  simd: boolean,
  { memory }: Staging,
): readonly ProgramCode[] {
  if (programs.length === 0) return [];
  const module = new WebAssembly.Module(moduleOf(programs, simd));
  const { exports } = new WebAssembly.Instance(module, { staging: { memory } });
  // What the module exports is what `moduleOf` wrote.
  const functions = exports as Readonly<Record<string, (...numbers: number[]) => number>>;
  return programs.map((_, k) => ({
    one: functions[`one${k}`] ?? null,
    known: exported(functions, `known${k}`),
    unsure: exported(functions, `unsure${k}`),
  }));
}

function exported<T>(functions: Readonly<Record<string, T>>, name: string): T {
  const value = functions[name];
  if (value === undefined) throw new RangeError(`the module has no \`${name}\``);
  return value;
}
