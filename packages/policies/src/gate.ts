// The policy language. A file of it ends in `.gate`.
//
//   file      = [ BOM ] line { LF line } ;               UTF-8, no NUL; a CR before LF is a blank
//   line      = [ statement ] [ "#" comment ] ;
//   statement = "policy" name                            first, at most once; without it the name is empty
//             | "default" action                         at most once, before the first section; without it `kill`
//             | "labels" label { label }                 before the first condition that uses them
//             | "task" ( name | "*" )                    starts a section; `*` goes back to the common clauses
//             | action event [ "if" condition ] ;        a clause
//   action    = "allow" | "deny" errno | "kill" ;
//   errno     = "EPERM" | … | number ;                   a number must have a name
//   event     = word ;                                   any of the names that the catalog has for it
//   condition = the filter language, dialect `extended`  (ftrace/), up to the end of the line
//   name      = word | '"' { character | JSON escape } '"' ;         at most 4096 of them
//   label     = one or more letters, digits, "_", "." , ":" and "-" ;    the first is none of the last three
//   word      = one or more characters, none of them blank, `#` or `,` ;
//
// Clauses are unordered (core/policy.ts), so a file has one meaning however its lines are arranged. A task section
// holds for tasks of that name and their descendants, joined with the common clauses.

import { errnos, nearest, nearestWord } from "@gatehouse/catalog";
import {
  type Action,
  ALLOW,
  ALWAYS,
  type Catalog,
  type Clause,
  type EventFormat,
  fail,
  KILL,
  MAX_SECTIONS,
  type Policy,
  type Result,
  showAction,
  succeed,
  toByteString,
} from "@gatehouse/core";
import { parseCondition } from "./condition.js";
import { Scanner, show, suggest, type Word } from "./scanner.js";

/** What one file may ask for; beyond it the file is refused. How deep conditions nest, ftrace limits. */
export const LIMITS = {
  /** Of UTF-8. */
  policyBytes: 4 * 1024 * 1024,
  clauses: 100_000,
  labels: 10_000,
  /** A task's name, as the kernel holds it. */
  taskBytes: 15,
  /** Mistakes that are reported before the rest of the file is left unread. */
  errors: 20,
} as const;

/**
 * Positions are offsets into `text`, in its own code units. Up to `LIMITS.errors` mistakes are reported, in the order
 * in which they stand there.
 */
export function parsePolicy(text: string, catalog: Catalog): Result<Policy> {
  const scanner = new Scanner(text, text.startsWith("\ufeff") ? 1 : 0);
  const { errors } = scanner;
  const draft = newDraft();
  if (isReadable(scanner)) readLines(scanner, draft, catalog);
  if (errors.length > 0) return fail(errors.toSorted((a, b) => a.start - b.start).slice(0, LIMITS.errors));
  return succeed({
    name: draft.name ?? "",
    default: draft.default ?? KILL,
    labels: [...draft.labels],
    clauses: draft.clauses,
  });
}

/** The policy as far as it has been read. */
type Draft = {
  /** No statement has been read yet. */
  isNew: boolean;
  name: string | null;
  default: Action | null;
  readonly labels: Set<string>;
  readonly clauses: Clause[];
  readonly sections: Set<string>;
  /** The section that is being read. */
  task: string | null;
};

function newDraft(): Draft {
  return {
    isNew: true,
    name: null,
    default: null,
    labels: new Set(),
    clauses: [],
    sections: new Set(),
    task: null,
  };
}

function isReadable(scanner: Scanner): boolean {
  const { text } = scanner;
  // A code unit is at least one byte, so the longest texts are refused without being encoded.
  const bytes = text.length > LIMITS.policyBytes ? text.length : new TextEncoder().encode(text).length;
  // To the filter language a NUL is the end of the text: it would cut a condition short.
  const nul = text.indexOf("\0");
  if (bytes > LIMITS.policyBytes) scanner.report(NOWHERE, `a policy has at most ${LIMITS.policyBytes} bytes`);
  else if (nul >= 0) scanner.report({ start: nul, end: nul + 1 }, "a policy is text, which has no NUL");
  return scanner.errors.length === 0;
}

const NOWHERE = { start: 0, end: 0 };

function readLines(scanner: Scanner, draft: Draft, catalog: Catalog): void {
  const { errors } = scanner;
  const { clauses } = draft;
  for (; errors.length < LIMITS.errors && clauses.length <= LIMITS.clauses; scanner.nextLine()) {
    if (scanner.done) return;
    if (scanner.atLineEnd()) continue;
    const before = errors.length;
    readStatement(scanner, draft, catalog);
    draft.isNew = false;
    if (errors.length === before && !scanner.atLineEnd()) {
      const rest = scanner.rest();
      scanner.report(rest, `the line should end before ${show(rest.text)}`);
    }
  }
  const excess = clauses[LIMITS.clauses]?.at;
  if (excess) scanner.report(excess, `a policy has at most ${LIMITS.clauses} clauses`);
}

function readStatement(scanner: Scanner, draft: Draft, catalog: Catalog): void {
  const head = scanner.word() ?? scanner.rest();
  if (head.text === "policy") readPolicy(scanner, draft, head);
  else if (head.text === "default") readDefault(scanner, draft, head);
  else if (head.text === "labels") readLabels(scanner, draft);
  else if (head.text === "task") readTask(scanner, draft);
  else readClause(scanner, draft, head, catalog);
}

function readPolicy(scanner: Scanner, draft: Draft, head: Word): void {
  const name = scanner.name();
  if (name === null) noName(scanner, "the name of the policy is missing", "`policy pdftotext`");
  else if (draft.name !== null) scanner.report(head, "a policy has one name");
  else if (!draft.isNew) scanner.report(head, "`policy` stands before everything else");
  else draft.name = name.text;
}

function readDefault(scanner: Scanner, draft: Draft, head: Word): void {
  const word = scanner.word();
  if (word === null) {
    scanner.report(scanner.here, "an action is missing", "`default kill`");
    return;
  }
  const action = readAction(scanner, word, ACTIONS);
  if (action === null) return;
  if (draft.default !== null) scanner.report(head, "a policy has one default");
  else if (draft.task !== null)
    scanner.report(head, "the default is the same for all tasks", "it stands before the first `task`");
  else draft.default = action;
}

/** What the filter language reads as one. */
export const LABEL = /^[A-Za-z0-9_][A-Za-z0-9_.:-]*$/;

function readLabels(scanner: Scanner, { labels }: Draft): void {
  if (scanner.atLineEnd())
    scanner.report(scanner.here, "the names of the labels are missing", "`labels tmp_t etc_t`");
  while (!scanner.atLineEnd()) {
    const word = scanner.word() ?? scanner.rest();
    const wrong = labelFault(word.text, labels);
    if (wrong !== null) {
      scanner.report(word, wrong);
      return;
    }
    labels.add(word.text);
  }
}

function labelFault(label: string, declared: ReadonlySet<string>): string | null {
  if (!LABEL.test(label)) return `${show(label)} is no name of a label`;
  if (declared.has(label)) return `${show(label)} is declared already`;
  return declared.size === LIMITS.labels ? `a policy has at most ${LIMITS.labels} labels` : null;
}

function readTask(scanner: Scanner, draft: Draft): void {
  const name = scanner.name();
  if (name === null) {
    noName(scanner, "the name of the task is missing", '`task net-thread` or `task "net thread"`');
    return;
  }
  draft.task = isAnyTask(name) ? null : name.text;
  if (draft.task === null) return;
  draft.sections.add(draft.task);
  if (toByteString(draft.task).length > LIMITS.taskBytes)
    scanner.report(
      name,
      `a task's name has at most ${LIMITS.taskBytes} bytes`,
      "the kernel cuts a longer one",
    );
  else if (draft.sections.size > MAX_SECTIONS)
    scanner.report(name, `a policy has at most ${MAX_SECTIONS} task sections`);
}

function noName(scanner: Scanner, message: string, hint: string): void {
  if (scanner.text[scanner.at] !== '"') scanner.report(scanner.here, message, hint);
  else scanner.report(scanner.here, "this quote is not closed, or an escape is none of JSON's");
}

/** A bare `*`. In quotes it is a name. */
function isAnyTask({ text, start, end }: Word): boolean {
  return text === "*" && end - start === 1;
}

function readClause(scanner: Scanner, draft: Draft, head: Word, catalog: Catalog): void {
  const action = readAction(scanner, head, STATEMENTS);
  if (action === null) return;
  const event = scanner.word();
  if (event === null || event.text === "if") {
    scanner.report(event ?? scanner.here, "an event is missing", `\`${showAction(action)} read\``);
    return;
  }
  const format = readEvent(scanner, event, catalog);
  if (format === null) return;
  const source = readIf(scanner, event);
  if (source === null) return;
  const condition = source === "none" ? ALWAYS : parseCondition(scanner, source, format, draft.labels);
  if (condition === null) return;
  const at = { start: head.start, end: source === "none" ? event.end : source.end };
  draft.clauses.push({ action, event: event.text, condition, task: draft.task, at });
}

const ACTIONS = ["allow", "deny", "kill"];
const STATEMENTS = [...ACTIONS, "default", "labels", "policy", "task"];

/** `words`: all that could have stood there. */
function readAction(scanner: Scanner, word: Word, words: readonly string[]): Action | null {
  if (word.text === "allow") return ALLOW;
  if (word.text === "kill") return KILL;
  if (word.text === "deny") return readErrno(scanner, word);
  const near = nearestWord(word.text, words);
  return scanner.report(word, `${show(word.text)} is none of ${words.join(", ")}`, suggest(near));
}

function readErrno(scanner: Scanner, deny: Word): Action | null {
  const word = scanner.word();
  if (word === null) return scanner.report(deny, "`deny` needs an errno", "`deny EPERM`");
  const errno = /^[1-9][0-9]*$/.test(word.text) ? errnoOf(Number(word.text)) : word.text;
  const code = errno === undefined ? undefined : errnos.get(errno);
  if (errno !== undefined && code !== undefined) return { kind: "deny", errno, code };
  const near = nearestWord(word.text, errnos.keys());
  return scanner.report(
    word,
    `${show(word.text)} is no errno`,
    suggest(near) ?? "`deny` needs one, as in `deny EPERM`",
  );
}

/** The first of its names. */
export function errnoOf(code: number): string | undefined {
  for (const [errno, value] of errnos) if (value === code) return errno;
  return undefined;
}

function readEvent(scanner: Scanner, event: Word, catalog: Catalog): EventFormat | null {
  const format = catalog.byName(event.text);
  if (format === undefined) {
    const near = nearest(catalog, event.text);
    const message = `${catalog.title} has no event ${show(event.text)}`;
    return scanner.report(event, message, suggest(near));
  }
  if (format.kind === "task")
    return scanner.report(event, `${show(event.text)} builds the task tree and is not judged`);
  if (scanner.skip(",")) return scanner.report(scanner.here, "a clause names one event", "a line for each");
  return format;
}

/** No blank need stand before a parenthesis. */
const IF = /if(?![A-Za-z0-9_])/y;

/** The text of the condition; `none` where the clause has none. */
function readIf(scanner: Scanner, event: Word): Word | "none" | null {
  if (scanner.atLineEnd()) return "none";
  const found = scanner.take(IF);
  if (found === null) {
    const wrong = scanner.word() ?? scanner.rest();
    const hint = `\`if\` stands before a condition: \`allow ${event.text} if …\``;
    return scanner.report(wrong, `${show(wrong.text)} stands where \`if\` or nothing should`, hint);
  }
  const condition = scanner.rest();
  if (condition.text === "") return scanner.report(found, "no condition follows `if`");
  return condition;
}
