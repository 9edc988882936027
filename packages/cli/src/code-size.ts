// Lines of a design's code, where the source is here to be counted.

import type { Design } from "@gatehouse/core";
import type { ReportedSize } from "@gatehouse/harness";
import { measureSize } from "@gatehouse/harness/size";
import { notice } from "./terminal.js";

/** A variant is a module of its design's package: the lines of its siblings are not its own. */
export function codeSizeOf(design: Design): ReportedSize | null {
  const size = measureSize(design.package, { entry: `variants/${variantOf(design)}.ts` });
  if (size.ok) return { adds: size.value.adds, standsOn: size.value.standsOn };
  notice(`${design.id}: ${size.error}`);
  return null;
}

/** `and` of `bitmask-2009@and`, and of `bitmask-2009@and@native`. */
function variantOf({ id }: Design): string {
  return id.split("@")[1] ?? id;
}
