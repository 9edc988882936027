// A policy as `.gate` text, in one form: the common clauses first, then the sections in the order in which they appear.
// Read again it is the same policy, but for where its clauses stand.

import {
  type Catalog,
  type Clause,
  fromByteString,
  type Policy,
  sectionsOf,
  showAction,
  toByteString,
} from "@gatehouse/core";
import { printFilter } from "@gatehouse/ftrace";
import { LABEL } from "./gate.js";

/** Throws where no text can say the policy, which no parsed one is. */
export function printPolicy(policy: Policy, catalog: Catalog): string {
  const { name, labels, clauses } = policy;
  const clausesOf = (task: string | null) =>
    clauses.filter((clause) => clause.task === task).map((clause) => printClause(clause, catalog));
  const head = [
    ...(name === "" ? [] : [`policy ${printName(name)}`]),
    `default ${showAction(policy.default)}`,
    ...(labels.length === 0 ? [] : [`labels ${labels.map(printLabel).join(" ")}`]),
  ];
  const sections = sectionsOf(policy).map((task) => ["", `task ${printName(task)}`, ...clausesOf(task)]);
  return [...head, ...clausesOf(null), ...sections.flat()].map((line) => `${line}\n`).join("");
}

function printLabel(label: string): string {
  if (!LABEL.test(label)) throw new RangeError(`\`${label}\` cannot be written as a label`);
  return label;
}

/** `allow write if fd == 1 || fd == 2`. Throws where no text can say the clause, which no parsed one is. */
export function printClause(clause: Clause, catalog: Catalog): string {
  const head = `${showAction(clause.action)} ${clause.event}`;
  if (clause.condition.kind === "constant" && clause.condition.value) return head;
  return `${head} if ${printCondition(clause, catalog)}`;
}

function printCondition({ event, condition }: Clause, catalog: Catalog): string {
  const format = catalog.byName(event);
  if (format === undefined) throw new RangeError(`${catalog.title} has no event \`${event}\``);
  const printed = printFilter(condition, format, "extended");
  if (!printed.ok) {
    const reasons = printed.error.map(({ reason }) => reason);
    throw new RangeError(`a condition of \`${event}\` cannot be written: ${reasons.join("; ")}`);
  }
  const text = fromByteString(printed.value);
  // Bytes that are no UTF-8 would be read again as others.
  if (toByteString(text) !== printed.value) throw new RangeError(`a string of \`${event}\` is not UTF-8`);
  return text;
}

/** As it is where that is unmistakable, in quotes otherwise. */
function printName(name: string): string {
  return /^[A-Za-z0-9_./:@+-]+$/.test(name) ? name : JSON.stringify(name);
}
