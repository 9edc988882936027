// Runs a program as the kernel does: two 32-bit registers, sixteen scratch words, forward jumps. Everything is unsigned
// and wraps; a division by X where X is 0 ends the program with 0, which kills the thread; a shift counts X modulo 32.

import { ABI, type TraceEvent, type U64, ZERO } from "@gatehouse/core";
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

  /** What the program returns for a call: SECCOMP_RET_* and its data, unsigned. Codes are literals: so it is a table. */
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
        case 0x20: // LD_W_ABS
          a = data[k >> 2] ?? 0;
          continue;
        case 0x15: // JEQ_K
          holds = a === k;
          break;
        case 0x25: // JGT_K
          holds = a >>> 0 > k >>> 0;
          break;
        case 0x35: // JGE_K
          holds = a >>> 0 >= k >>> 0;
          break;
        case 0x45: // JSET_K
          holds = (a & k) !== 0;
          break;
        case 0x1d: // JEQ_X
          holds = a === x;
          break;
        case 0x2d: // JGT_X
          holds = a >>> 0 > x >>> 0;
          break;
        case 0x3d: // JGE_X
          holds = a >>> 0 >= x >>> 0;
          break;
        case 0x4d: // JSET_X
          holds = (a & x) !== 0;
          break;
        case 0x05: // JA
          pc += k;
          continue;
        case 0x06: // RET_K
          this.executed += executed;
          return k >>> 0;
        case 0x16: // RET_A
          this.executed += executed;
          return a >>> 0;
        case 0x3c: // DIV_X
          if (x === 0) {
            this.executed += executed;
            return 0;
          }
          a = ((a >>> 0) / (x >>> 0)) | 0;
          continue;
        case 0x00: // LD_IMM
          a = k;
          continue;
        case 0x80: // LD_W_LEN
          a = DATA.size;
          continue;
        case 0x60: // LD_MEM
          a = memory[k] ?? 0;
          continue;
        case 0x01: // LDX_IMM
          x = k;
          continue;
        case 0x81: // LDX_W_LEN
          x = DATA.size;
          continue;
        case 0x61: // LDX_MEM
          x = memory[k] ?? 0;
          continue;
        case 0x02: // ST
          memory[k] = a;
          continue;
        case 0x03: // STX
          memory[k] = x;
          continue;
        case 0x07: // TAX
          x = a;
          continue;
        case 0x87: // TXA
          a = x;
          continue;
        case 0x84: // NEG
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
    case 0x04: // ADD_K
      return (a + operand) | 0;
    case 0x14: // SUB_K
      return (a - operand) | 0;
    case 0x24: // MUL_K
      return Math.imul(a, operand);
    case 0x34: // DIV_K
      return ((a >>> 0) / (operand >>> 0)) | 0;
    case 0x44: // OR_K
      return a | operand;
    case 0x54: // AND_K
      return a & operand;
    case 0x64: // LSH_K
      return a << operand;
    case 0x74: // RSH_K
      return (a >>> operand) | 0;
    case 0xa4: // XOR_K
      return a ^ operand;
    default:
      throw new Error(`0x${code.toString(16)} is no opcode that a verified program has`);
  }
}
