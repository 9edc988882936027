// What to do about a refusal, where that can be known: the kernel says what it wanted, this says what was meant.

import { constants, nearestWord } from "@gatehouse/catalog";
import { type ByteString, hex, type U64, u64 } from "@gatehouse/core";
import { isAlnum, isNameByte, skip } from "./ctype.js";
import type { KernelDialectName } from "./dialect.js";
import { type Fields, isString, type KernelField } from "./field-class.js";
import { parseInteger } from "./integer.js";
import type { KernelDiagnostic } from "./kernel-errors.js";

/** What a text was refused by. */
export type Refused = {
  readonly text: ByteString;
  readonly fields: Fields;
  readonly dialect: KernelDialectName;
};

/** The refusal with a hint, where there is one. */
export function withHint(refusal: KernelDiagnostic, refused: Refused): KernelDiagnostic {
  const hint = hintFor(refusal, refused);
  return hint === null ? refusal : { ...refusal, hint };
}

function hintFor(refusal: KernelDiagnostic, refused: Refused): string | null {
  switch (refusal.code) {
    case "FIELD_NOT_FOUND":
      return fieldHint(refusal, refused);
    case "INVALID_VALUE":
    case "ILLEGAL_INTVAL":
      return valueHint(refusal, refused);
    case "EXPECT_STRING":
      return "it is a string, and strings stand in quotes";
    case "EXPECT_DIGIT":
      return "it is a number, and numbers stand without quotes";
    case "ILLEGAL_FIELD_OP":
      return operationHint(refusal, refused);
    case "INVALID_OP":
      return operatorHint(refusal, refused);
    case "TOO_MANY_PREDS":
      return restHint(refusal, refused);
    case "MISSING_FIELD":
      return "a comparison needs a field and a value; an empty string is none";
    case "TOO_MANY_OPERANDS":
      return "comparisons are joined by `&&` and `||`";
    case "MISSING_BRACE_OPEN":
      return "a list of CPUs is written `CPUS{0-3}`";
    default:
      return null;
  }
}

/** The field of the comparison that the place is in: the last name before it that is one. */
function fieldBefore({ start }: KernelDiagnostic, { text, fields }: Refused): KernelField | null {
  const names = text.slice(0, start).match(/[A-Za-z0-9_]+/g) ?? [];
  const name = names.findLast((each) => fields.has(each));
  return (name === undefined ? undefined : fields.get(name)) ?? null;
}

function fieldHint({ start, end }: KernelDiagnostic, { text, fields, dialect }: Refused): string | null {
  const name = text.slice(start, end).match(/^[A-Za-z0-9_]+/)?.[0] ?? "";
  if (dialect !== "6.18" && /^(?:cpu|comm|common_cpu|stacktrace)$/i.test(name)) {
    return `${dialect} has only the event's own fields and the common ones`;
  }
  const near = nearestWord(name, fields.keys());
  return near === null ? null : `did you mean \`${near}\`?`;
}

/** The value stands where the kernel stopped. */
function valueHint(refusal: KernelDiagnostic, refused: Refused): string | null {
  const { text, fields, dialect } = refused;
  const field = fieldBefore(refusal, refused);
  const word = wordAt(text, refusal.start);
  const named = constants.get(word);
  if (named !== undefined) return constantHint(word, named.values, field);
  if (field !== null && isString(field)) return `strings stand in quotes: \`"${word}"\``;
  if (fields.has(word)) return "a field is compared with a constant, never with another field";
  if (dialect !== "6.18" && /^["']/.test(text.slice(refusal.start)))
    return `${dialect} takes it for a number`;
  return numberHint(word, field);
}

function wordAt(text: ByteString, start: number): string {
  const first = text[start] === "-" || text[start] === "+" ? start + 1 : start;
  return text.slice(start, skip(text, first, isNameByte));
}

function constantHint(name: string, values: readonly U64[], field: KernelField | null): string {
  const [value, other] = values;
  if (value === undefined) throw new RangeError(`\`${name}\` has no value`);
  if (other === undefined) return `the kernel takes numbers: \`${name}\` is ${showNumber(value)}`;
  if (field === null) return `\`${name}\` arrives as ${hex(value)} or as ${hex(other)}`;
  const each = [value, other].map((form) => `${field.name} == ${hex(form)}`).join(" || ");
  return `\`${name}\` arrives in two forms: \`${each}\``;
}

function showNumber(value: U64): string {
  return value.high === 0 && value.low < 10 ? String(value.low) : `${hex(value)} (${BigInt(hex(value))})`;
}

function numberHint(word: string, field: KernelField | null): string | null {
  if (word.startsWith("+")) return "a number has no `+`";
  if (/^-?0[0-9]*[89]/.test(word))
    return `a number that begins with 0 is octal: ${word.replace(/^(-?)0+/, "$1")}?`;
  const value = parseInteger(word);
  if (value === null) {
    return isAlnum(word.charCodeAt(0))
      ? "numbers are decimal, hexadecimal behind 0x, or octal behind 0"
      : null;
  }
  if (value < 0n && field !== null && !field.signed) return negativeHint(value, field);
  return field?.signed === true ? "a signed number is from -2^63 to 2^63-1" : "a number is from 0 to 2^64-1";
}

/** An `int` that is negative fills a register in one of two ways, as its caller was compiled. */
function negativeHint(value: bigint, { name, size }: KernelField): string {
  const widths = size === 8 ? [32, 64] : [8 * size];
  const each = widths.map((bits) => `${name} == ${hex(u64(BigInt.asUintN(bits, value)))}`).join(" || ");
  return `\`${name}\` is unsigned: ${value} arrives as \`${each}\``;
}

function operationHint(refusal: KernelDiagnostic, refused: Refused): string | null {
  const field = fieldBefore(refusal, refused);
  if (field === null) return null;
  if (isString(field)) return "a string takes `==`, `!=` and `~`";
  if (refused.text.startsWith("CPUS", refusal.start)) return "a list of CPUs takes `==`, `!=` and `&`";
  return "`~` is for strings";
}

function operatorHint({ start }: KernelDiagnostic, { text, dialect }: Refused): string | null {
  const found = text.charAt(start);
  if (found === "=") return "equality is `==`";
  if (dialect !== "6.18" && found === "&") return `${dialect} has no \`&\`; \`&&\` joins comparisons`;
  if (dialect !== "6.18" && found === "!") return `${dialect} has no \`!\`; there is \`!=\``;
  if (dialect !== "6.18" && found === "|") return "`||` joins comparisons";
  return text.startsWith(".", start) ? "a field may be followed by `.ustring` or `.function`" : null;
}

/** What stands behind a comparison. */
function restHint({ start }: KernelDiagnostic, { text, dialect }: Refused): string | null {
  if (dialect !== "6.18") return "2.6.38 holds 32 operators, comparisons among them";
  const rest = text.slice(start);
  if (/^[=!<>]/.test(rest))
    return "a comparison has one operator: bits are tested one by one, `f & 1 && !(f & 2)`";
  if (/^[&|]/.test(rest)) return "`&&` and `||` join comparisons; `&` stands between a field and a number";
  const word = wordAt(rest, 0).toLowerCase();
  if (word === "and" || word === "or") return `\`${word}\` is written \`${word === "and" ? "&&" : "||"}\``;
  return null;
}
