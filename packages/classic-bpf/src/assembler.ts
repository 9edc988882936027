// Text → program, in the dialect of the kernel's bpf_asm (tools/bpf, Documentation/networking/filter.rst):
//
//           ld [4]                          /* seccomp_data.arch */
//           jne #0xc000003e, bad
//           ld [0]
//           jeq #60, good, bad
//   good:   ret #0x7fff0000                 ; a comment ends with its line
//   bad:    ret #0
//
// One instruction a line. A branch names its targets, the second may be missing; or it gives the numbers that the
// instruction holds, `jeq #60, jt 0, jf 1`, which count from the next instruction. What has no spelling is written as
// the kernel's C arrays have it, `{ 0x06, 0, 0, 0x7fff0000 },`, so that every program has a text.

import { type Diagnostic, fail, type Result, succeed } from "@gatehouse/core";
import { OP, type Opcode, type Operand, opcodesNamed } from "./opcodes.js";
import { type Instruction, MAX_INSTRUCTIONS, type Program } from "./program.js";

/** A text that is no program at all is not gone through to its end. */
const MAX_ERRORS = 20;

export function assemble(text: string): Result<Program> {
  const lines = linesOf(text);
  const errors: Diagnostic[] = [];
  const labels = new Map<string, number>();
  const drafts: { draft: Draft; line: Line }[] = [];
  for (const line of lines) {
    const rest = takeLabels(line, drafts.length, labels, errors);
    if (rest.text === "") continue;
    const draft = parseInstruction(rest.text);
    if (typeof draft === "string") errors.push(at(rest, draft));
    else drafts.push({ draft, line: rest });
    if (errors.length >= MAX_ERRORS) return fail(errors);
    if (drafts.length > MAX_INSTRUCTIONS) {
      return fail([at(rest, `a program has at most ${MAX_INSTRUCTIONS} instructions`)]);
    }
  }
  const program = drafts.map(({ draft, line }, index): Instruction => {
    const resolved = resolve(draft, index, labels);
    if (typeof resolved !== "string") return resolved;
    errors.push(at(line, resolved));
    return { code: draft.code, jt: 0, jf: 0, k: 0 };
  });
  if (errors.length > 0) return fail(errors.sort((a, b) => a.start - b.start));
  return succeed(program);
}

/** A piece of a line, without comment and spaces around it, and where it stands. */
type Line = { readonly text: string; readonly start: number };
/** A jump's targets are offsets or labels until all labels are known. */
type Reference = number | string;
type Draft = { readonly code: number; readonly jt: Reference; readonly jf: Reference; readonly k: Reference };

function at({ text, start }: Line, message: string): Diagnostic {
  return { message, start, end: start + text.length };
}

function linesOf(text: string): readonly Line[] {
  let start = 0;
  return withoutComments(text)
    .split("\n")
    .map((line) => {
      const trimmed = { text: line.trim(), start: start + line.length - line.trimStart().length };
      start += line.length + 1;
      return trimmed;
    });
}

/** Comments become spaces, so that everything else stays where it was. One that is not closed goes to the end. */
function withoutComments(text: string): string {
  const parts: string[] = [];
  for (let from = 0; from < text.length; ) {
    const comment = /;|\/\*/g;
    comment.lastIndex = from;
    const found = comment.exec(text);
    const start = found?.index ?? text.length;
    const closing = found?.[0] === ";" ? text.indexOf("\n", start) : text.indexOf("*/", start + 2);
    const end = closing < 0 ? text.length : found?.[0] === ";" ? closing : closing + 2;
    parts.push(text.slice(from, start), text.slice(start, end).replace(/[^\n]/g, " "));
    from = Math.max(end, start);
  }
  return parts.join("");
}

function takeLabels(line: Line, index: number, labels: Map<string, number>, errors: Diagnostic[]): Line {
  let rest = line;
  for (;;) {
    const [taken = "", label] = /^([A-Za-z_]\w*)\s*:\s*/.exec(rest.text) ?? [];
    if (label === undefined) return rest;
    if (labels.has(label)) errors.push(at({ ...rest, text: label }, `\`${label}\` is a label already`));
    labels.set(label, index);
    rest = { text: rest.text.slice(taken.length), start: rest.start + taken.length };
  }
}

/** Other names of instructions, and comparisons that are one of the four with its targets exchanged. */
const ALIASES: Readonly<Record<string, string>> = { ldw: "ld", ldi: "ld", ldxi: "ldx", jmp: "ja" };
const INVERTED: Readonly<Record<string, string>> = { jne: "jeq", jneq: "jeq", jlt: "jge", jle: "jgt" };

/** A draft, or what is wrong. */
function parseInstruction(text: string): Draft | string {
  if (text.startsWith("{")) return parseRaw(text);
  const [, word = "", rest = ""] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
  const inverted = INVERTED[word];
  const opcodes = opcodesNamed(inverted ?? ALIASES[word] ?? word);
  if (opcodes.length === 0) return `\`${word}\` is no instruction`;
  const [operandText = "", ...targets] = rest === "" ? [] : rest.split(",").map((part) => part.trim());
  const operand = parseOperand(
    word === "ldi" || word === "ldxi" ? operandText.replace(/^#?/, "#") : operandText,
  );
  if (typeof operand === "string") return operand;
  const opcode = opcodes.find((each) => each.operand === operand.kind);
  if (opcode === undefined) {
    const found = operandText === "" ? "an operand" : `\`${operandText}\``;
    return operandText === "" ? `\`${word}\` needs ${found}` : `\`${word}\` does not take ${found}`;
  }
  return withTargets(opcode, operand.k, targets, inverted !== undefined);
}

function withTargets(
  { code, jumps, operand, mnemonic }: Opcode,
  k: Reference,
  targets: readonly string[],
  inverted: boolean,
): Draft | string {
  if (!jumps || operand === "target") {
    return targets.length === 0 ? { code, jt: 0, jf: 0, k } : `\`${mnemonic}\` takes one operand`;
  }
  const [first, second, ...more] = targets;
  if (first === undefined) return "a branch needs a target";
  if (more.length > 0 || (inverted && second !== undefined)) return "a branch has too many targets";
  const jt = targetOf(first, "jt");
  if (inverted) return { code, jt: 0, jf: jt, k };
  return { code, jt, jf: second === undefined ? 0 : targetOf(second, "jf"), k };
}

/** `jt 3` is three instructions further; all else is a label. */
function targetOf(text: string, field: "jt" | "jf"): Reference {
  const [, name, offset] = /^(jt|jf)\s+(\d{1,3})$/.exec(text) ?? [];
  return name === field ? Number(offset) : text;
}

const NUMBER = "0[xX][0-9a-fA-F]+|0[bB][01]+|[-+]?[0-9]+";
const OPERANDS: readonly (readonly [Operand, RegExp])[] = [
  ["none", /^$/],
  ["length", /^#len$/],
  ["constant", new RegExp(`^#\\s*(${NUMBER})$`)],
  ["x", /^%?x$/],
  ["a", /^%?a$/],
  ["indirect", new RegExp(`^\\[\\s*%?x\\s*\\+\\s*(${NUMBER})\\s*\\]$`)],
  ["packet", new RegExp(`^\\[\\s*(${NUMBER})\\s*\\]$`)],
  ["memory", new RegExp(`^M\\[\\s*(${NUMBER})\\s*\\]$`)],
  ["header", new RegExp(`^4\\s*\\*\\s*\\(\\s*\\[\\s*(${NUMBER})\\s*\\]\\s*&\\s*0xf\\s*\\)$`)],
  ["target", /^([A-Za-z_]\w*)$/],
];

function parseOperand(text: string): { readonly kind: Operand; readonly k: Reference } | string {
  for (const [kind, pattern] of OPERANDS) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const [, argument] = found;
    if (argument === undefined) return { kind, k: 0 };
    if (kind === "target") return { kind, k: argument };
    const k = parseWord(argument);
    return k === null ? `\`${argument}\` is no number of 32 bits` : { kind, k };
  }
  return `\`${text}\` is no operand`;
}

/** Octal where it begins with 0, as in C; null where it is none, or does not fit. */
function parseWord(text: string): number | null {
  if (/^0[89]|^0\d*[89]/.test(text)) return null;
  const value = /^0\d/.test(text) ? Number.parseInt(text, 8) : Number(text);
  return value >= -(2 ** 31) && value < 2 ** 32 ? value >>> 0 : null;
}

function parseRaw(text: string): Draft | string {
  const [, code, jt, jf, k] =
    /^\{\s*(0[xX][0-9a-fA-F]{1,4}|\d{1,5})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(0[xX][0-9a-fA-F]{1,8}|\d{1,10})\s*\}\s*,?$/.exec(
      text,
    ) ?? [];
  if (k === undefined) return "an instruction in braces is `{ code, jt, jf, k }`";
  const draft = { code: Number(code), jt: Number(jt), jf: Number(jf), k: Number(k) };
  if (draft.code > 0xffff || draft.jt > 0xff || draft.jf > 0xff || draft.k > 0xffff_ffff) {
    return "a number does not fit into its place in `{ code, jt, jf, k }`";
  }
  return draft;
}

function resolve(draft: Draft, index: number, labels: ReadonlyMap<string, number>): Instruction | string {
  const { code } = draft;
  const k = offsetOf(draft.k, index, labels);
  const jt = offsetOf(draft.jt, index, labels);
  const jf = offsetOf(draft.jf, index, labels);
  for (const offset of [k, jt, jf]) if (typeof offset === "string") return offset;
  if (Math.max(Number(jt), Number(jf)) > 255) {
    return "a branch reaches 255 instructions: put a `ja` in between";
  }
  return code === OP.JA || typeof draft.k === "number"
    ? { code, jt: Number(jt), jf: Number(jf), k: Number(k) }
    : "a label cannot stand here";
}

function offsetOf(to: Reference, index: number, labels: ReadonlyMap<string, number>): number | string {
  if (typeof to === "number") return to;
  const target = labels.get(to);
  if (target === undefined) return `there is no label \`${to}\``;
  return target > index ? target - index - 1 : `\`${to}\` lies behind: jumps only go forward`;
}
