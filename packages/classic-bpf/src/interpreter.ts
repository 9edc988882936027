// Runs a program as the kernel does: two 32-bit registers, sixteen scratch words, forward jumps. Everything is unsigned
// and wraps; a division by X where X is 0 ends the program with 0, which kills the thread; a shift counts X modulo 32.

import { ABI, type TraceEvent, type U64, ZERO } from "@gatehouse/core";
import { OP } from "./opcodes.js";
import { AUDIT_ARCH, argumentOffset, DATA, MEMORY_WORDS, X32_BIT } from "./program.js";
import type { VerifiedProgram } from "./verifier.js";

/** A system call as a program sees it. */
export type Call = {
  readonly nr: number;
  readonly arch: number;
  readonly ip?: U64;
  readonly args?: readonly U64[];
};

/** `struct seccomp_data` as its sixteen words. */
export function seccompData({ nr, arch, ip = ZERO, args = [] }: Call): Int32Array {
  const data = new Int32Array(DATA.size / 4);
  data[DATA.nr / 4] = nr;
  data[DATA.arch / 4] = arch;
  set(data, DATA.instructionPointer, ip.low, ip.high);
  for (const [slot, { low, high }] of args.entries()) set(data, argumentOffset(slot), low, high);
  return data;
}

/** Writes an event's call into `data`, so that a loop over rows makes no garbage. A slot that is not known is 0. */
export function fillSeccompData(data: Int32Array, event: TraceEvent, native: number): void {
  const { row, chunk, abi } = event;
  data[DATA.nr / 4] = abi === ABI.x32 ? event.id | X32_BIT : event.id;
  data[DATA.arch / 4] = abi === ABI.int80 ? foreign(native) : native;
  set(data, DATA.instructionPointer, chunk.ip?.[2 * row] ?? 0, chunk.ip?.[2 * row + 1] ?? 0);
  for (let slot = 0; slot < 6; slot++) set(data, argumentOffset(slot), event.low(slot), event.high(slot));
}

/** What `int 0x80` reports; a 32-bit kernel has no other path, so there it is anything but its own. */
function foreign(native: number): number {
  return native === AUDIT_ARCH.I386 ? AUDIT_ARCH.X86_64 : AUDIT_ARCH.I386;
}

function set(data: Int32Array, offset: number, low: number, high: number): void {
  data[offset / 4] = low;
  data[offset / 4 + 1] = high;
}

/** A program made ready to run. It holds no state between calls but its count. */
export class Interpreter {
  /** Instructions executed by all runs so far. */
  executed = 0;
  readonly #code: Int32Array;
  readonly #jt: Int32Array;
  readonly #jf: Int32Array;
  readonly #k: Int32Array;
  readonly #memory = new Int32Array(MEMORY_WORDS);

  constructor(program: VerifiedProgram) {
    this.#code = Int32Array.from(program, ({ code }) => code);
    this.#jt = Int32Array.from(program, ({ jt }) => jt);
    this.#jf = Int32Array.from(program, ({ jf }) => jf);
    this.#k = Int32Array.from(program, ({ k }) => k | 0);
  }

  /** What the program returns for a call: SECCOMP_RET_* and its data, unsigned. */
  run(data: Int32Array): number {
    const codes = this.#code;
    const ks = this.#k;
    const memory = this.#memory;
    let a = 0;
    let x = 0;
    let executed = 0;
    for (let pc = 0; ; pc++) {
      const k = ks[pc] ?? 0;
      let holds: boolean;
      executed++;
      switch (codes[pc]) {
        case OP.LD_W_ABS:
          a = data[k >> 2] ?? 0;
          continue;
        case OP.JEQ_K:
          holds = a === k;
          break;
        case OP.JGT_K:
          holds = a >>> 0 > k >>> 0;
          break;
        case OP.JGE_K:
          holds = a >>> 0 >= k >>> 0;
          break;
        case OP.JSET_K:
          holds = (a & k) !== 0;
          break;
        case OP.JEQ_X:
          holds = a === x;
          break;
        case OP.JGT_X:
          holds = a >>> 0 > x >>> 0;
          break;
        case OP.JGE_X:
          holds = a >>> 0 >= x >>> 0;
          break;
        case OP.JSET_X:
          holds = (a & x) !== 0;
          break;
        case OP.JA:
          pc += k;
          continue;
        case OP.RET_K:
          this.executed += executed;
          return k >>> 0;
        case OP.RET_A:
          this.executed += executed;
          return a >>> 0;
        case OP.DIV_X:
          if (x === 0) {
            this.executed += executed;
            return 0;
          }
          a = ((a >>> 0) / (x >>> 0)) | 0;
          continue;
        case OP.LD_IMM:
          a = k;
          continue;
        case OP.LD_W_LEN:
          a = DATA.size;
          continue;
        case OP.LD_MEM:
          a = memory[k] ?? 0;
          continue;
        case OP.LDX_IMM:
          x = k;
          continue;
        case OP.LDX_W_LEN:
          x = DATA.size;
          continue;
        case OP.LDX_MEM:
          x = memory[k] ?? 0;
          continue;
        case OP.ST:
          memory[k] = a;
          continue;
        case OP.STX:
          memory[k] = x;
          continue;
        case OP.TAX:
          x = a;
          continue;
        case OP.TXA:
          a = x;
          continue;
        case OP.NEG:
          a = -a | 0;
          continue;
        default:
          a = arithmetic(codes[pc] ?? 0, a, ((codes[pc] ?? 0) & 0x08) === 0 ? k : x);
          continue;
      }
      pc += (holds ? this.#jt[pc] : this.#jf[pc]) ?? 0;
    }
  }
}

/** The low bits of a code that say where its operand comes from are the same for all of these. */
function arithmetic(code: number, a: number, operand: number): number {
  switch (code & ~0x08) {
    case OP.ADD_K:
      return (a + operand) | 0;
    case OP.SUB_K:
      return (a - operand) | 0;
    case OP.MUL_K:
      return Math.imul(a, operand);
    case OP.DIV_K:
      return ((a >>> 0) / (operand >>> 0)) | 0;
    case OP.OR_K:
      return a | operand;
    case OP.AND_K:
      return a & operand;
    case OP.LSH_K:
      return a << operand;
    case OP.RSH_K:
      return (a >>> operand) | 0;
    case OP.XOR_K:
      return a ^ operand;
    default:
      throw new Error(`0x${code.toString(16)} is no opcode that a verified program has`);
  }
}
