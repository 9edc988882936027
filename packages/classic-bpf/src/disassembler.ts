// Program → text that `assemble` reads back to the same instructions, whatever they are. Comments say for people what is
// loaded, which call or architecture a number is, and what a value returned means.

import type { Catalog } from "@gatehouse/core";
import { OP, type Opcode, opcodeOf } from "./opcodes.js";
import { AUDIT_ARCH, actionOf, DATA, type Instruction, type Program } from "./program.js";

/** `catalog`: what the numbers compared with `nr` are called. */
export function disassemble(program: Program, catalog?: Catalog): string {
  const targets = targetsOf(program);
  const held = heldAt(program);
  const lines = program.map((instruction, at) => {
    const label = targets.has(at) ? `l${at}:` : "";
    const text = `${label.padEnd(8)}${spell(instruction, at, program.length)}`;
    const comment = commentOn(instruction, held[at] ?? null, catalog);
    return comment === "" ? text : `${text.padEnd(40)}; ${comment}`;
  });
  return `${lines.join("\n")}\n`;
}

function spell(instruction: Instruction, at: number, length: number): string {
  const { code, jt, jf, k } = instruction;
  const opcode = opcodeOf(code);
  if (opcode === undefined || !hasSpelling(instruction, opcode, at, length)) {
    return `{ 0x${code.toString(16).padStart(2, "0")}, ${jt}, ${jf}, 0x${hex8(k)} },`;
  }
  const operand = spellOperand(instruction, opcode, at);
  const branch = opcode.jumps && opcode.operand !== "target" ? `, l${at + 1 + jt}, l${at + 1 + jf}` : "";
  return `${opcode.mnemonic}${operand === "" ? "" : ` ${operand}`}${branch}`;
}

/** Fields that an instruction does not use must be 0, and targets must be inside, or the text would lose them. */
function hasSpelling(
  { jt, jf, k }: Instruction,
  { jumps, operand }: Opcode,
  at: number,
  length: number,
): boolean {
  const rest = length - at - 1;
  if (operand === "target") return jt === 0 && jf === 0 && k < rest;
  if ((operand === "x" || operand === "a" || operand === "none" || operand === "length") && k !== 0)
    return false;
  return jumps ? Math.max(jt, jf) < rest : jt === 0 && jf === 0;
}

function spellOperand({ code, k }: Instruction, { operand }: Opcode, at: number): string {
  switch (operand) {
    case "constant":
      return `#0x${k.toString(16)}`;
    case "x":
      return "x";
    case "a":
      return "a";
    case "packet":
      return `[${k}]`;
    case "indirect":
      return `[x + ${k}]`;
    case "length":
      return "#len";
    case "memory":
      return `M[${k}]`;
    case "header":
      return `4*([${k}]&0xf)`;
    case "target":
      return `l${at + 1 + k}`;
    case "none":
      return "";
    default:
      throw new Error(`0x${code.toString(16)} has no operand`);
  }
}

function targetsOf(program: Program): ReadonlySet<number> {
  const targets = new Set<number>();
  for (const [at, { code, jt, jf, k }] of program.entries()) {
    if (code === OP.JA) targets.add(at + 1 + k);
    else if (opcodeOf(code)?.jumps === true) targets.add(at + 1 + jt).add(at + 1 + jf);
  }
  return targets;
}

/** The offset of the word that A holds before each instruction, where all ways there agree. */
function heldAt(program: Program): readonly (number | null)[] {
  const held: (number | null | undefined)[] = [null];
  const arrive = (at: number, word: number | null) => {
    held[at] = held[at] === undefined || held[at] === word ? word : null;
  };
  for (const [at, { code, jt, jf, k }] of program.entries()) {
    const before = held[at] ?? null;
    if (code === OP.JA) arrive(at + 1 + k, before);
    else if (opcodeOf(code)?.jumps === true) {
      arrive(at + 1 + jt, before);
      arrive(at + 1 + jf, before);
    } else if (code !== OP.RET_K && code !== OP.RET_A) arrive(at + 1, after(code, k, before));
  }
  return program.map((_, at) => held[at] ?? null);
}

function after(code: number, k: number, before: number | null): number | null {
  if (code === OP.LD_W_ABS) return k;
  // Into X and M[] goes a copy; all else changes A.
  return code === OP.ST || code === OP.STX || code === OP.TAX || (code & 7) === 1 ? before : null;
}

function commentOn({ code, k }: Instruction, held: number | null, catalog: Catalog | undefined): string {
  if (code === OP.LD_W_ABS) return wordName(k);
  if (code === OP.RET_K) return describeReturn(k);
  if (code !== OP.JEQ_K) return "";
  if (held === DATA.arch) return archName(k) ?? "";
  return held === DATA.nr ? (catalog?.byId(k)?.name ?? "") : "";
}

function wordName(offset: number): string {
  if (offset >= DATA.size || offset % 4 !== 0) return "";
  if (offset === DATA.nr) return "nr";
  if (offset === DATA.arch) return "arch";
  const half = offset % 8 === 0 ? "low" : "high";
  return `${offset < DATA.args ? "instruction_pointer" : `args[${(offset - DATA.args) >> 3}]`}, ${half} half`;
}

/** `x86_64`; undefined for a number that is none of AUDIT_ARCH. */
export function archName(value: number): string | undefined {
  return Object.entries(AUDIT_ARCH)
    .find(([, arch]) => arch === value)?.[0]
    .toLowerCase();
}

/** `allow`, `errno 1`, `kill_process`: a returned value for people. */
export function describeReturn(value: number): string {
  const { action, data } = actionOf(value);
  const name = action.toLowerCase();
  return action === "ERRNO" || data !== 0 ? `${name} ${data}` : name;
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, "0");
}
