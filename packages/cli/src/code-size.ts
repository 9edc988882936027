// Lines of a design's code, where the source is here to be counted.

import type { Design, Result } from "@gatehouse/core";
import type { ReportedSize } from "@gatehouse/harness";
import { measureSize, summary, thisWorkspace, type VariantSize } from "@gatehouse/harness/size";
import { notice } from "./terminal.js";

export function codeSizeOf(design: Design): ReportedSize | null {
  const size = sizeOf(design);
  if (size.ok) return summary(size.value);
  notice(`${design.id}: ${size.error}`);
  return null;
}

/** A variant is a module of its design's package. */
export function sizeOf(design: Design, workspace = thisWorkspace()): Result<VariantSize, string> {
  return measureSize({ package: design.package, file: `variants/${variantOf(design)}.ts` }, workspace);
}

/** `and` of `bitmask-2009@and`, and of `bitmask-2009@and@native`. */
function variantOf({ id }: Design): string {
  return id.split("@")[1] ?? id;
}
