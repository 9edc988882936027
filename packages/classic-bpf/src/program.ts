// A seccomp program as the kernel takes it: an array of `struct sock_filter` that reads one `struct seccomp_data`.
//
//   sock_filter      bytes 0-1 code, 2 jt, 3 jf, 4-7 k; little-endian here, as on x86
//   seccomp_data     0 nr   4 arch   8 instruction_pointer   16 args[0]  24 args[1]  …  56 args[5]
//
// 64-bit fields are loaded as two words, the low one first. Words: include/uapi/linux/{filter,bpf_common,seccomp}.h.

import { fail, type Result, succeed } from "@gatehouse/core";

export type Instruction = {
  readonly code: number;
  /** How many instructions a jump skips where its test holds, and where it does not. */
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
};

export type Program = readonly Instruction[];

/** BPF_MAXINSNS. */
export const MAX_INSTRUCTIONS = 4096;
/** BPF_MEMWORDS: the scratch words M[]. */
export const MEMORY_WORDS = 16;
/** sizeof(struct sock_filter). */
export const INSTRUCTION_BYTES = 8;

/** Offsets in `struct seccomp_data`. */
export const DATA = { nr: 0, arch: 4, instructionPointer: 8, args: 16, size: 64 } as const;

/** The offset of an argument's low word; the high one is 4 further. */
export function argumentOffset(slot: number): number {
  return DATA.args + 8 * slot;
}

/** AUDIT_ARCH_*, as `seccomp_data.arch` holds it. x32 calls come as X86_64 with a bit in the number. */
export const AUDIT_ARCH = {
  X86_64: 0xc000_003e,
  I386: 0x4000_0003,
  AARCH64: 0xc000_00b7,
  ARM: 0x4000_0028,
  RISCV64: 0xc000_00f3,
  MIPS: 0x0000_0008,
  MIPSEL: 0x4000_0008,
  MIPS64: 0x8000_0008,
  MIPSEL64: 0xc000_0008,
  MIPS64N32: 0xa000_0008,
  MIPSEL64N32: 0xe000_0008,
  PPC: 0x0000_0014,
  PPC64: 0x8000_0015,
  PPC64LE: 0xc000_0015,
  S390: 0x0000_0016,
  S390X: 0x8000_0016,
  LOONGARCH64: 0xc000_0102,
} as const;

/** __X32_SYSCALL_BIT. */
export const X32_BIT = 0x4000_0000;

/** SECCOMP_RET_*: the upper half of what a program returns is an action, the lower half its data. */
export const RET = {
  KILL_PROCESS: 0x8000_0000,
  KILL_THREAD: 0x0000_0000,
  TRAP: 0x0003_0000,
  ERRNO: 0x0005_0000,
  USER_NOTIF: 0x7fc0_0000,
  TRACE: 0x7ff0_0000,
  LOG: 0x7ffc_0000,
  ALLOW: 0x7fff_0000,
} as const;
export type RetName = keyof typeof RET;

/** The program that denies by an errno. */
export function retErrno(code: number): number {
  return (RET.ERRNO | (code & 0xffff)) >>> 0;
}

/** A returned value, taken apart. An action that the kernel does not know is KILL_PROCESS to it. */
export function actionOf(value: number): { readonly action: RetName; readonly data: number } {
  const full = (value & 0xffff_0000) >>> 0;
  const found = RET_NAMES.find((name) => RET[name] === full);
  return { action: found ?? "KILL_PROCESS", data: value & 0xffff };
}

const RET_NAMES = Object.keys(RET).filter((name): name is RetName => name in RET);

/**
 * Of the values that stacked programs return, the one that the kernel acts on: the smaller action, read as a signed
 * number. Of equal actions that of the program installed last, `a`.
 */
export function mostRestrictive(a: number, b: number): number {
  return (b & 0xffff_0000) < (a & 0xffff_0000) ? b : a;
}

/** Whether the call goes on to the kernel. A tracer or a supervisor may still let it; without one it fails. */
export function passes(value: number): boolean {
  const { action } = actionOf(value);
  return action === "ALLOW" || action === "LOG";
}

/** The bytes of a `sock_fprog`: what `seccomp-tools dump -f raw` and `seccomp_export_bpf` write. */
export function toBytes(program: Program): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(INSTRUCTION_BYTES * program.length);
  const view = new DataView(bytes.buffer);
  for (const [i, { code, jt, jf, k }] of program.entries()) {
    view.setUint16(INSTRUCTION_BYTES * i, code, true);
    view.setUint8(INSTRUCTION_BYTES * i + 2, jt);
    view.setUint8(INSTRUCTION_BYTES * i + 3, jf);
    view.setUint32(INSTRUCTION_BYTES * i + 4, k, true);
  }
  return bytes;
}

/** Reads the same. Whether the kernel would take the program, `verify` says. */
export function fromBytes(bytes: Uint8Array): Result<Program, string> {
  if (bytes.length === 0) return fail("the file is empty: a program has at least one instruction");
  if (bytes.length % INSTRUCTION_BYTES !== 0) {
    return fail(`${bytes.length} bytes are not a whole number of instructions of ${INSTRUCTION_BYTES} bytes`);
  }
  const count = bytes.length / INSTRUCTION_BYTES;
  if (count > MAX_INSTRUCTIONS) {
    return fail(`${count} instructions are more than the kernel takes (${MAX_INSTRUCTIONS})`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const program = Array.from({ length: count }, (_, i) => ({
    code: view.getUint16(INSTRUCTION_BYTES * i, true),
    jt: view.getUint8(INSTRUCTION_BYTES * i + 2),
    jf: view.getUint8(INSTRUCTION_BYTES * i + 3),
    k: view.getUint32(INSTRUCTION_BYTES * i + 4, true),
  }));
  return succeed(program);
}
