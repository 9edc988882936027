// The back-end, where there is a WebAssembly to run it.

import { type BackendInPlace, fail, type Result, succeed, ZERO } from "@gatehouse/core";
import { openArena } from "./arena.js";
import { loadFilter } from "./filter.js";
import { type Code, i32, NOTHING, v128 } from "./instructions.js";
import { writeModule } from "./module.js";
import { openStaging } from "./staging.js";
import { openSweep } from "./sweep.js";

let opened: Result<BackendInPlace, string> | undefined;

/**
 * The back-end, one for all who ask. An error is the reason, in words that follow "the compiled back-end is not
 * there: "; the reference serves then.
 *
 * Rows that lie in its memory are not copied first, as those of any other array are. Its `columns` are `MAX_COLUMN_BYTES`
 * in all and are not given back, so make a few chunks and fill them again and again.
 */
export function compiledBackend(): Result<BackendInPlace, string> {
  opened ??= tryBackend();
  return opened;
}

export function tryBackend(): Result<BackendInPlace, string> {
  if (typeof WebAssembly !== "object") return fail("this JavaScript has no WebAssembly");
  try {
    // Old Chromium makes no module above 4 KiB while a page waits, only in a worker; a newer one none above 8 MiB,
    // which `MAX_FILTER_BRANCHES` stays below.
    new WebAssembly.Module(probe(NOTHING.repeat(4096) + i32.const(0)));
    return succeed(openBackend(WebAssembly.validate(probe(v128.i8x16_bitmask(v128.const(ZERO))))));
  } catch (error) {
    return fail(`WebAssembly refuses a module: ${error instanceof Error ? error.message : error}`);
  }
}

/** Without SIMD the same code takes one row at a time. */
export function openBackend(simd: boolean): BackendInPlace {
  const staging = openStaging(simd);
  const sweep = openSweep(staging);
  return {
    name: "compiled",
    load: (lowered, catalog) => loadFilter(lowered, catalog, simd, staging, sweep),
    columns: openArena(staging),
  };
}

function probe(body: Code): Uint8Array<ArrayBuffer> {
  const func = { name: "probe", parameters: [], results: ["i32"], locals: [], body } as const;
  return writeModule({ kind: "own", pages: 1 }, [func]);
}
