// What the kernel asks of a program before a task may carry it: first of any classic BPF (known opcodes, jumps that
// stay inside, no division by a constant zero, a RET at the end, scratch words written before they are read), then of
// seccomp's (only whole words of seccomp_data, fewer opcodes). All jumps go forward, so what passes also ends.

import { fail, type Result, succeed } from "@gatehouse/core";
import { OP, opcodeOf } from "./opcodes.js";
import { DATA, type Instruction, MAX_INSTRUCTIONS, MEMORY_WORDS, type Program } from "./program.js";

declare const verified: unique symbol;
/** A program that `verify` has passed. */
export type VerifiedProgram = Program & { readonly [verified]: true };

/** What the kernel answers, and, what it does not say, where and why. */
export type Refusal = {
  readonly errno: "EINVAL";
  /** The instruction; null where the length is at fault. */
  readonly at: number | null;
  readonly reason: string;
};

export function verify(program: Program): Result<VerifiedProgram, Refusal> {
  const refusal =
    checkLength(program) ?? checkClassic(program) ?? checkScratch(program) ?? checkSeccomp(program);
  return refusal === null ? succeed(program as VerifiedProgram) : fail(refusal);
}

function checkLength({ length }: Program): Refusal | null {
  if (length === 0) return refuse(null, "a program has at least one instruction");
  if (length <= MAX_INSTRUCTIONS) return null;
  return refuse(null, `${length} instructions are more than ${MAX_INSTRUCTIONS}`);
}

function checkClassic(program: Program): Refusal | null {
  for (const [at, instruction] of program.entries()) {
    const reason = classicFault(instruction, at, program.length);
    if (reason !== null) return refuse(at, reason);
  }
  const last = program.length - 1;
  const code = program[last]?.code;
  return code === OP.RET_K || code === OP.RET_A ? null : refuse(last, "the last instruction is not a RET");
}

function classicFault({ code, jt, jf, k }: Instruction, at: number, length: number): string | null {
  const opcode = opcodeOf(code);
  if (opcode === undefined) return `0x${code.toString(16)} is no opcode of classic BPF`;
  const rest = length - at - 1;
  switch (opcode.operand) {
    case "memory":
      return k < MEMORY_WORDS ? null : `M[${k}] is beyond the ${MEMORY_WORDS} scratch words`;
    case "target":
      return k < rest ? null : `the jump over ${k} leaves the program`;
    case "constant":
    case "x":
      if (opcode.jumps && Math.max(jt, jf) >= rest) return "a branch leaves the program";
  }
  switch (code) {
    case OP.DIV_K:
    case OP.MOD_K:
      return k === 0 ? "division by the constant 0" : null;
    case OP.LSH_K:
    case OP.RSH_K:
      return k < 32 ? null : `a shift by ${k} of a 32-bit word`;
    default:
      return null;
  }
}

/**
 * Each scratch word that is read has been written on every way there. As the kernel does it: what is written flows down
 * the text, and a jump carries it to its target. After a jump nothing flows down; after a RET, which does not fall
 * through either, the kernel lets it flow all the same, so that a program can be refused that need not be.
 */
function checkScratch(program: Program): Refusal | null {
  const ALL = 0xffff;
  const incoming = new Uint16Array(program.length).fill(ALL);
  let valid = 0;
  const arrive = (target: number) => {
    incoming[target] = (incoming[target] ?? ALL) & valid;
  };
  for (const [at, { code, jt, jf, k }] of program.entries()) {
    valid &= incoming[at] ?? ALL;
    if (code === OP.ST || code === OP.STX) valid |= 1 << k;
    else if (code === OP.LD_MEM || code === OP.LDX_MEM) {
      if (((valid >>> k) & 1) === 0) return refuse(at, `M[${k}] may be read before it is written`);
    } else if (code === OP.JA) {
      arrive(at + 1 + k);
      valid = ALL;
    } else if (opcodeOf(code)?.jumps === true) {
      arrive(at + 1 + jt);
      arrive(at + 1 + jf);
      valid = ALL;
    }
  }
  return null;
}

function checkSeccomp(program: Program): Refusal | null {
  for (const [at, { code, k }] of program.entries()) {
    if (opcodeOf(code)?.seccomp !== true)
      return refuse(at, `seccomp has no ${opcodeOf(code)?.mnemonic} of this kind`);
    if (code !== OP.LD_W_ABS) continue;
    if (k >= DATA.size) return refuse(at, `offset ${k} is beyond the ${DATA.size} bytes of seccomp_data`);
    if (k % 4 !== 0) return refuse(at, `offset ${k} is not that of a word`);
  }
  return null;
}

function refuse(at: number | null, reason: string): Refusal {
  return { errno: "EINVAL", at, reason };
}
