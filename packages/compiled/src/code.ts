// Programs as functions: the module of a filter, made when the filter is given its first chunk.

import { knownFunction, unsureFunction } from "./bulk.js";
import { scalarLanes, simdLanes } from "./lanes.js";
import { PAGES } from "./layout.js";
import { writeModule } from "./module.js";
import type { Program } from "./plan.js";
import type { Staging } from "./staging.js";

export type ProgramCode = {
  /** Staged rows whose slots are all known; their bits are left in `AT.allow`. */
  readonly known: (rows: number) => void;
  /** Any staged rows; `AT.second` says which answers are known. */
  readonly unsure: (rows: number) => void;
};

/** One module: two functions for each program. */
export function moduleOf(programs: readonly Program[], simd: boolean): Uint8Array<ArrayBuffer> {
  const lanes = simd ? simdLanes : scalarLanes;
  return writeModule(
    { kind: "imported", pages: PAGES },
    programs.flatMap((program, k) => [
      knownFunction(`known${k}`, program.branches, lanes),
      unsureFunction(`unsure${k}`, program.branches, lanes),
    ]),
  );
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
  const functions = exports as Readonly<Record<string, (rows: number) => void>>;
  return programs.map((_, k) => ({
    known: exported(functions, `known${k}`),
    unsure: exported(functions, `unsure${k}`),
  }));
}

function exported<T>(functions: Readonly<Record<string, T>>, name: string): T {
  const value = functions[name];
  if (value === undefined) throw new RangeError(`the module has no \`${name}\``);
  return value;
}
