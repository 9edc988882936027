// How the variants of a table stand to what they rebuild, in words under the table.

import { variants } from "./known-designs.js";
import { wrap } from "./text.js";

/** `ids`: of variants, perhaps with a back-end's name behind; whatever else stands in a table has no mark. */
export function showMarks(ids: readonly string[]): string[] {
  const marks = new Map<string, Set<string>>();
  for (const wanted of ids) {
    const variant = variants.find(({ id }) => wanted === id || wanted.startsWith(`${id}@`));
    if (variant !== undefined)
      marks.set(variant.mark, (marks.get(variant.mark) ?? new Set()).add(nameOf(variant.id)));
  }
  const parts = [...marks].map(([mark, names]) => `${[...names].join(" and ")} ${mark}`);
  return parts.length === 0 ? [] : wrap(`Rebuilt: ${parts.join("; ")}.`);
}

/** `@v2`: the table above has the rest. */
function nameOf(id: string): string {
  return id.slice(id.indexOf("@"));
}
