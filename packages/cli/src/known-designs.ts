// The designs, in the order of their dates: the only file that names them all.

import { nearestWord } from "@gatehouse/catalog";
import type { Design } from "@gatehouse/core";
import { bitmaskAnd } from "@gatehouse/design-2009-bitmask";
import { filterEngineCorrected } from "@gatehouse/design-2010-filter-engine";
import { eventFiltersVision } from "@gatehouse/design-2011-event-filters";
import { Failure } from "./failure.js";
import { printable } from "./text.js";

export const designs: readonly Design[] = [bitmaskAnd, filterEngineCorrected, eventFiltersVision];

/** The policy itself, where it stands beside designs. */
export const DECIDE = "decide";

/** By id, or by what stands before the `@` where only one design has that. */
export function findDesign(wanted: string): Design {
  const [found, another] = designs.filter(({ id }) => id === wanted || shortId(id) === wanted);
  if (found !== undefined && another === undefined) return found;
  const ids = designs.map(({ id }) => id);
  const near = nearestWord(wanted, [...ids, ...ids.map(shortId)]);
  const what = found === undefined ? "there is no design" : "there is more than one design";
  const hint = near === null ? "" : `\nhint: did you mean \`${near}\`?`;
  throw new Failure(`${what} \`${printable(wanted)}\`; known: ${ids.join(", ")}${hint}`);
}

/** `bitmask-2009` of `bitmask-2009@and`. */
export function shortId(id: string): string {
  return id.split("@")[0] ?? id;
}
