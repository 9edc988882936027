// What a kernel says of a filter that it refuses. Code, number and text are its own (its log and its filter file show
// the text); errno is what the write returns, and in 6.18 it is not always EINVAL.

import type { Diagnostic } from "@gatehouse/core";

const EPERM = 1;
const ENOENT = 2;
const ESRCH = 3;
const EINVAL = 22;
const ENOSPC = 28;

/** 6.18's. */
export const KERNEL_ERRORS = {
  INVALID_OP: { number: 1, errno: EINVAL, text: "Invalid operator" },
  TOO_MANY_OPEN: { number: 2, errno: ENOENT, text: "Too many '('" },
  TOO_MANY_CLOSE: { number: 3, errno: EPERM, text: "Too few '('" },
  MISSING_QUOTE: { number: 4, errno: ESRCH, text: "Missing matching quote" },
  MISSING_BRACE_OPEN: { number: 5, errno: EINVAL, text: "Missing '{'" },
  MISSING_BRACE_CLOSE: { number: 6, errno: EINVAL, text: "Missing '}'" },
  OPERAND_TOO_LONG: { number: 7, errno: EINVAL, text: "Operand too long" },
  EXPECT_STRING: { number: 8, errno: EINVAL, text: "Expecting string field" },
  EXPECT_DIGIT: { number: 9, errno: EINVAL, text: "Expecting numeric field" },
  ILLEGAL_FIELD_OP: { number: 10, errno: EINVAL, text: "Illegal operation for field type" },
  FIELD_NOT_FOUND: { number: 11, errno: EINVAL, text: "Field not found" },
  ILLEGAL_INTVAL: { number: 12, errno: EINVAL, text: "Illegal integer value" },
  TOO_MANY_PREDS: { number: 14, errno: EPERM, text: "Too many terms in predicate expression" },
  INVALID_CPULIST: { number: 16, errno: EINVAL, text: "Invalid cpulist" },
  INVALID_VALUE: { number: 18, errno: EINVAL, text: "Invalid value (did you forget quotes)?" },
  NO_FUNCTION: { number: 19, errno: EINVAL, text: "Function not found" },
  NO_FILTER: { number: 21, errno: EINVAL, text: "No filter found" },
} as const satisfies ErrorTable;

/** Those of 2.6.38 and 2.6.39. */
export const KERNEL_ERRORS_2011 = {
  NONE: { number: 0, errno: EINVAL, text: "No error" },
  INVALID_OP: { number: 1, errno: EINVAL, text: "Invalid operator" },
  UNBALANCED_PAREN: { number: 2, errno: EINVAL, text: "Unbalanced parens" },
  TOO_MANY_OPERANDS: { number: 3, errno: EINVAL, text: "Too many operands" },
  OPERAND_TOO_LONG: { number: 4, errno: EINVAL, text: "Operand too long" },
  FIELD_NOT_FOUND: { number: 5, errno: EINVAL, text: "Field not found" },
  ILLEGAL_FIELD_OP: { number: 6, errno: EINVAL, text: "Illegal operation for field type" },
  ILLEGAL_INTVAL: { number: 7, errno: EINVAL, text: "Illegal integer value" },
  TOO_MANY_PREDS: { number: 9, errno: ENOSPC, text: "Too many terms in predicate expression" },
  MISSING_FIELD: { number: 10, errno: EINVAL, text: "Missing field name and/or value" },
  INVALID_FILTER: { number: 11, errno: EINVAL, text: "Meaningless filter expression" },
} as const satisfies ErrorTable;

type ErrorTable = Readonly<Record<string, { number: number; errno: number; text: string }>>;

export type KernelErrorCode = keyof typeof KERNEL_ERRORS;
export type KernelErrorCode2011 = keyof typeof KERNEL_ERRORS_2011;

/** A refusal as the kernel gives it, and the place that a person should look at. */
export type KernelDiagnostic = Diagnostic & {
  readonly errno: number;
  /** Null where the kernel gives an errno and no reason. */
  readonly code: KernelErrorCode | KernelErrorCode2011 | null;
  /** The kernel's own text of the code. */
  readonly reason: string | null;
  /** Where the kernel points: often one too far, in 2011 always 0. Counted in bytes of the text that was parsed. */
  readonly column: number;
};

export function isKernelDiagnostic(diagnostic: Diagnostic): diagnostic is KernelDiagnostic {
  return "errno" in diagnostic;
}

type Span = { readonly start: number; readonly end: number };

/** `at`: what a person should look at. `column`: where the kernel points. */
export function kernelError(code: KernelErrorCode, column: number, at: Span): KernelDiagnostic {
  const { errno, text } = KERNEL_ERRORS[code];
  return { message: inOurWords(text), start: at.start, end: at.end, errno, code, reason: text, column };
}

export function kernelError2011(code: KernelErrorCode2011, at: Span): KernelDiagnostic {
  const { errno, text } = KERNEL_ERRORS_2011[code];
  return { message: inOurWords(text), start: at.start, end: at.end, errno, code, reason: text, column: 0 };
}

/** An errno without a word. */
export function bareError(errno: "EPERM" | "EINVAL", message: string, at: Span): KernelDiagnostic {
  const number = errno === "EPERM" ? EPERM : EINVAL;
  return { message, start: at.start, end: at.end, errno: number, code: null, reason: null, column: 0 };
}

/** Made once: a stream of filters may be refused a hundred thousand times a second. */
const MESSAGES: ReadonlyMap<string, string> = new Map(
  [...Object.values(KERNEL_ERRORS), ...Object.values(KERNEL_ERRORS_2011)].map(({ text }) => [
    text,
    text.charAt(0).toLowerCase() + text.slice(1),
  ]),
);

function inOurWords(text: string): string {
  return MESSAGES.get(text) ?? text;
}
