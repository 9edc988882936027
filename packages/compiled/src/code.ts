// Programs as functions: the module of a filter, made when the first event asks for it.

import { bulkFunction } from "./bulk.js";
import { type Judge, judgeOf } from "./judge.js";
import { jumpFunction } from "./jumps.js";
import { scalarLanes, simdLanes } from "./lanes.js";
import { writeModule } from "./module.js";
import type { Program } from "./plan.js";
import { PAGES, type Staging } from "./staging.js";

/** Each judges what is staged. */
export type ProgramCode = {
  /** The first row, all of its slots known: 1 for allow, 0 for deny. */
  readonly one: () => number;
  /** Rows whose slots are all known; their bits are left in `AT.allow`. */
  readonly known: (rows: number) => void;
  /** Any rows; `AT.second` says which answers are known. */
  readonly unsure: (rows: number) => void;
};

/** One module: three functions for each program. */
export function moduleOf(programs: readonly Program[], simd: boolean): Uint8Array<ArrayBuffer> {
  const lanes = simd ? simdLanes : scalarLanes;
  return writeModule(
    { kind: "imported", pages: PAGES },
    programs.flatMap(({ branches }, k) => [
      jumpFunction(`one${k}`, branches),
      bulkFunction(`known${k}`, branches, "known", lanes),
      bulkFunction(`unsure${k}`, branches, "unsure", lanes),
    ]),
  );
}

export function compile(programs: readonly Program[], simd: boolean, { memory }: Staging): readonly Judge[] {
  if (programs.length === 0) return [];
  const module = new WebAssembly.Module(moduleOf(programs, simd));
  // What the module exports is what `moduleOf` wrote.
  const exports = new WebAssembly.Instance(module, { staging: { memory } }).exports as Record<
    string,
    Exported
  >;
  return programs.map((program, k) =>
    judgeOf(program, {
      one: exported(exports, `one${k}`),
      known: exported(exports, `known${k}`),
      unsure: exported(exports, `unsure${k}`),
    }),
  );
}

/** Numbers in, a number or nothing out. */
type Exported = (rows?: number) => number;

function exported(exports: Readonly<Record<string, Exported>>, name: string): Exported {
  const value = exports[name];
  if (value === undefined) throw new RangeError(`the module has no \`${name}\``);
  return value;
}
