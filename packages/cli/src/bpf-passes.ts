// The calls about which no seccomp program is asked, as a sentence for who reads what a program allows.

import type { Catalog, EventFormat } from "@gatehouse/core";

/** None where there is no such call. */
export function showPassing(catalog: Catalog, calls = catalog.passSeccomp): readonly string[] {
  if (calls.length === 0) return [];
  return [
    `${calls.map(named).join(" and ")} ${calls.length === 1 ? "passes" : "pass"} every seccomp program by the native entry path of ${catalog.title}, whatever it says`,
  ];
}

function named({ name, id }: EventFormat): string {
  return `\`${name}\` (${id})`;
}
