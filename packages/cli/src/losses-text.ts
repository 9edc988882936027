// The losses of a comparison where they stand: the policy's own lines, each that a design loses marked and followed by
// the reason.
//
//   1 bitmask-2009        approximate, fails closed
//   2 filter-engine-2010  exact
//
//   1 2
//          6  allow epoll_create
//   c ·    7  allow epoll_ctl   if op in {EPOLL_CTL_ADD, EPOLL_CTL_DEL}
//             1: a bit per call cannot look at arguments: `epoll_ctl` is refused altogether

import type { DesignReport } from "@gatehouse/harness";
import type { Colours } from "./terminal.js";
import { clip, printable, WIDTH, wrap } from "./text.js";

export function showLosses(text: string, designs: readonly DesignReport[], colours: Colours): string[] {
  const { bold, dim } = colours;
  const lines = text
    .replace(/^\ufeff/, "")
    .replace(/\r?\n$/, "")
    .split(/\r?\n/);
  const digits = String(lines.length).length;
  const byLine = lossesByLine(lines, designs);
  const unwritten = byLine.get(null);
  return [
    ...designs.map(
      ({ design, compilation, fails }, i) =>
        `${i + 1} ${design}: ${compilation}${fails === null ? "" : `, fails ${fails}`}`,
    ),
    ...wrap("c: refused where the policy allows it; o: allowed where the policy refuses it").map(dim),
    "",
    bold(designs.map((_, i) => i + 1).join(" ")),
    ...lines.flatMap((line, i) => show(line, String(i + 1), byLine.get(i + 1))),
    ...(unwritten === undefined ? [] : show(unwritten[0]?.clause ?? "", "", unwritten)),
  ];

  function show(line: string, number: string, lost: readonly Lost[] = []): string[] {
    const marks = designs.map((_, i) => mark(lost.filter(({ design }) => design === i)));
    const head = `${(lost.length === 0 ? marks.map(() => " ") : marks).join(" ")}  ${number.padStart(digits)}  `;
    const shown = clip(printable(line.replaceAll("\t", "  ")), WIDTH - head.length);
    const under = " ".repeat(head.length);
    if (lost.length === 0) return [dim(`${head}${shown}`.trimEnd())];
    return [
      bold(`${head}${shown}`),
      ...reasons(lost).flatMap((reason) => wrap(printable(reason), `${under}  `, under)),
    ];
  }
}

/** `design`: its place among those compared. */
type Lost = DesignReport["lost"][number] & { readonly design: number };

/** Under null what no line says: a default that is not written. */
function lossesByLine(
  lines: readonly string[],
  designs: readonly DesignReport[],
): ReadonlyMap<number | null, readonly Lost[]> {
  const written = lines.findIndex((line) => /^\s*default\b/.test(line));
  const lineOfDefault = written < 0 ? null : written + 1;
  const byLine = new Map<number | null, Lost[]>();
  for (const [design, { lost }] of designs.entries()) {
    for (const loss of lost) {
      const line = loss.line ?? lineOfDefault;
      byLine.set(line, [...(byLine.get(line) ?? []), { ...loss, design }]);
    }
  }
  return byLine;
}

function mark(lost: readonly Lost[]): string {
  if (lost.length === 0) return "·";
  return lost.some(({ fails }) => fails === "open") ? "o" : "c";
}

/** `1, 2: why`: what several designs say alike is said once. */
function reasons(lost: readonly Lost[]): string[] {
  const designs = new Map<string, Set<number>>();
  for (const { reason, effect, design } of lost) {
    const why = effect === null ? reason : `${reason}: ${effect}`;
    designs.set(why, (designs.get(why) ?? new Set()).add(design + 1));
  }
  return [...designs].map(([reason, who]) => `${[...who].join(", ")}: ${reason}`);
}
