// What a bench found, for people: a table of times and multiples of the floor, each with the digits that hold.

import { type BenchLine, type Figure, showThatHolds, showWithSpread } from "@gatehouse/harness";
import type { PrintedBench } from "./bench.js";
import type { Titles } from "./case.js";
import { ofTask } from "./comparison-text.js";
import { showMarks } from "./marks.js";
import type { Colours } from "./terminal.js";
import { count, number, printable, table, WIDTH, wrap } from "./text.js";

export function showBench(report: PrintedBench, titles: Titles, colours: Colours): string {
  return [
    ...head(report, titles, colours),
    "",
    ...times(report, colours),
    ...refusals(report, colours),
    "",
    ...showMarks(report.contestants.map(({ id }) => id)).map(colours.dim),
    ...wrap(notes(report)).map(colours.dim),
  ].join("\n");
}

function head(report: PrintedBench, titles: Titles, { bold, dim }: Colours): string[] {
  const { sample, launches, rounds } = report;
  const timed = [
    `the first ${count(sample.events, "event")}${ofTask(titles)} in ${count(sample.chunks, "chunk")}`,
    `${launchCount(launches)} of ${count(rounds, "round")}`,
  ];
  return [
    `${dim("policy ")} ${bold(printable(titles.policy))}`,
    `${dim("trace  ")} ${bold(printable(titles.trace))}`,
    ...wrap(timed.join(", "), INDENT).map(dim),
    machineLine(report.machine, dim),
  ];
}

export function launchCount(launches: number): string {
  return `${number(launches)} launch${launches === 1 ? "" : "es"}`;
}

export function machineLine(machine: PrintedBench["machine"], dim: Colours["dim"]): string {
  const { cpu, cores, processor, kernel, node, commit, addon } = machine;
  const { family, model, stepping, isVirtual } = processor;
  const kind = [family, model, stepping].every((part) => part !== null)
    ? ` family ${family} model ${model} stepping ${stepping}`
    : "";
  const where = [
    `${cpu}${kind} (${count(cores, "core")}${isVirtual ? ", virtual" : ""}), Linux ${kernel}, Node ${node}`,
    addon === null ? "no addon" : `addon by ${addon}`,
    ...(commit === null ? [] : [`commit ${commit}`]),
  ];
  return `${dim("machine")} ${wrap(where.join("; "), INDENT).join("\n").trimStart()}`;
}

const INDENT = "        ";

const HEAD = ["ns an event", "median", "× floor", "ns a chunk"];

/** A name that does not fit beside its figures has a line of its own: what is cut cannot be asked for. */
function times({ contestants }: PrintedBench, { dim }: Colours): string[] {
  const names = contestants.map(({ id, kind }) => (kind === "floor" ? `floor: ${id}` : id));
  const [top = "", ...figures] = table([HEAD, ...contestants.map(cells)], 0);
  const widest = Math.max(top.length, ...figures.map((line) => line.length));
  const room = WIDTH - widest - 2;
  const column = Math.max(...names.map((name) => name.length).filter((length) => length <= room), 0);
  const beside = (name: string, line: string) =>
    `${name.padEnd(column)}  ${line}${" ".repeat(widest - line.length)}`.trimEnd();
  return [
    dim(beside("", top)),
    ...names.flatMap((name, i) => {
      const line = figures[i] ?? "";
      return name.length <= column ? [beside(name, line)] : [name, beside("", line)];
    }),
  ];
}

function cells({ compilation, nsPerEvent, nsPerChunk, timesFloor }: BenchLine): string[] {
  if (nsPerEvent === null) return [compilation === "inexpressible" ? "inexpressible" : "refused", "", "", ""];
  const [, median] = nsPerEvent.quartiles;
  return [
    `${showWithSpread(nsPerEvent)}${MARKS[nsPerEvent.shape]}`,
    showThatHolds({ value: median, spread: nsPerEvent.spread }),
    timesFloor === null ? "" : showThatHolds(timesFloor),
    nsPerChunk === null ? "" : showThatHolds(nsPerChunk),
  ];
}

/** Behind a figure. */
const MARKS: Readonly<Record<Figure["shape"], string>> = { steady: " ", unsteady: "?", "two values": "‡" };

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
  const shapes = new Set(contestants.map(({ nsPerEvent }) => nsPerEvent?.shape));
  return [
    "Each launch is a process of its own for every contestant, which gave the right answers first, and is shown by its",
    "least time. The figure is the middle launch; ± is how far the furthest one lies from it, which is what another run",
    "may differ by. The median is of all samples.",
    `× is the time over that of "${floor}", launch by launch.`,
    "A chunk in which nothing is judged takes the last column; each chunk has taken it in the first.",
    ...(shapes.has("unsteady")
      ? [`? has a spread of more than ${number(100 * steady)} %, or a median so far above the least.`]
      : []),
    ...(shapes.has("two values") ? ["‡ has two values, and another run may give the other one."] : []),
  ].join(" ");
}
