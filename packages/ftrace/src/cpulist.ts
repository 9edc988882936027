// `CPUS{…}`: the kernel's list of bits, as everything that takes CPUs reads it.
//
//   list  = { blank | "," } { entry ( { blank | "," } ) } ;
//   entry = cpu | ( cpu "-" cpu | "all" ) [ ":" used "/" group ] ;
//   cpu   = decimal | "N" ;                                            (N: the last one)

import { isSpace } from "./ctype.js";

const ENTRY = /(?:([aA][lL][lL])|(N|[0-9]+)-(N|[0-9]+))(?::(N|[0-9]+)\/(N|[0-9]+))?|(N|[0-9]+)/y;

/** The CPUs in the list on a machine that has `cpus`; null where the kernel refuses it. */
export function parseCpuList(list: string, cpus: number): ReadonlySet<number> | null {
  const found = new Set<number>();
  let at = 0;
  for (;;) {
    while (isSeparator(list.charCodeAt(at))) at++;
    if (at >= list.length) return found;
    ENTRY.lastIndex = at;
    const entry = ENTRY.exec(list);
    if (entry === null) return null;
    at = ENTRY.lastIndex;
    const [, every, from, to, used, group, single] = entry;
    // Only behind a group may the next entry follow without a separator.
    if (group === undefined && at < list.length && !isSeparator(list.charCodeAt(at))) return null;
    const start = every === undefined ? numberOf(from ?? single, cpus) : 0;
    const end = every === undefined ? numberOf(to ?? single, cpus) : cpus - 1;
    const stride = group === undefined ? end + 1 : numberOf(group, cpus);
    const length = used === undefined ? end + 1 : numberOf(used, cpus);
    if (start > end || end >= cpus || stride === 0 || stride > 0xffff_ffff || length > stride) return null;
    for (let first = start; first <= end; first += stride)
      for (let cpu = first; cpu <= end && cpu < first + length; cpu++) found.add(cpu);
    if (group === undefined && list[at] === "\n") return found; // a line's end is the end of a list
  }
}

function isSeparator(unit: number): boolean {
  return isSpace(unit) || unit === 0x2c;
}

function numberOf(text: string | undefined, cpus: number): number {
  return text === "N" ? cpus - 1 : Number(text);
}
