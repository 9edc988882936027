// Opcodes of classic BPF by their names: one table that the verifier, the assembler and the disassembler read.
// A code is class | size | mode for loads, class | operation | source for arithmetic and jumps.

/** What an instruction's operand is; it says how `k`, `jt` and `jf` are written and what the verifier asks of them. */
export type Operand =
  | "constant"
  | "x"
  | "packet"
  | "indirect"
  | "length"
  | "memory"
  | "header"
  | "target"
  | "none"
  | "a";

export type Opcode = {
  readonly code: number;
  /** bpf_asm's name. */
  readonly mnemonic: string;
  readonly operand: Operand;
  readonly jumps: boolean;
  /** Seccomp takes it; socket filters take them all. */
  readonly seccomp: boolean;
};

const LD = 0x00;
const LDX = 0x01;
const ALU = 0x04;
const JMP = 0x05;
const X = 0x08;

const ARITHMETIC = {
  add: 0x00,
  sub: 0x10,
  mul: 0x20,
  div: 0x30,
  or: 0x40,
  and: 0x50,
  lsh: 0x60,
  rsh: 0x70,
  mod: 0x90,
  xor: 0xa0,
} as const;
const JUMPS = { jeq: 0x10, jgt: 0x20, jge: 0x30, jset: 0x40 } as const;

/** Codes by name, for those who write programs. */
export const OP = {
  LD_W_ABS: 0x20,
  LD_W_LEN: 0x80,
  LD_IMM: 0x00,
  LD_MEM: 0x60,
  LDX_W_LEN: 0x81,
  LDX_IMM: 0x01,
  LDX_MEM: 0x61,
  ST: 0x02,
  STX: 0x03,
  ADD_K: 0x04,
  SUB_K: 0x14,
  MUL_K: 0x24,
  DIV_K: 0x34,
  OR_K: 0x44,
  AND_K: 0x54,
  LSH_K: 0x64,
  RSH_K: 0x74,
  MOD_K: 0x94,
  XOR_K: 0xa4,
  ADD_X: 0x0c,
  SUB_X: 0x1c,
  MUL_X: 0x2c,
  DIV_X: 0x3c,
  OR_X: 0x4c,
  AND_X: 0x5c,
  LSH_X: 0x6c,
  RSH_X: 0x7c,
  XOR_X: 0xac,
  NEG: 0x84,
  JA: 0x05,
  JEQ_K: 0x15,
  JGT_K: 0x25,
  JGE_K: 0x35,
  JSET_K: 0x45,
  JEQ_X: 0x1d,
  JGT_X: 0x2d,
  JGE_X: 0x3d,
  JSET_X: 0x4d,
  RET_K: 0x06,
  RET_A: 0x16,
  TAX: 0x07,
  TXA: 0x87,
} as const;

const SIZES = { ld: 0x00, ldh: 0x08, ldb: 0x10 } as const;

const LOADS: readonly Opcode[] = Object.entries(SIZES).flatMap(([mnemonic, size]) => [
  opcode(LD | size | 0x20, mnemonic, "packet", size === 0),
  opcode(LD | size | 0x40, mnemonic, "indirect", false),
]);

const OPCODES: readonly Opcode[] = [
  ...LOADS,
  opcode(OP.LD_W_LEN, "ld", "length"),
  opcode(OP.LD_IMM, "ld", "constant"),
  opcode(OP.LD_MEM, "ld", "memory"),
  opcode(OP.LDX_W_LEN, "ldx", "length"),
  opcode(OP.LDX_IMM, "ldx", "constant"),
  opcode(OP.LDX_MEM, "ldx", "memory"),
  opcode(LDX | 0x10 | 0xa0, "ldxb", "header", false),
  opcode(OP.ST, "st", "memory"),
  opcode(OP.STX, "stx", "memory"),
  ...Object.entries(ARITHMETIC).flatMap(([mnemonic, operation]) => [
    opcode(ALU | operation, mnemonic, "constant", mnemonic !== "mod"),
    opcode(ALU | operation | X, mnemonic, "x", mnemonic !== "mod"),
  ]),
  opcode(OP.NEG, "neg", "none"),
  { ...opcode(OP.JA, "ja", "target"), jumps: true },
  ...Object.entries(JUMPS).flatMap(([mnemonic, operation]) => [
    { ...opcode(JMP | operation, mnemonic, "constant"), jumps: true },
    { ...opcode(JMP | operation | X, mnemonic, "x"), jumps: true },
  ]),
  opcode(OP.RET_K, "ret", "constant"),
  opcode(OP.RET_A, "ret", "a"),
  opcode(OP.TAX, "tax", "none"),
  opcode(OP.TXA, "txa", "none"),
];

const BY_CODE = new Map(OPCODES.map((each) => [each.code, each]));

function opcode(code: number, mnemonic: string, operand: Operand, seccomp = true): Opcode {
  return { code, mnemonic, operand, jumps: false, seccomp };
}

/** Undefined for a code that classic BPF does not have. */
export function opcodeOf(code: number): Opcode | undefined {
  return BY_CODE.get(code);
}

/** All spellings of a name: `ld` is five instructions. */
export function opcodesNamed(mnemonic: string): readonly Opcode[] {
  return OPCODES.filter((each) => each.mnemonic === mnemonic);
}
