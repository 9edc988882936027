// Programs for properties: wild ones, of which the kernel takes hardly any, and tame ones, of which it takes most.

import fc from "fast-check";
import { type Instruction, OP, opcodeOf, type Program } from "../src/index.js";

const EDGES = [0, 1, 2, 4, 31, 32, 63, 64, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
const OPCODES = Array.from({ length: 256 }, (_, code) => code).filter((code) => opcodeOf(code) !== undefined);
const SECCOMP = OPCODES.filter((code) => opcodeOf(code)?.seccomp === true);

const words = fc.oneof(fc.constantFrom(...EDGES), fc.nat({ max: 0xffff_ffff }));

export const wildPrograms: fc.Arbitrary<Program> = fc.array(
  fc.record({
    code: fc.oneof({ arbitrary: fc.constantFrom(...OPCODES), weight: 8 }, fc.nat({ max: 0xffff })),
    jt: fc.oneof(fc.nat({ max: 4 }), fc.nat({ max: 255 })),
    jf: fc.oneof(fc.nat({ max: 4 }), fc.nat({ max: 255 })),
    k: fc.oneof(words, fc.nat({ max: 70 })),
  }),
  { minLength: 1, maxLength: 24 },
);

export const tamePrograms: fc.Arbitrary<Program> = fc
  .array(fc.tuple(fc.constantFrom(...SECCOMP), words, fc.nat(), fc.nat()), { minLength: 1, maxLength: 40 })
  .map((drafts) => [
    // A scratch word that is read without need of a way there.
    ...Array.from({ length: 4 }, (_, k) => ({ code: OP.ST, jt: 0, jf: 0, k })),
    ...drafts.map((draft, i) => tame(draft, drafts.length - i)),
    { code: OP.RET_A, jt: 0, jf: 0, k: 0 },
  ]);

/** `rest`: how many instructions follow. */
function tame([code, k, a, b]: [number, number, number, number], rest: number): Instruction {
  const plain = { code, jt: 0, jf: 0, k };
  switch (opcodeOf(code)?.operand) {
    case "packet":
      return { ...plain, k: 4 * (k % 16) };
    case "memory":
      return { ...plain, k: k % 4 };
    case "target":
      return { ...plain, k: k % rest };
    case "constant":
      if (opcodeOf(code)?.jumps) return { code, jt: a % rest, jf: b % rest, k };
      if (code === OP.LSH_K || code === OP.RSH_K) return { ...plain, k: k % 32 };
      return code === OP.DIV_K ? { ...plain, k: Math.max(1, k) } : plain;
    default:
      return opcodeOf(code)?.jumps ? { code, jt: a % rest, jf: b % rest, k: 0 } : { ...plain, k: 0 };
  }
}
