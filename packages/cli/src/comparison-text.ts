// A comparison for people: two tables, then each design in words.

import type { DesignReport, Report, Witness } from "@gatehouse/harness";
import type { Titles } from "./case.js";
import { shortId } from "./known-designs.js";
import { showLosses } from "./losses-text.js";
import type { Colours } from "./terminal.js";
import { clip, count, number, printable, table, WIDTH, wrap } from "./text.js";

/** Losses that are shown of a design; --losses and --json have them all. */
const SHOWN_LOSSES = 12;

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
    ...verdicts(report, colours),
    "",
    ...price(report, colours),
    ...report.designs.flatMap((design) => ["", ...details(design, report, colours, policy === null)]),
    ...listing,
  ].join("\n");
}

function head({ catalog, trace }: Report, titles: Titles, { dim, bold }: Colours): string[] {
  const what = [
    `${count(trace.events, "event")}${ofTask(titles)}`,
    `${count(trace.tasks, "task")} in the trace`,
    ...(trace.unreadable === 0 ? [] : [`${count(trace.unreadable, "line")} unreadable`]),
  ];
  return [
    `${dim("policy ")} ${bold(printable(titles.policy))}`,
    `${dim("trace  ")} ${bold(printable(titles.trace))}`,
    ...wrap(what.join(", "), "        ").map(dim),
    `${dim("catalog")} ${catalog}`,
    ...showTaskSide(titles).map(dim),
  ];
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
    ["", "", "", "", ...more(""), "falsely", "falsely"],
    ["verdicts", "", "allowed", "denied", ...more("unknown"), "allowed", "denied"],
    ["the policy itself", "", cell(allow), cell(deny), ...more(cell(unknown)), "", ""],
    ...report.designs.map((design) => [
      shortId(design.design),
      design.compilation,
      cell(design.allow),
      cell(design.deny),
      ...more(cell(design.unknown)),
      cell(design.falseAllow),
      cell(design.falseDeny),
    ]),
  ];
  const lines = table(rows, 2);
  return lines.map((line, i) => (i < 2 ? colours.dim(line) : paint(line, report.designs[i - 3], colours)));
}

/** Green where it is exact, yellow where it errs on the safe side, red where it allows what it should not. */
function paint(line: string, design: DesignReport | undefined, { green, yellow, red }: Colours): string {
  if (design === undefined) return line;
  const colour = design.compilation === "exact" ? green : design.fails === "closed" ? yellow : red;
  return line.replace(design.compilation, colour(design.compilation));
}

function price({ designs, sample }: Report, { dim }: Colours): string[] {
  const rows = [
    ["lines and cost", "adds", "stands on", "the mail", "ns", "predicates", "bytes"],
    ...designs.map(({ design, codeSize, patch, cost }) => [
      shortId(design),
      cell(codeSize?.adds),
      cell(codeSize?.standsOn),
      `+${number(patch.added)} −${number(patch.removed)}`,
      cell(cost?.nsPerEvent, 1),
      cell(cost?.predicatesPerEvent, 2),
      cell(cost?.bytesPerEvent, 1),
    ]),
    ["allow everything", "", "", "", cell(sample.floorNsPerEvent, 1), "", ""],
  ];
  const [top = "", ...body] = table(rows, 1);
  const how = [
    "Lines of TypeScript without comments, beside the mail's count of the patch.",
    `Cost of a decision on the first ${count(sample.events, "event")}; \`allow everything\` is what the loop itself costs.`,
  ];
  return [dim(top), ...body, ...wrap(how.join(" ")).map(dim)];
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
  return [
    bold(design.design),
    dim(`  ${design.title}`),
    ...wrap(
      `${design.compilation}${fails}${asProgram}: ${MEANING[design.fails ?? design.compilation]}`,
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

function losses({ lost }: DesignReport, { dim }: Colours): string[] {
  const shown = lost.slice(0, SHOWN_LOSSES).flatMap(({ clause, line, reason }) => {
    const place = line === null ? "" : `line ${line}: `;
    return [
      `  ${dim(place)}${clip(printable(clause), WIDTH - 2 - place.length)}`,
      ...wrap(printable(reason), "    "),
    ];
  });
  const more = lost.length - SHOWN_LOSSES;
  return more > 0 ? [...shown, `  and ${number(more)} more; --losses marks them all`] : shown;
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
