// Lines of a design's code, where the source is here to be counted.

import type { Design } from "@gatehouse/core";
import type { ReportedSize } from "@gatehouse/harness";
import { measureSize } from "@gatehouse/harness/size";
import { notice } from "./terminal.js";

export function codeSizeOf(design: Design): ReportedSize | null {
  const size = measureSize(design.package);
  if (size.ok) return { adds: size.value.adds, standsOn: size.value.standsOn };
  notice(`${design.id}: ${size.error}`);
  return null;
}
