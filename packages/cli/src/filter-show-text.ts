// A filter for people and as data: the three forms of program, each laid out as its kernel runs it.
//
//   6.18      0  fd == 3   false to FALSE                     jumps
//   2.6.39    2  &&        one loop over 0 1                  a tree
//   2.6.38    2  &&        takes 2, puts 1: 1 on the stack    a stack

import { type ByteString, type Diagnostic, fromByteString, unreachable } from "@gatehouse/core";
import type {
  BranchProgram,
  Comparison,
  KernelProgram,
  Operand,
  PostfixProgram,
  TreeProgram,
  Walk,
} from "@gatehouse/ftrace";
import { drawDiagnostics } from "./caret.js";
import type { Refusal, ShownFilter } from "./filter-show.js";
import type { Colours } from "./terminal.js";
import { count, number, printable, table, wrap } from "./text.js";

export function showFilter(shown: ShownFilter, colours: Colours): string {
  const { bold, dim } = colours;
  const { filter, event, dialect, text, refusal, losses, held } = shown;
  const line = (label: string, said: string) => wrap(said, "          ", `${dim(label.padEnd(9))} `);
  const head = [
    ...line("filter", printable(fromByteString(filter))),
    ...line("event", `${printable(event)}, ${dialect}`),
    ...(text === filter || dialect !== "extended" ? [] : line("in 6.18", printable(fromByteString(text)))),
  ];
  if (refusal !== null) return [...head, ...showRefusal(refusal, text, colours)].join("\n");
  if (losses.length > 0) {
    return [...head, ...line("in 6.18", bold("there are no words for it")), ...losses.map(indented)].join(
      "\n",
    );
  }
  if (held === null) return [...head, ...line("accepted", "as no filter: every event passes")].join("\n");
  const { program, bytes } = held;
  const predicates = program.entries.filter((entry) => !isConnective(entry)).length;
  return [
    ...head,
    ...line("accepted", `${count(predicates, "predicate")}, ${number(bytes)} bytes`),
    "",
    ...showProgram(program, shown.walk),
    ...showAnswer(shown, colours),
    ...shown.surprises.flatMap((surprise) => ["", ...draw(text, surprise)]),
  ].join("\n");
}

const indented = (line: string) => `  ${printable(line)}`;

function showRefusal(
  { errno, msg, column, diagnostic }: Refusal,
  text: ByteString,
  { bold, dim }: Colours,
): string[] {
  const reason = msg === null ? "" : `: ${msg}`;
  const where = column === null ? "" : `, at column ${column}`;
  const said = errno === null ? "by extended" : `${errno}${reason}${where}`;
  const drawn = draw(text, diagnostic);
  // What the kernel has said already is not said again.
  const isSaid = diagnostic.message.toLowerCase() === msg?.toLowerCase();
  return [`${dim("refused  ")} ${bold(said)}`, "", ...drawn.slice(isSaid ? 1 : 0)];
}

/** Positions are bytes of the text; what is drawn are its characters. */
function draw(text: ByteString, { start, end, ...told }: Diagnostic): string[] {
  const before = fromByteString(text.slice(0, start)).length;
  const upTo = fromByteString(text.slice(0, end)).length;
  return drawDiagnostics("filter", fromByteString(text), [{ ...told, start: before, end: upTo }]).flatMap(
    (drawn) => drawn.split("\n"),
  );
}

function showAnswer({ walk, record }: ShownFilter, { bold, dim }: Colours): string[] {
  if (walk === null || record === null) return [];
  const way = walk.steps.map(({ entry }) => entry).join(" ");
  return [
    "",
    `${dim("record   ")} ${printable(record)}`,
    `${dim("way      ")} ${way}: ${bold(walk.match ? "matches" : "does not match")}`,
  ];
}

type Row = readonly [at: string, text: string, does: string];

/** With the value of each entry that was evaluated, where there is a walk. */
function showProgram(program: KernelProgram, walk: Walk | null): string[] {
  const values = new Map(walk?.steps.map(({ entry, value }) => [String(entry), String(value)]));
  const rows = rowsOf(program).map((row) => (walk === null ? row : [...row, values.get(row[0]) ?? "–"]));
  return table(rows, 4).map((line) => `  ${line}`);
}

function rowsOf(program: KernelProgram): Row[] {
  switch (program.kind) {
    case "branches":
      return branchRows(program);
    case "tree":
      return treeRows(program, program.root, 0);
    case "postfix":
      return postfixRows(program);
    default:
      return unreachable(program);
  }
}

function branchRows({ entries }: BranchProgram): Row[] {
  const last = entries.length;
  const name = (target: number) => (target < last ? String(target) : target === last ? "TRUE" : "FALSE");
  return entries.map(({ comparison, when, target }, at) => {
    const other = at + 1 === last ? `, ${!when} to TRUE` : "";
    return [String(at), predicateText(comparison), `${when} to ${name(target)}${other}`];
  });
}

function treeRows(program: TreeProgram, at: number, depth: number): Row[] {
  const entry = program.entries[at];
  if (entry === undefined) throw new RangeError(`the tree has no entry ${at}`);
  const indent = "  ".repeat(depth);
  if (entry.kind === "comparison") return [[String(at), indent + predicateText(entry.comparison), ""]];
  const { left, right, folded } = entry;
  const does = folded === null ? "" : `one loop over ${folded.join(" ")}`;
  const below = (folded ?? [left, right]).filter((each) => each !== null);
  return [
    [String(at), indent + entry.kind, does],
    ...below.flatMap((each) => treeRows(program, each, depth + 1)),
  ];
}

function postfixRows({ entries }: PostfixProgram): Row[] {
  let depth = 0;
  return entries.map((entry, at) => {
    depth += isConnective(entry) ? -1 : 1;
    const text = entry.kind === "comparison" ? predicateText(entry.comparison) : entry.kind;
    const does = entry.kind === "comparison" ? "puts 1" : "takes 2, puts 1";
    return [String(at), text, `${does}: ${depth} on the stack`];
  });
}

function isConnective(entry: KernelProgram["entries"][number]): boolean {
  return "kind" in entry && entry.kind !== "comparison";
}

/** As it might be written in the kernel's own language. */
function predicateText({ field, userString, op, operand }: Comparison): string {
  const suffix = `${userString ? ".ustring" : ""}${operand.kind === "function" ? ".function" : ""}`;
  return printable(fromByteString(`${field.name}${suffix} ${op} ${operandText(operand)}`));
}

function operandText(operand: Operand): string {
  switch (operand.kind) {
    case "number":
      return operand.text;
    case "string":
      return operand.value.includes('"') ? `'${operand.value}'` : `"${operand.value}"`;
    case "cpus":
      return `CPUS{${[...operand.cpus].join(",")}}`;
    case "function":
      return `0x${operand.symbol.start.toString(16)}`;
    default:
      return unreachable(operand);
  }
}

/** gatehouse.filter-show/1 */
export function asData(shown: ShownFilter): object {
  const { filter, event, dialect, text, refusal, losses, held, walk } = shown;
  return {
    schema: "gatehouse.filter-show/1",
    filter: fromByteString(filter),
    event,
    dialect,
    text: fromByteString(text),
    ok: refusal === null && losses.length === 0,
    refusal: refusal === null ? null : refusalData(refusal),
    losses,
    surprises: shown.surprises.map(diagnosticData),
    program: held === null ? null : { ...programData(held.program), bytes: held.bytes },
    walk,
  };
}

function refusalData({ errno, msg, column, diagnostic }: Refusal) {
  return { errno, msg, column, ...diagnosticData(diagnostic) };
}

/** Without what is the kernel's alone. */
function diagnosticData({ message, start, end, hint }: Diagnostic) {
  return { message, start, end, hint: hint ?? null };
}

function programData(program: KernelProgram) {
  const { kind } = program;
  if (program.kind === "branches") {
    const entries = program.entries.map(({ comparison, when, target }) => ({
      predicate: predicateText(comparison),
      when,
      target,
    }));
    return { kind, entries };
  }
  const entries = program.entries.map((entry) => ({
    ...(entry.kind === "comparison"
      ? { predicate: predicateText(entry.comparison) }
      : { connective: entry.kind }),
    ...("folded" in entry
      ? { left: entry.left, right: entry.right, parent: entry.parent, folded: entry.folded ?? [] }
      : {}),
  }));
  return { kind, entries };
}
