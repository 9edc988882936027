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

/** The three that the mail of 26 May 2011 counts, and what the mail describes: put side by side unless others are asked for. */
const posted: readonly Design[] = [bitmaskSubset, filterEngineV2, eventFiltersPoc, eventFiltersVision];

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

/** Words that stand for several. */
const SETS: Readonly<Record<string, readonly Design[]>> = {
  posted,
  /** Of each design the variant that is at its best. */
  best: [bitmaskAnd, filterEngineCorrected, eventFiltersVision],
  all: variants,
};
export const setNames: readonly string[] = Object.keys(SETS);

/** By ids, bare names and the words for several; without any the `posted` ones. Each once, in the order of asking. */
export function findDesigns(wanted?: readonly string[]): readonly Design[] {
  return [...new Set(namesOf(wanted).map(findDesign))];
}

/** The same by name, with ids in the place of a word for several. */
export function namesOf(wanted: readonly string[] = ["posted"]): readonly string[] {
  return wanted.flatMap((one) => (Object.hasOwn(SETS, one) ? (SETS[one] ?? []).map(({ id }) => id) : [one]));
}

/** The policy itself, where it stands beside designs. */
export const DECIDE = "decide";

/**
 * By id, or by what stands before the `@`: that is the first of the `posted` ones. With a back-end's name and another
 * `@` behind it, as that back-end runs it.
 */
export function findDesign(wanted: string): Design {
  const found = variants.find(({ id }) => id === wanted) ?? posted.find(({ id }) => bareName(id) === wanted);
  if (found !== undefined) return found;
  const [, design = "", backend = ""] = /^(.+)@([^@]+)$/.exec(wanted) ?? [];
  if (isBackend(backend)) return runOn(findDesign(design), backend);
  if (variants.some(({ id }) => id === design)) throw unknown("back-end", backend, backendNames);
  const ids = variants.map(({ id }) => id);
  throw unknown("design", wanted, ids, [...bareNames, ...setNames]);
}

/** `bitmask-2009` of `bitmask-2009@and`. */
function bareName(id: string): string {
  return id.split("@")[0] ?? id;
}

export const bareNames: readonly string[] = [...new Set(variants.map(({ id }) => bareName(id)))];

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
