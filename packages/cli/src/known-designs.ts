// The designs, in the order of their dates: the only file that names them all.

import { nearestWord } from "@gatehouse/catalog";
import type { Design } from "@gatehouse/core";
import { bitmaskAnd, bitmaskSubset } from "@gatehouse/design-2009-bitmask";
import {
  filterEngineArray,
  filterEngineCorrected,
  filterEngineShipped,
  filterEngineV2,
} from "@gatehouse/design-2010-filter-engine";
import { eventFiltersPoc, eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { Failure } from "./failure.js";
import { backendNames, isBackend, runOn } from "./known-back-ends.js";
import { printable } from "./text.js";

/** Of each design the variant that is at its best: what is put side by side unless somebody asks for others. */
export const designs: readonly Design[] = [bitmaskAnd, filterEngineCorrected, eventFiltersVision];

/** All variants. */
export const variants: readonly Design[] = [
  bitmaskAnd,
  bitmaskSubset,
  filterEngineV2,
  filterEngineArray,
  filterEngineShipped,
  filterEngineCorrected,
  eventFiltersPoc,
  eventFiltersVision,
];

/** The policy itself, where it stands beside designs. */
export const DECIDE = "decide";

/**
 * By id, or by what stands before the `@`: that is the variant of `designs`. With a back-end's name and another `@`
 * behind it, as that back-end runs it.
 */
export function findDesign(wanted: string): Design {
  const found = variants.find(({ id }) => id === wanted || shortId(id) === wanted);
  if (found !== undefined) return found;
  const [, design = "", backend = ""] = /^(.+)@([^@]+)$/.exec(wanted) ?? [];
  if (isBackend(backend)) return runOn(findDesign(design), backend);
  if (variants.some(({ id }) => id === design)) throw unknown("back-end", backend, backendNames);
  const ids = variants.map(({ id }) => id);
  throw unknown("design", wanted, ids, ids.map(shortId));
}

/** `others`: what is as good a name as the known ones, and not listed. */
function unknown(
  what: string,
  wanted: string,
  known: readonly string[],
  others: readonly string[] = [],
): Failure {
  const near = nearestWord(wanted, [...known, ...others]);
  const hint = near === null ? "" : `\nhint: did you mean \`${near}\`?`;
  return new Failure(`there is no ${what} \`${printable(wanted)}\`; known: ${known.join(", ")}${hint}`);
}

/** `bitmask-2009` of `bitmask-2009@and`; of a variant that has to be asked for, the whole id. */
export function shortId(id: string): string {
  return designs.some((design) => design.id === id) ? (id.split("@")[0] ?? id) : id;
}
