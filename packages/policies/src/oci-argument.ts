// The argument rules of a profile as a condition, and whether two of them can hold at once.

import {
  ALWAYS,
  all,
  and64,
  any,
  type Condition,
  type Constant,
  compareUnsigned,
  type EventFormat,
  equal64,
  type Field,
  hex,
  isZero,
  type Order,
  possible,
  toBigInt,
  type U64,
  u64,
  ZERO,
} from "@gatehouse/core";
import { type Findings, type OciArgument, report } from "./oci-profile.js";
import { show } from "./scanner.js";

/** Any of them; the comparisons of one must all hold. */
export type Alternatives = readonly (readonly OciArgument[])[];

export function alternativesOf(args: readonly OciArgument[]): Alternatives {
  const indexes = new Set(args.map(({ index }) => index));
  return indexes.size === args.length ? [args] : args.map((argument) => [argument]);
}

export function conditionOf(alternatives: Alternatives, format: EventFormat, findings: Findings): Condition {
  const condition = any(
    alternatives.map((args) => all(args.map((argument) => comparison(argument, format, findings)))),
  );
  return possible(condition, format);
}

function comparison(argument: OciArgument, format: EventFormat, findings: Findings): Condition {
  const field = format.fields.find(({ slot }) => slot === argument.index);
  if (field === undefined) {
    const count = format.fields.length;
    report(
      findings,
      argument,
      `${show(format.name)} has ${count} arguments, and none of index ${argument.index}`,
    );
    return ALWAYS;
  }
  if (!fits(argument.value, field) || !fits(argument.valueTwo, field))
    report(findings, argument, `this does not fit the ${8 * field.size} bits of \`${field.name}\``);
  if (argument.op === "SCMP_CMP_MASKED_EQ") return masked(argument, field.name);
  const value = decimal(argument.value);
  if (argument.op === "SCMP_CMP_EQ") return { kind: "equal", field: field.name, op: "==", value };
  if (argument.op === "SCMP_CMP_NE") return { kind: "equal", field: field.name, op: "!=", value };
  return { kind: "order", field: field.name, op: ORDERS[argument.op], value };
}

const ORDERS = {
  SCMP_CMP_LT: "<",
  SCMP_CMP_LE: "<=",
  SCMP_CMP_GE: ">=",
  SCMP_CMP_GT: ">",
} as const satisfies Record<string, Order>;

function masked({ value: mask, valueTwo }: OciArgument, field: string): Condition {
  if (isZero(mask)) return ALWAYS;
  const value = inHex(and64(valueTwo, mask));
  return { kind: "masked", field, mask: inHex(mask), op: "==", value };
}

function fits(value: U64, { size }: Field): boolean {
  return size === 8 || value.high === 0;
}

function decimal(value: U64): Constant {
  return { text: String(toBigInt(value)), values: [value] };
}

function inHex(value: U64): Constant {
  return { text: hex(value), values: [value] };
}

/** False where no event can be of both. */
export function canMeet(a: Alternatives, b: Alternatives): boolean {
  return a.some((some) =>
    b.some((others) => !some.some((one) => others.some((other) => exclude(one, other)))),
  );
}

function exclude(a: OciArgument, b: OciArgument): boolean {
  if (a.index !== b.index) return false;
  const [rangeA, rangeB] = [rangeOf(a), rangeOf(b)];
  if (compareUnsigned(rangeA.last, rangeB.first) < 0 || compareUnsigned(rangeB.last, rangeA.first) < 0)
    return true;
  const [bitsA, bitsB] = [bitsOf(a), bitsOf(b)];
  const common = and64(bitsA.mask, bitsB.mask);
  if (!equal64(and64(bitsA.value, common), and64(bitsB.value, common))) return true;
  return isOther(a, b) || isOther(b, a);
}

/** `!= 5` beside `== 5`. */
function isOther(a: OciArgument, b: OciArgument): boolean {
  return a.op === "SCMP_CMP_NE" && b.op === "SCMP_CMP_EQ" && equal64(a.value, b.value);
}

const LAST = u64(-1);

/** Among which all values lie for which it holds; an empty one is the wrong way round. */
function rangeOf({ op, value }: OciArgument): { readonly first: U64; readonly last: U64 } {
  switch (op) {
    case "SCMP_CMP_EQ":
      return { first: value, last: value };
    case "SCMP_CMP_LT":
    case "SCMP_CMP_LE":
      return { first: ZERO, last: op === "SCMP_CMP_LE" || isZero(value) ? value : u64(toBigInt(value) - 1n) };
    case "SCMP_CMP_GT":
    case "SCMP_CMP_GE":
      return {
        first: op === "SCMP_CMP_GE" || equal64(value, LAST) ? value : u64(toBigInt(value) + 1n),
        last: LAST,
      };
    default:
      return { first: ZERO, last: LAST };
  }
}

/** The bits that it asks for. */
function bitsOf({ op, value, valueTwo }: OciArgument): { readonly mask: U64; readonly value: U64 } {
  if (op === "SCMP_CMP_EQ") return { mask: LAST, value };
  return op === "SCMP_CMP_MASKED_EQ"
    ? { mask: value, value: and64(valueTwo, value) }
    : { mask: ZERO, value: ZERO };
}
