// An explanation for people: who decides, each predicate with what the event has there, what would flip it, and the
// designs beside each other.

import type {
  EventFlip,
  ExplainedClause,
  ExplainedDesign,
  Explanation,
  PolicyEdit,
} from "@gatehouse/harness";
import { showMarks } from "./marks.js";
import type { Colours } from "./terminal.js";
import { clip, count, number, printable, table, WIDTH, wrap } from "./text.js";

/** Clauses that are shown of those that name the event; --json has them all. */
const SHOWN_CLAUSES = 12;

/** Steps that are shown of a design's way. */
const SHOWN_STEPS = 24;

export function showExplanation(explanation: Explanation, title: string, colours: Colours): string {
  return [
    ...head(explanation, title, colours),
    ...clauses(explanation, colours),
    ...flips(explanation, colours),
    ...designs(explanation, colours),
  ].join("\n");
}

function head(explanation: Explanation, title: string, colours: Colours): string[] {
  const { bold, dim } = colours;
  const { event, verdict, action } = explanation;
  const { pid, comm, lineage } = event.task;
  const of = event.number === null ? "" : `event ${number(event.number)}, `;
  const who = pid === null ? lineage.join(" > ") : `${comm} (pid ${pid})`;
  const by = `${of}${who}`;
  const said = verdict === "deny" ? action : verdict;
  const shown = verdict === "deny" && action === "unknown" ? "deny, by which action is unknown" : said;
  return [
    `${dim("policy ")} ${bold(printable(title))}`,
    ...led("event   ", printable(event.call), "        ", dim),
    ...(by === "" ? [] : [dim(`        ${printable(by)}`)]),
    `${dim("verdict")} ${bold(paint(verdict, shown, colours))}`,
    ...wrap(reason(explanation), "        "),
  ];
}

function reason({ because, decidedBy, verdict, action, unknownFields, clauses }: Explanation): string {
  if (unknownFields.length > 0) {
    const fields = unknownFields.map((field) => `\`${field}\``).join(", ");
    const what = verdict === "unknown" ? "it" : "the action";
    return `${what} hangs on ${fields}, which the event does not show`;
  }
  switch (because) {
    case "entry":
      return "the call did not enter by the native path, where its number means another call: no clause is asked";
    case "ungoverned":
      return "it is no system call and no clause names it, so the policy has no say";
    case "default":
      return `${none(clauses)}, so the default decides: \`${decidedBy[0]?.clause}\``;
    case "clauses": {
      const shown = decidedBy.slice(0, SHOWN_CLAUSES).map(({ clause, line }) => place(line, clause));
      const rest = decidedBy.length - shown.length;
      const places = rest > 0 ? [...shown, `${number(rest)} more`] : shown;
      const others = clauses.filter(({ matches }) => matches === true).length - decidedBy.length;
      const strictest = others > 0 ? `; of those that match, \`${action}\` is the most restrictive` : "";
      return `${places.join(" and ")} ${decidedBy.length === 1 ? "decides" : "decide"}${strictest}`;
    }
  }
}

function none(clauses: readonly ExplainedClause[]): string {
  const holding = clauses.filter(({ matches }) => matches !== null);
  if (clauses.length === 0) return "no clause names it";
  return holding.length === 0
    ? "no clause that names it is for this task"
    : "no clause that names it matches";
}

function place(line: number | null, clause: string): string {
  return line === null ? `\`${printable(clause)}\`` : `line ${line}`;
}

function clauses({ clauses, because }: Explanation, colours: Colours): string[] {
  if (clauses.length === 0 || because === "entry") return [];
  // Of many, those that match say the most.
  const most = clauses.filter(({ matches }) => matches === true || matches === "unknown");
  const first = clauses.length > SHOWN_CLAUSES ? [...new Set([...most, ...clauses])] : clauses;
  const shown = first.slice(0, SHOWN_CLAUSES);
  const more = clauses.length - shown.length;
  return [
    "",
    colours.dim("the clauses that name it"),
    ...shown.flatMap((clause) => showClause(clause, colours)),
    ...(more > 0 ? [`  and ${number(more)} more; --json lists them all`] : []),
  ];
}

function showClause(explained: ExplainedClause, colours: Colours): string[] {
  const { clause, line, matches, decides, task, predicates } = explained;
  const { bold, dim } = colours;
  const at = line === null ? "" : `line ${line}: `;
  const says = task === null ? "" : ` in \`task ${printable(task)}\``;
  const end = `${OUTCOME[String(matches)]}${says}${decides ? ", decides" : ""}`;
  return [
    ...wrap(printable(clause), "      ", `  ${at}`).map((text) => (decides ? bold(text) : text)),
    ...(matches === null ? [] : showPredicates(predicates, colours)),
    `    ${decides ? bold(end) : dim(end)}`,
  ];
}

const OUTCOME: Readonly<Record<string, string>> = {
  true: "matches",
  false: "does not match",
  unknown: "may match",
  null: "not for this task",
};

/** Each with what the event has there: beside it where all fit, else under it. */
function showPredicates(predicates: ExplainedClause["predicates"], { dim }: Colours): string[] {
  const texts = predicates.map(({ predicate }) => printable(predicate));
  const has = predicates.map(({ field, has, value }) =>
    value === null ? "" : `${field} is ${printable(has)}`,
  );
  const width = Math.max(0, ...texts.map(({ length }) => length));
  const beside = 14 + width + 2 + Math.max(0, ...has.map(({ length }) => length)) <= WIDTH;
  return predicates.flatMap(({ value }, i) => {
    const said = `    ${(value === null ? "not asked" : String(value)).padEnd(9)} `;
    const [text = "", found = ""] = [texts[i], has[i]];
    if (value === null) return wrap(text, "                ", said).map(dim);
    if (beside) return [`${said}${text.padEnd(width)}  ${found}`];
    return [...wrap(text, "                ", said), clip(`                ${found}`, WIDTH)];
  });
}

function flips({ verdict, eventFlips, policyFlips }: Explanation, colours: Colours): string[] {
  const { dim } = colours;
  if (verdict === "unknown") {
    const settling = eventFlips.map((flip) =>
      led(`  ${flip.verdict.padEnd(5)} with `, printable(showChanges(flip)), " ".repeat(15), (head) =>
        paint(flip.verdict, head, colours),
      ),
    );
    return ["", dim("what would settle it"), ...(settling.length === 0 ? ["  none found"] : settling.flat())];
  }
  const events = eventFlips.map((flip) => showChanges(flip));
  const policies = policyFlips.map(({ edits }) => edits.map(showEdit).join(", and "));
  return [
    "",
    dim(`the smallest changes that would have it ${verdict === "allow" ? "denied" : "allowed"}`),
    ...list("  of the event   ", events),
    ...list("  of the policy  ", policies),
  ];
}

/** The head before the first of the items, the others under it. */
function list(head: string, items: readonly string[]): string[] {
  const under = " ".repeat(head.length);
  const shown = items.length === 0 ? ["none found"] : items;
  return shown.flatMap((text, i) => wrap(printable(text), `${under}  `, i === 0 ? head : under));
}

/** Wrapped behind a head that is coloured afterwards, since lengths are counted without colours. */
function led(head: string, text: string, indent: string, colour: (text: string) => string): string[] {
  const [first = "", ...others] = wrap(text, indent, head);
  return [colour(head) + first.slice(head.length), ...others];
}

function showChanges({ changes }: EventFlip): string {
  return changes
    .map(({ field, to }) => (field === "entry" ? `the ${to} entry path` : `${field}=${to}`))
    .join(", ");
}

function showEdit(edit: PolicyEdit): string {
  switch (edit.kind) {
    case "add":
      return `add \`${edit.clause}\``;
    case "remove":
      return `drop ${place(edit.line, edit.clause)}`;
    case "replace":
      return `in place of ${place(edit.line, edit.clause)}, \`${edit.by}\``;
    case "default":
      return `\`default ${edit.action}\``;
  }
}

function designs({ designs }: Explanation, colours: Colours): string[] {
  if (designs.length === 0) return [];
  const rows = [
    ["designs", "", "verdict", "predicates", "bytes"],
    ...designs.map(({ design, compilation, verdict, touched }) => [
      design,
      compilation,
      verdict ?? "–",
      touched === null ? "–" : number(touched.predicates),
      touched === null ? "–" : number(touched.bytes),
    ]),
  ];
  const [top = "", ...body] = table(rows, 3);
  return [
    "",
    colours.dim(top),
    ...body,
    ...showMarks(designs.map(({ design }) => design)).map(colours.dim),
    ...designs.flatMap((design) => ["", ...showDesign(design, colours)]),
  ];
}

function showDesign(explained: ExplainedDesign, { bold, dim }: Colours): string[] {
  const { design, compilation, fails, steps, lost } = explained;
  const kind = fails === null ? compilation : `${compilation}, fails ${fails}`;
  const looked = steps.map(({ text, value }) =>
    clip(`  ${String(value).padEnd(7)} ${printable(text)}`, WIDTH),
  );
  const reasons = [...new Set(lost.map((loss) => loss.reason))];
  return [
    `${bold(design)} ${dim(kind)}`,
    ...shortened(looked),
    ...(looked.length === 0 && compilation !== "inexpressible"
      ? ["  looks at nothing: it never sees this event"]
      : []),
    ...reasons.slice(0, SHOWN_CLAUSES).flatMap((text) => wrap(printable(text), "    ", "  lost: ")),
    ...(reasons.length > SHOWN_CLAUSES
      ? [`  and ${count(reasons.length - SHOWN_CLAUSES, "reason")} more`]
      : []),
  ];
}

/** The last step says most: it is where the evaluation ended. */
function shortened(steps: readonly string[]): readonly string[] {
  if (steps.length <= SHOWN_STEPS) return steps;
  const left = steps.length - SHOWN_STEPS;
  return [...steps.slice(0, SHOWN_STEPS - 1), `  … ${number(left)} more`, ...steps.slice(-1)];
}

function paint(verdict: Explanation["verdict"], text: string, { green, red, yellow }: Colours): string {
  return verdict === "allow" ? green(text) : verdict === "deny" ? red(text) : yellow(text);
}
