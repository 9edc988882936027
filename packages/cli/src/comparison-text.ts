// A comparison for people: two tables, then each design in words.

import type { DesignReport, Report, Witness } from "@gatehouse/harness";
import type { Titles } from "./case.js";
import { showLosses } from "./losses-text.js";
import type { Colours } from "./terminal.js";
import { clip, count, number, printable, table, WIDTH, wrap } from "./text.js";

/** Places that are named of a loss; --losses and --json have them all. */
const SHOWN_PLACES = 12;

/** `policy`: its text, where losses are to be shown in its lines. */
export function showComparison(
  report: Report,
  titles: Titles,
  colours: Colours,
  policy: string | null = null,
): string {
  const listing = policy === null ? [] : ["", ...showLosses(policy, report.designs, colours)];
  return [
    ...head(report, titles, colours),
    "",
    ...origins(report, colours),
    "",
    ...sayings(report, colours),
    "",
    ...verdicts(report, colours),
    ...wrap(VERDICT_WORDS).map(colours.dim),
    "",
    ...price(report, colours),
    ...wrap(priceWords(report)).map(colours.dim),
    ...report.designs.flatMap((design) => ["", ...details(design, report, colours, policy === null)]),
    ...listing,
  ].join("\n");
}

/** The tables alone. */
export function showBriefly(report: Report, titles: Titles, colours: Colours): string {
  const { catalog, trace } = report;
  return [
    clip(
      `policy ${printable(titles.policy)}, trace ${printable(titles.trace)}: ${count(trace.events, "event")}, ${catalog}`,
      WIDTH,
    ),
    ...origins(report, colours),
    ...sayings(report, colours),
    ...lostDefault(report),
    ...verdicts(report, colours),
    ...price(report, colours),
  ].join("\n");
}

function head({ catalog, trace }: Report, titles: Titles, { dim, bold }: Colours): string[] {
  const what = [
    `${count(trace.events, "event")}${ofTask(titles)}`,
    `${count(trace.tasks, "task")} in the trace`,
    ...(trace.unreadable === 0 ? [] : [`${count(trace.unreadable, "line")} unreadable`]),
    ...(trace.lostEvents === 0 ? [] : [`${count(trace.lostEvents, "event")} lost when it was recorded`]),
  ];
  return [
    `${dim("policy ")} ${bold(printable(titles.policy))}`,
    `${dim("trace  ")} ${bold(printable(titles.trace))}`,
    ...wrap(what.join(", "), "        ").map(dim),
    `${dim("catalog")} ${catalog}`,
    ...showTaskSide(titles).map(dim),
  ];
}

/** Who wrote what each row rebuilds, and how the row stands to that. */
function origins({ designs }: Report, { dim }: Colours): string[] {
  const rows = designs.map(({ design, origin, mark }) => [design, `${origin.by}, ${origin.date}`, mark]);
  const [top = "", ...body] = table([["design", "written by", "rebuilt here"], ...rows], 3);
  return [dim(top), ...body];
}

/** What each can say of the policy. */
function sayings({ designs }: Report, colours: Colours): string[] {
  const rows = designs.map((design) => [
    design.design,
    showCompilation(design),
    design.lost.length === 0 ? "–" : number(design.lost.length),
    design.lost.length === 0 ? "–" : number(design.lostEvents),
  ]);
  const [top = "", ...body] = table([["says the policy", "", "clauses lost", "events of these"], ...rows], 2);
  return [colours.dim(top), ...body.map((line, i) => paint(line, designs[i], colours))];
}

/** In one line what each design's own words say at length; the line stands where a default of `allow` is lost. */
function lostDefault({ designs }: Report): string[] {
  if (!designs.some(({ lost }) => lost.some(({ clause }) => clause === "default allow"))) return [];
  return ["  lost with the default: numbers outside the table, which are always refused"];
}

/** `exact but for actions`: each verdict is right, and a refusal is not always the one that the policy asks for. */
export function showCompilation({
  compilation,
  actions,
}: Pick<DesignReport, "compilation" | "actions">): string {
  return compilation === "exact" && actions.length > 0 ? "exact but for actions" : compilation;
}

const VERDICT_WORDS =
  "Falsely allowed: the design lets pass what the policy refuses. Falsely denied: it refuses what the policy allows. Killed instead: the policy answers an errno, and the design can only kill.";

function priceWords({ sample }: Report): string {
  return `Lines of TypeScript without comments; the mail of 26 May 2011 counts lines of C that a patch adds and removes, of the posted variants alone. Predicates and bytes are what a decision looks at, on average over the first ${count(sample.events, "event")}. What a decision takes: \`gatehouse bench\`; kernels' own figures: docs/back-ends.md.`;
}

/** Whose events they are, where not everybody's. */
export function ofTask({ task }: Titles): string {
  return task === null ? "" : ` of \`${printable(task)}\` and its descendants`;
}

/** How verdicts came about, where not by asking each filter about each event. */
export function showTaskSide({ task, taskSide }: Titles): string[] {
  if (!taskSide) return [];
  const who = task === null ? "each task without a parent in the trace" : "the selected task";
  return wrap(`Task side: ${who} installs its filters, and others have what they inherit from it.`);
}

function verdicts(report: Report, colours: Colours): string[] {
  const { allow, deny, unknown } = report.decide;
  const unsure = report.designs.some((design) => (design.unknown ?? 0) > 0) || unknown > 0;
  const more = (cell: string) => (unsure ? [cell] : []);
  const rows = [
    ["", "", "", ...more(""), "falsely", "falsely", "killed"],
    ["verdicts", "allowed", "denied", ...more("unknown"), "allowed", "denied", "instead"],
    ["the policy itself", cell(allow), cell(deny), ...more(cell(unknown)), "", "", ""],
    ...report.designs.map((design) => [
      design.design,
      cell(design.allow),
      cell(design.deny),
      ...more(cell(design.unknown)),
      cell(design.falseAllow),
      cell(design.falseDeny),
      cell(design.killedInstead),
    ]),
  ];
  return table(rows, 1).map((line, i) => (i < 2 ? colours.dim(line) : line));
}

/** Green where it is exact, yellow where it errs on the safe side, red where it allows what it should not. */
function paint(line: string, design: DesignReport | undefined, { green, yellow, red }: Colours): string {
  if (design === undefined) return line;
  const colour = design.compilation === "exact" ? green : design.fails === "closed" ? yellow : red;
  return line.replace(design.compilation, colour(design.compilation));
}

function price({ designs }: Report, { dim }: Colours): string[] {
  const rows = designs.map(({ design, codeSize, patch, cost }) => [
    design,
    cell(codeSize?.adds),
    cell(codeSize?.standsOn),
    showPatch(patch),
    cell(cost?.predicatesPerEvent, 2),
    cell(cost?.bytesPerEvent, 1),
  ]);
  const [top = "", ...body] = table(
    [["lines of code, and reads", "adds", "stands on", "the mail", "predicates", "bytes"], ...rows],
    1,
  );
  return [dim(top), ...body];
}

/** `+194 −22`; a dash for a variant that the mail does not count. */
export function showPatch(patch: DesignReport["patch"]): string {
  return patch === null ? "–" : `+${number(patch.added)} −${number(patch.removed)}`;
}

function details(
  design: DesignReport,
  { taskSide }: Report,
  colours: Colours,
  listsLosses: boolean,
): string[] {
  const { bold, dim } = colours;
  // What tasks carry and inherit can make other verdicts of the same program.
  const asProgram = taskSide ? ", as a program" : "";
  const fails = design.fails === null ? "" : `, fails ${design.fails}`;
  // A loss in the other direction is a call that passes under every policy.
  const isExempt = design.fails === "closed" && design.lost.some((loss) => loss.fails === "open");
  const but = isExempt ? " but calls that it cannot refuse" : "";
  return [
    bold(design.design),
    dim(`  ${design.title}`),
    ...wrap(
      `${showCompilation(design)}${fails}${asProgram}: ${MEANING[design.fails ?? design.compilation]}${but}`,
      "  ",
    ),
    ...(listsLosses ? losses(design, colours) : []),
    ...mistakes("falsely allowed", design.falseAllow, design.firstFalseAllow, colours.red),
    ...mistakes("falsely denied", design.falseDeny, design.firstFalseDeny, colours.yellow),
    ...actions(design),
  ];
}

const MEANING: Readonly<Record<string, string>> = {
  exact: "the policy's own verdict on every event",
  closed: "it refuses some of what the policy allows, and allows nothing more",
  open: "it allows some of what the policy refuses, and refuses nothing more",
  inexpressible: "it cannot err in the asked direction alone, so it is not run",
};

/** Those that are lost alike under one reason. */
function losses({ lost, lostEvents }: DesignReport, { dim }: Colours): string[] {
  if (lost.length === 0) return [];
  const groups = new Map<string, DesignReport["lost"][number][]>();
  for (const loss of lost) groups.set(loss.reason, [...(groups.get(loss.reason) ?? []), loss]);
  const shown = [...groups].flatMap(([reason, alike]) => [
    ...wrap(`${count(alike.length, "clause")}: ${printable(reason)}`, "    ", "  "),
    ...places(alike).map(dim),
  ]);
  return [...shown, ...wrap(`the trace has ${count(lostEvents, "event")} of these clauses' calls`, "  ")];
}

/** Where they stand, or what they say. */
function places(alike: DesignReport["lost"]): string[] {
  const [only] = alike;
  if (alike.length === 1 && only !== undefined) {
    const line = only.line === null ? "" : `line ${only.line}: `;
    return [`    ${line}${clip(printable(only.clause), WIDTH - 4 - line.length)}`];
  }
  const inOrder = [...alike].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const named = inOrder.map(({ line, clause }) => (line === null ? printable(clause) : `${line}`));
  const more = named.length > SHOWN_PLACES ? ", …; --losses marks them all" : "";
  const list = named.slice(0, SHOWN_PLACES).join(", ") + more;
  return wrap(alike.every(({ line }) => line !== null) ? `lines ${list}` : list, "    ");
}

function mistakes(
  what: string,
  found: number | null,
  first: Witness | null,
  colour: (text: string) => string,
): string[] {
  if (found === null || first === null) return [];
  return [`  ${colour(`${what}: ${count(found, "event")}`)}, the first:`, ...showWitness(first)];
}

/** Who made which call, in two lines. */
export function showWitness({ event, task, call }: Witness): string[] {
  return [
    `    event ${number(event)}, ${task.comm === "" ? "?" : printable(task.comm)} (pid ${task.pid})`,
    `    ${clip(printable(call), WIDTH - 4)}`,
  ];
}

function actions({ actions, refusal }: DesignReport): string[] {
  return actions.length === 0 ? [] : wrap(showActions(actions, refusal), "  ");
}

/** Of what refuses calls, but not in all ways that a policy asks for. */
export function showActions(actions: readonly string[], refusal: string): string {
  const asked = actions.map((action) => `\`${action}\``).join(", ");
  return `it cannot ${asked}: a call that it refuses ends in \`${refusal}\``;
}

/** A dash where there is nothing to count. */
function cell(value: number | null | undefined, digits = 0): string {
  return value === null || value === undefined ? "–" : number(value, digits);
}
