// One comparison of 6.18's language, as text.
//
//   comparison = name [ ".ustring" ] [ ".function" ] { blank } op { blank } value ;
//   op         = "~" | "!=" | "==" | "<=" | "<" | ">=" | ">" | "&" ;     (the first that fits, in this order)
//   value      = number | string | "CPUS{" list "}" ;       behind `.function`: number | every byte up to a blank
//
// What is checked in which order, and where the kernel then points, is part of the language: errors are answers.

import { type Diagnostic, fail, type Result, succeed } from "@gatehouse/core";
import { parseCpuList } from "./cpulist.js";
import { isAlnum, isDigit, isNameByte, isSpace, skip } from "./ctype.js";
import { type Fields, isString, type KernelField } from "./field-class.js";
import { fits, MAX_NUMBER_BYTES, parseInteger } from "./integer.js";
import { bareError, type KernelErrorCode, kernelError } from "./kernel-errors.js";

export type Operator = "~" | "!=" | "==" | "<=" | "<" | ">=" | ">" | "&";

export type Operand =
  | { readonly kind: "number"; readonly value: bigint; readonly text: string }
  | { readonly kind: "string"; readonly value: string }
  | CpuList
  /** The function that holds an address: from its first byte to the next function's. */
  | { readonly kind: "function"; readonly symbol: AddressRange };

export type CpuList = {
  readonly kind: "cpus";
  readonly cpus: ReadonlySet<number>;
  /** How many the machine has. */
  readonly of: number;
};

export type AddressRange = { readonly start: bigint; readonly end: bigint };

export type Comparison = {
  readonly field: KernelField;
  /** `.ustring`: the pointer is one of user space. */
  readonly userString: boolean;
  readonly op: Operator;
  readonly operand: Operand;
  readonly start: number;
  readonly end: number;
};

/** What a filter's text is read against. */
export type Surroundings = {
  readonly fields: Fields;
  /** The machine's, where there is one: how many CPUs and which functions. */
  readonly machine: {
    readonly cpus: number;
    readonly symbols: ReadonlyMap<string, AddressRange>;
  } | null;
};

/** A quoted string has fewer bytes. */
export const MAX_STRING_BYTES = 256;

/** The comparison that starts at `start`, where no blank is. */
export function parseComparison(
  text: string,
  start: number,
  surroundings: Surroundings,
): Result<Comparison, Diagnostic> {
  const nameEnd = skip(text, start, isNameByte);
  if (nameEnd === start) {
    return fail(bareError("EPERM", "a field's name is expected here", { start, end: start + 1 }));
  }
  const field = surroundings.fields.get(text.slice(start, nameEnd));
  if (field === undefined) return refuse("FIELD_NOT_FOUND", nameEnd, start);

  const hasDot = text[nameEnd] === ".";
  const userString = hasDot && text.startsWith(".ustring", nameEnd);
  const suffix = nameEnd + (userString ? ".ustring".length : 0);
  const isFunction = hasDot && text.startsWith(".function", suffix);
  const opStart = skip(text, suffix + (isFunction ? ".function".length : 0), isSpace);
  const op = operatorAt(text, opStart);
  if (op === null) return refuse("INVALID_OP", opStart);

  const valueStart = skip(text, opStart + op.length, isSpace);
  const site = { text, start: valueStart, field, userString, op, nameStart: start, surroundings };
  return isFunction ? parseFunction(site) : parseValue(site);
}

function operatorAt(text: string, at: number): Operator | null {
  const isEqual = text[at + 1] === "=";
  switch (text[at]) {
    case "!":
      return isEqual ? "!=" : null;
    case "=":
      return isEqual ? "==" : null;
    case "<":
      return isEqual ? "<=" : "<";
    case ">":
      return isEqual ? ">=" : ">";
    case "~":
      return "~";
    case "&":
      return "&";
    default:
      return null;
  }
}

/** Where a value stands and what it is compared with. */
type Site = {
  readonly text: string;
  readonly start: number;
  readonly field: KernelField;
  readonly userString: boolean;
  readonly op: Operator;
  readonly nameStart: number;
  readonly surroundings: Surroundings;
};

type Compared = Result<Comparison, Diagnostic>;

function compared(
  { field, userString, op, nameStart: start }: Site,
  operand: Operand,
  end: number,
): Compared {
  return succeed({ field, userString, op, operand, start, end });
}

function parseValue(site: Site): Compared {
  const { text, start } = site;
  const first = text[start];
  if (isDigit(text.charCodeAt(start)) || first === "-") return parseNumber(site);
  if (first === "'" || first === '"') return parseString(site);
  if (text.startsWith("CPUS", start)) return parseCpus(site);
  return refuse("INVALID_VALUE", start);
}

function parseNumber(site: Site): Compared {
  const { text, start, field, op } = site;
  if (isString(field)) return refuse("EXPECT_STRING", start);
  if (op === "~") return refuse("ILLEGAL_FIELD_OP", start);
  const isNegative = text[start] === "-";
  const end = skip(text, isNegative ? start + 1 : start, isAlnum);
  if (end - start > MAX_NUMBER_BYTES) return refuse("OPERAND_TOO_LONG", end, start);
  const number = text.slice(start, end);
  const value = parseInteger(number);
  // No sign for an unsigned field, not even that of -0. The range is 64 bits, whatever the field's size.
  const { signed } = field;
  if (value === null || (!signed && isNegative) || !fits(value, 8, signed)) {
    return refuse("ILLEGAL_INTVAL", start, start, end);
  }
  return compared(site, { kind: "number", value, text: number }, end);
}

function parseString(site: Site): Compared {
  const { text, start, field, op } = site;
  if (op !== "~" && op !== "==" && op !== "!=") return refuse("ILLEGAL_FIELD_OP", start);
  if (!isString(field)) return refuse("EXPECT_DIGIT", start);
  const end = text.indexOf(text.charAt(start), start + 1);
  if (end < 0) return refuse("MISSING_QUOTE", text.length, start);
  if (end - start > MAX_STRING_BYTES) return refuse("OPERAND_TOO_LONG", end, start);
  return compared(site, { kind: "string", value: text.slice(start + 1, end) }, end + 1);
}

function parseCpus(site: Site): Compared {
  const { text, start, field, op, surroundings } = site;
  const { machine } = surroundings;
  const isMask = field.class === "CPUMASK" || field.class === "CPU" || field.class === "OTHER";
  if (!isMask || (op !== "==" && op !== "!=" && op !== "&")) return refuse("ILLEGAL_FIELD_OP", start);
  const listStart = start + "CPUS{".length;
  if (text[listStart - 1] !== "{") return refuse("MISSING_BRACE_OPEN", listStart, start);
  const end = text.indexOf("}", listStart);
  if (end < 0) return refuse("MISSING_BRACE_CLOSE", text.length, start);
  if (machine === null) return fail(needsMachine("a list of CPUs", start, end + 1));
  const cpus = end === listStart ? null : parseCpuList(text.slice(listStart, end), machine.cpus);
  if (cpus === null) return refuse("INVALID_CPULIST", end, start, end + 1);
  return compared(site, { kind: "cpus", cpus, of: machine.cpus }, end + 1);
}

function parseFunction(site: Site): Compared {
  const { text, start, field, op, surroundings } = site;
  const { machine } = surroundings;
  if (field.size !== 8) return refuse("ILLEGAL_FIELD_OP", start);
  if (op !== "==" && op !== "!=") return refuse("INVALID_OP", start);
  const isAddress = isDigit(text.charCodeAt(start));
  // A name runs to the next blank, whatever it swallows: `)` and `&&` too.
  const end = skip(text, start, isAddress ? isAlnum : (unit) => unit > 0 && !isSpace(unit));
  const word = text.slice(start, end);
  if (isAddress && word.length > MAX_NUMBER_BYTES) return refuse("OPERAND_TOO_LONG", end, start);
  const address = isAddress ? parseInteger(word) : null;
  if (isAddress && (address === null || !fits(address, 8, false))) return refuse("INVALID_VALUE", end, start);
  if (machine === null) return fail(needsMachine("a kernel function", start, end));
  const symbol =
    address === null
      ? machine.symbols.get(word)
      : [...machine.symbols.values()].find((range) => range.start <= address && address < range.end);
  if (symbol === undefined) return refuse("NO_FUNCTION", end, start);
  return compared(site, { kind: "function", symbol }, end);
}

function needsMachine(what: string, start: number, end: number): Diagnostic {
  return { message: `${what} is a fact of one machine, and a trace does not hold it`, start, end };
}

/** Inside a comparison the kernel points one byte behind the place it stopped at. */
function refuse(
  code: KernelErrorCode,
  stopped: number,
  start = stopped,
  end = Math.max(stopped, start + 1),
): Result<never, Diagnostic> {
  return fail(kernelError(code, stopped + 1, { start, end }));
}
