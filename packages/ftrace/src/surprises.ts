// Filters that a kernel accepts and that do not mean what they seem to: what it makes of each comparison instead.

import { type ByteString, type Diagnostic, unreachable } from "@gatehouse/core";
import type { Comparison, CpuList } from "./comparison.js";
import type { KernelDialectName } from "./dialect.js";
import { isComparable, type KernelField } from "./field-class.js";
import { cut, parseInteger } from "./integer.js";
import type { ParsedFilter } from "./kernel-dialect.js";
import { type Pattern, patterns618, patterns2011 } from "./pattern.js";
import { COMM_BYTES } from "./record.js";

/** In the order of the text. `filter`: what `dialect` made of it. */
export function surprises(text: ByteString, filter: ParsedFilter, dialect: KernelDialectName): Diagnostic[] {
  const comparisons = filter.comparisons();
  const surprise = dialect === "6.18" ? surprise618 : surprise2011;
  const found = comparisons.flatMap((comparison): Diagnostic[] => {
    const { start, end } = comparison;
    const told = surprise(comparison);
    return told === null ? [] : [{ ...told, start, end }];
  });
  return [...found, ...(dialect === "6.18" ? trailing(text, comparisons) : sideBySide(text, filter))];
}

type Surprise = { readonly message: string; readonly hint?: string };

function surprise618(comparison: Comparison): Surprise | null {
  const { op, operand } = comparison;
  switch (operand.kind) {
    case "number":
      return numberSurprise(comparison, operand.value);
    case "string":
      if (comparison.field.class === "PTR_STRING" && !comparison.userString) return pointer(comparison.field);
      return op === "~" ? globSurprise(comparison.field, operand.value) : null;
    case "cpus":
      return cpusSurprise(comparison, operand);
    case "function":
      return null;
    default:
      return unreachable(operand);
  }
}

function numberSurprise({ field, op }: Comparison, value: bigint): Surprise | null {
  const { name, size, signed } = field;
  if (field.class === "CPU") return op === "&" ? { message: `\`${name} & …\` never holds` } : null;
  if (!isComparable(field))
    return { message: `\`${name}\` has ${size} bytes: this never holds, nor would \`!=\`` };
  if (field.class === "CPUMASK")
    return { message: `\`${name}\` is a set of CPUs: this compares where it lies` };
  const left = cut(value, size, signed);
  // Bits may be written without the sign.
  if (left === value || (op === "&" && value === cut(value, size, false))) return null;
  return { message: `\`${name}\` has ${8 * size} bits: ${value} is cut to ${left}` };
}

function pointer({ name }: KernelField): Surprise {
  return {
    message: `\`${name}\` is read as an address of the kernel, where no caller's string is`,
    hint: `\`${name}.ustring\` reads the caller's memory`,
  };
}

function cpusSurprise({ field, op }: Comparison, { cpus }: CpuList): Surprise | null {
  if (field.class === "CPUMASK" || cpus.size === 1 || op === "&") return null;
  return {
    message: `a list of ${cpus.size} CPUs is equal to no number`,
    hint: "`&` asks whether it is in the list",
  };
}

function globSurprise(field: KernelField, glob: ByteString): Surprise | null {
  const pattern = patterns618.classify(glob);
  const { kind, text } = pattern;
  if (kind === "whole" && /[*?[\\]/.test(text)) {
    const first = text.charAt(0);
    return {
      message: "a pattern that begins with a digit has no wildcards",
      hint: `in \`"[${first}]${text.slice(1)}"\` they are`,
    };
  }
  if (kind === "glob" && text.includes("[^"))
    return { message: "`^` is a member of the set", hint: "`[!…]` is all but the members" };
  return arraySurprise(field, pattern, `\`"${lastInSet(pattern)}"\` ends where the text does`);
}

/** The same pattern, but no longer one of the simple kinds: those look at the array, a set looks at the text. */
function lastInSet({ kind, text }: Pattern): ByteString {
  return `*${text.slice(0, -1)}[${text.slice(-1)}]${kind === "middle" ? "*" : ""}`;
}

function arraySurprise(field: KernelField, { kind, text }: Pattern, hint?: string): Surprise | null {
  const isArray = field.class === "STATIC_STRING" || field.class === "COMM";
  if (!isArray || text === "") return null;
  const size = field.class === "COMM" ? COMM_BYTES : field.size;
  const told = (message: string) => (hint === undefined ? { message } : { message, hint });
  if (kind === "end")
    return told(`never matches a shorter text than ${size - 1} bytes: the end is the array's`);
  // What is behind the text of COMM is zeros.
  if (kind !== "middle" || field.class === "COMM") return null;
  return told(`all ${size} bytes are searched, also what an earlier text left in them`);
}

/** An operator at the end, and any `!` behind it, is read and forgotten. */
function trailing(text: ByteString, comparisons: readonly Comparison[]): Diagnostic[] {
  const start = comparisons.at(-1)?.end ?? 0;
  if (!/[&|!]/.test(text.slice(start))) return [];
  return [{ message: "the operator at the end is ignored", start, end: text.length }];
}

function surprise2011({ field, op, operand }: Comparison): Surprise | null {
  if (operand.kind === "number") {
    const wrapped = wrapSurprise(operand.text, operand.value);
    return (
      wrapped ?? numberSurprise({ field, op, operand, userString: false, start: 0, end: 0 }, operand.value)
    );
  }
  if (operand.kind !== "string") throw new Error(`2011 has no ${operand.kind}`);
  const { value } = operand;
  if (/^'.*'$/s.test(value))
    return { message: "the single quotes are a part of the text", hint: 'quotes are `"`' };
  if (op !== "~") return null;
  const pattern = patterns2011.classify(value);
  if (/[?[\\]/.test(pattern.text)) return { message: "only `*` is a wildcard" };
  if (/^!?.[^*]*\*./s.test(value))
    return { message: `the pattern ends at its \`*\`: it is \`${shown(pattern)}\`` };
  return arraySurprise(field, pattern);
}

/** 2.6.38 takes more than 64 bits and keeps the low ones. */
function wrapSurprise(text: string, value: bigint): Surprise | null {
  const meant = parseInteger(text);
  if (meant === null || meant === value) return null;
  return { message: `more than 64 bits are cut: ${meant} is ${value}` };
}

function shown({ kind, text, inverted }: Pattern): string {
  const before = kind === "end" || kind === "middle" ? "*" : "";
  const behind = kind === "front" || kind === "middle" ? "*" : "";
  return `${inverted ? "!" : ""}${before}${text}${behind}`;
}

/** Several expressions without a connective, which 2.6.38 lets pass. */
function sideBySide(text: ByteString, filter: ParsedFilter): Diagnostic[] {
  const { program } = filter.hold();
  if (program.kind !== "postfix") return [];
  const count = program.entries.reduce((sum, { kind }) => sum + (kind === "comparison" ? 1 : -1), 0);
  if (count <= 1) return [];
  return [{ message: `only the last of ${count} expressions counts`, start: 0, end: text.length }];
}
