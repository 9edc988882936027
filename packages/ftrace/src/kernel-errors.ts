// What 6.18 says of a filter that it refuses. Code, number and text are its own (an error_log shows the text); errno
// is what the write returns, and it is not always EINVAL.

import type { Diagnostic } from "@gatehouse/core";

const EPERM = 1;
const ENOENT = 2;
const ESRCH = 3;
const EINVAL = 22;

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
} as const satisfies Record<string, { number: number; errno: number; text: string }>;

export type KernelErrorCode = keyof typeof KERNEL_ERRORS;

/** A refusal as the kernel gives it, and the place that a person should look at. */
export type KernelDiagnostic = Diagnostic & {
  readonly errno: number;
  /** Null where the kernel gives an errno and no reason. */
  readonly code: KernelErrorCode | null;
  /** Where the kernel points: often one too far. Counted in bytes of the text that was parsed. */
  readonly column: number;
};

export function isKernelDiagnostic(diagnostic: Diagnostic): diagnostic is KernelDiagnostic {
  return "errno" in diagnostic;
}

type Span = { readonly start: number; readonly end: number };

/** `at`: what a person should look at. `column`: where the kernel points. */
export function kernelError(code: KernelErrorCode, column: number, at: Span): KernelDiagnostic {
  const { errno, text } = KERNEL_ERRORS[code];
  return { message: text.charAt(0).toLowerCase() + text.slice(1), ...at, errno, code, column };
}

/** An errno without a word. */
export function bareError(errno: "EPERM" | "EINVAL", message: string, at: Span): KernelDiagnostic {
  return { message, ...at, errno: errno === "EPERM" ? EPERM : EINVAL, code: null, column: 0 };
}
