// What a bench found, for people: a table of times and multiples of the floor.

import type { BenchLine, Figure } from "@gatehouse/harness";
import type { PrintedBench } from "./bench.js";
import type { Titles } from "./case.js";
import { ofTask } from "./comparison-text.js";
import type { Colours } from "./terminal.js";
import { count, number, printable, table, wrap } from "./text.js";

export function showBench(report: PrintedBench, titles: Titles, colours: Colours): string {
  return [
    ...head(report, titles, colours),
    "",
    ...times(report, colours),
    ...refusals(report, colours),
    "",
    ...wrap(notes(report)).map(colours.dim),
  ].join("\n");
}

function head({ sample, machine, rounds }: PrintedBench, titles: Titles, { bold, dim }: Colours): string[] {
  const { cpu, cores, kernel, node, commit, addon } = machine;
  const where = [
    `${cpu} (${cores} cores), Linux ${kernel}, Node ${node}`,
    addon === null ? "no addon" : `addon by ${addon}`,
    ...(commit === null ? [] : [`commit ${commit}`]),
  ];
  return [
    `${dim("policy ")} ${bold(printable(titles.policy))}`,
    `${dim("trace  ")} ${bold(printable(titles.trace))}`,
    ...wrap(
      `the first ${count(sample.events, "event")}${ofTask(titles)}, ${count(rounds, "round")}`,
      INDENT,
    ).map(dim),
    `${dim("machine")} ${wrap(where.join("; "), INDENT).join("\n").trimStart()}`,
  ];
}

const INDENT = "        ";

function times({ contestants }: PrintedBench, { dim }: Colours): string[] {
  const rows = contestants.map(({ id, kind, compilation, nsPerEvent, timesFloor }) => [
    kind === "floor" ? `floor: ${id}` : id,
    ...(nsPerEvent === null
      ? [compilation === "inexpressible" ? "inexpressible" : "refused", "", "", ""]
      : [
          digits(nsPerEvent.least),
          figure(nsPerEvent),
          `± ${digits(nsPerEvent.spread)}`,
          timesFloor === null ? "" : digits(timesFloor),
        ]),
  ]);
  const [top = "", ...body] = table([["", "ns an event", "median", "", "× floor"], ...rows], 1);
  return [dim(top), ...body];
}

function figure({ median, steady }: Figure): string {
  return `${digits(median)}${steady ? " " : "?"}`;
}

/** Three digits that count. */
function digits(value: number): string {
  return number(value, value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

function refusals({ contestants }: PrintedBench, { red }: Colours): string[] {
  return contestants.flatMap((line) => {
    const text = refusal(line);
    return text === null ? [] : ["", ...wrap(text, "  ", "").map(red)];
  });
}

function refusal({ id, refused }: BenchLine): string | null {
  if (refused === null) return null;
  const { event, call, found, expected } = refused;
  return `${id} is not timed: of event ${number(event)}, ${printable(call)}, it says ${found}, which should be ${expected}`;
}

function notes({ floor, steady, contestants }: PrintedBench): string {
  const isUnsteady = contestants.some(({ nsPerEvent }) => nsPerEvent?.steady === false);
  return [
    "The least time that each took, and the median of all with the median distance from it. Every contestant is",
    "a process of its own and gave the right answers first.",
    `× is its least time over the least of "${floor}".`,
    ...(isUnsteady ? [`? has a spread of more than ${number(100 * steady)} %.`] : []),
  ].join(" ");
}
