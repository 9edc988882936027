// The back-end, where there is a WebAssembly to run it.

import { type Backend, fail, type Result, succeed, ZERO } from "@gatehouse/core";
import { loadFilter } from "./filter.js";
import { v128 } from "./instructions.js";
import { writeModule } from "./module.js";
import { openStaging } from "./staging.js";
import { openSweep } from "./sweep.js";

/**
 * Each call gives a back-end with a memory of its own, half a megabyte for all of its filters. An error is the reason,
 * in words that follow "the compiled back-end is not there: "; the reference serves then.
 */
export function compiledBackend(): Result<Backend, string> {
  if (typeof WebAssembly !== "object") return fail("this JavaScript has no WebAssembly");
  try {
    return succeed(openBackend(hasSimd()));
  } catch (error) {
    return fail(`WebAssembly refuses: ${error instanceof Error ? error.message : error}`);
  }
}

/** Without SIMD the same code takes one row at a time. */
export function openBackend(simd: boolean): Backend {
  const staging = openStaging(simd);
  const sweep = openSweep(staging);
  return { name: "compiled", load: (lowered, catalog) => loadFilter(lowered, catalog, simd, staging, sweep) };
}

function hasSimd(): boolean {
  const body = v128.i8x16_bitmask(v128.const(ZERO));
  const probe = { name: "probe", parameters: [], results: ["i32"], locals: [], body } as const;
  return WebAssembly.validate(writeModule({ kind: "own", pages: 1 }, [probe]));
}
