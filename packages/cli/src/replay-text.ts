// A replay for people: who said what how often, which events were refused, and where the first difference is.

import type { Replay } from "@gatehouse/harness";
import type { Titles } from "./case.js";
import { ofTask, showTaskSide, showWitness } from "./comparison-text.js";
import type { Colours } from "./terminal.js";
import { count, number, printable, table, wrap } from "./text.js";

/** `backend`: where designs run, if somebody asked for it. */
export type ReplayTitles = Titles & { readonly backend?: string };

/** Events that are named of those which a contestant refused; --json has them all. */
const SHOWN_EVENTS = 12;

export function showReplay(result: Replay, titles: ReplayTitles, colours: Colours): string {
  return [
    ...head(result, titles, colours),
    "",
    ...outcomes(result, colours),
    ...refused(result, colours),
    ...absent(result, colours),
    "",
    ...divergence(result, colours),
  ].join("\n");
}

function head(
  { events, unreadable, lostEvents }: Replay,
  titles: ReplayTitles,
  { dim, bold }: Colours,
): string[] {
  const left = unreadable === 0 ? "" : `, ${count(unreadable, "line")} unreadable`;
  const lost = lostEvents === 0 ? "" : `, ${count(lostEvents, "event")} lost when it was recorded`;
  return [
    `${dim("policy")} ${bold(printable(titles.policy))}`,
    `${dim("trace ")} ${bold(printable(titles.trace))}`,
    ...wrap(`${count(events, "event")}${ofTask(titles)}${left}${lost}`, "       ").map(dim),
    ...showTaskSide(titles).map(dim),
    ...(titles.backend === undefined ? [] : [dim(`run on ${titles.backend}`)]),
  ];
}

function outcomes({ designs }: Replay, { dim }: Colours): string[] {
  const rows = Object.entries(designs).map(([id, { allow, deny, kill, unknown }]) => [
    id,
    ...[allow, deny, kill, unknown].map((value) => number(value)),
  ]);
  const [top = "", ...body] = table([["design", "allow", "deny", "kill", "unknown"], ...rows], 1);
  return [dim(top), ...body];
}

/** `bitmask-2009@and refuses read 12, write 4`. */
function refused({ designs }: Replay, { bold }: Colours): string[] {
  return Object.entries(designs).flatMap(([id, { byEvent }]) => {
    const counts = Object.entries(byEvent)
      .map(([name, { deny, kill }]) => ({ name, times: deny + kill }))
      .filter(({ times }) => times > 0)
      .sort((a, b) => b.times - a.times);
    if (counts.length === 0) return [];
    const shown = counts.slice(0, SHOWN_EVENTS).map(({ name, times }) => `${name}\u00a0${number(times)}`);
    const more = counts.length - shown.length;
    const rest = more > 0 ? [`and ${count(more, "other")}`] : [];
    return ["", `${bold(id)} refuses`, ...wrap([...shown, ...rest].join(", "), "  ").map(unglued)];
  });
}

/** A name and its number stay on one line by a blank that is none; whoever reads the output wants an ordinary one. */
function unglued(line: string): string {
  return line.replaceAll("\u00a0", " ");
}

function absent({ inexpressible }: Replay, { bold }: Colours): string[] {
  return Object.entries(inexpressible).flatMap(([id, reasons]) => [
    "",
    `${bold(id)} cannot say this policy`,
    ...reasons.flatMap((reason) => wrap(printable(reason), "    ", "  ")),
  ]);
}

function divergence(
  { designs, events, firstDivergence }: Replay,
  { bold, green, red, yellow }: Colours,
): string[] {
  if (firstDivergence === null)
    return Object.keys(designs).length > 1 && events > 0
      ? ["All of them give every event the same verdict."]
      : [];
  const colour = { allow: green, deny: red, unknown: yellow };
  const verdicts = Object.entries(firstDivergence.verdicts);
  const width = Math.max(...verdicts.map(([id]) => id.length));
  return [
    bold("They first differ on"),
    ...showWitness(firstDivergence),
    ...verdicts.map(([id, verdict]) => `    ${id.padEnd(width)}  ${colour[verdict](verdict)}`),
  ];
}
