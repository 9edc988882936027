// What was merged in 2012: seccomp programs in classic BPF.

export { assemble } from "./assembler.js";
export { archOf, bpfLinear, bpfTree } from "./backend.js";
export { type Compiled, type CompileOptions, compile, type Shape, type Unsaid } from "./compile.js";
export { type ArchGroup, type CallGroup, decompile, type NumberRange, type Outcome } from "./decompile.js";
export { archName, describeReturn, disassemble } from "./disassembler.js";
export { type Call, fillSeccompData, Interpreter, seccompData } from "./interpreter.js";
export { OP, type Opcode, type Operand, opcodeOf } from "./opcodes.js";
export { printMeaning } from "./print-meaning.js";
export {
  AUDIT_ARCH,
  actionOf,
  argumentOffset,
  DATA,
  fromBytes,
  INSTRUCTION_BYTES,
  type Instruction,
  MAX_INSTRUCTIONS,
  MEMORY_WORDS,
  mostRestrictive,
  type Program,
  passes,
  RET,
  type RetName,
  retErrno,
  toBytes,
  X32_BIT,
} from "./program.js";
export { type Refusal, type VerifiedProgram, verify } from "./verifier.js";
