// What 6.18 says of each predicate: constants as numbers, sets and constants of two values one by one, a masked
// comparison bit by bit, a prefix as a glob.
//
//   fd in {1, 2}               fd == 1 || fd == 2
//   dfd != AT_FDCWD            dfd != 0xffffff9c && dfd != 0xffffffffffffff9c
//   flags & 7 == 5             !(flags & 2) && flags & 1 && flags & 4
//   filename ^= "/etc/*"       filename ~ "/etc/\**"

import {
  type Constant,
  type Field,
  type Predicate,
  singleValue,
  toBigInt,
  type U64,
  u64,
  unreachable,
} from "@gatehouse/core";
import { MAX_STRING_BYTES } from "./comparison.js";
import { isComparable, isString, kernelField } from "./field-class.js";
import { fits } from "./integer.js";
import { allOf, anyOf, notOf, type Phrase, predicatePhrase, quoted } from "./phrase.js";
import { isOutside, outside } from "./value.js";
import { prefixGlob } from "./without-not.js";

/** The predicate's text, or the reason why there is none. */
export function say618(predicate: Predicate, field: Field): Phrase | string {
  switch (predicate.kind) {
    case "equal":
    case "in":
    case "order":
    case "anyBit":
    case "masked":
      return notANumber(field) ?? sayNumber(predicate, field);
    case "string":
    case "stringIn":
      return notAString(field) ?? sayString(predicate, field);
    case "labels":
      return `6.18 has no labels: \`${field.name}\` is none of its fields`;
    default:
      return unreachable(predicate);
  }
}

function notANumber(field: Field): string | null {
  const known = kernelField(field);
  if (isString(known))
    return `6.18 takes \`${field.name}\` (${field.type}) for a string and compares no pointers`;
  return isComparable(known)
    ? null
    : `6.18 compares no numbers of ${field.size} bytes, as \`${field.name}\` is`;
}

function notAString(field: Field): string | null {
  return isString(kernelField(field)) ? null : `6.18 takes \`${field.name}\` (${field.type}) for a number`;
}

type NumberPredicate = Extract<Predicate, { kind: "equal" | "in" | "order" | "anyBit" | "masked" }>;

export function sayNumber(predicate: NumberPredicate, field: Field): Phrase | string {
  switch (predicate.kind) {
    case "equal": {
      const join = predicate.op === "==" ? anyOf : allOf;
      return sayEach(field, predicate.op, [predicate.value], join);
    }
    case "in":
      return sayEach(field, "==", predicate.values, anyOf);
    case "order":
      return sayOne(field, predicate.op, predicate.value);
    case "anyBit":
      return sayOne(field, "&", predicate.mask);
    case "masked":
      return sayMasked(predicate, field);
    default:
      return unreachable(predicate);
  }
}

/** A value that the field cannot hold is equal to none of its values; the kernel would cut it to one that is. */
function sayEach(
  field: Field,
  op: "==" | "!=",
  constants: readonly Constant[],
  join: (phrases: readonly Phrase[]) => Phrase,
): Phrase | string {
  const texts = constants
    .flatMap(({ values }) => values)
    .map((value) => numberText(value, field))
    .filter((text) => text !== null);
  if (texts.length === 0) return tooLarge(field, constants);
  return join(texts.map((text) => predicatePhrase(`${field.name} ${op} ${text}`)));
}

function sayOne(field: Field, op: string, constant: Constant): Phrase | string {
  const text = numberText(singleValue(constant), field);
  return text === null ? tooLarge(field, [constant]) : predicatePhrase(`${field.name} ${op} ${text}`);
}

function tooLarge({ name, size }: Field, constants: readonly Constant[]): string {
  const texts = constants.map(({ text }) => `\`${text}\``).join(", ");
  return `${texts} does not fit the ${8 * size} bits of \`${name}\`, and 6.18 would cut it`;
}

function sayMasked({ mask, value, op }: Predicate & { kind: "masked" }, field: Field): Phrase | string {
  const tooWide = [mask, value].find((constant) => typeof sayOne(field, "&", constant) === "string");
  if (tooWide !== undefined) return tooLarge(field, [tooWide]);
  if (isOutside(value, mask)) return outside(value, mask);
  const [maskBits = 0n, valueBits = 0n] = [...mask.values, ...value.values].map(toBigInt);
  const bitTest = (bits: bigint) => predicatePhrase(`${field.name} & ${numberText(u64(bits), field)}`);
  const zeros = maskBits & ~valueBits;
  const clear = zeros !== 0n || valueBits === 0n ? [bitTest(zeros)] : [];
  const set = bitsOf(valueBits, field).map(bitTest);
  return op === "==" ? allOf([...clear.map(notOf), ...set]) : anyOf([...clear, ...set.map(notOf)]);
}

/** Its bits, each alone. Those above a signed field's size repeat its highest and are that one. */
function bitsOf(value: bigint, { size, signed }: Field): bigint[] {
  const width = 8 * size;
  const each = Array.from({ length: width }, (_, bit) => 1n << BigInt(bit)).filter(
    (bit) => (value & bit) !== 0n,
  );
  return signed ? each.map((bit) => BigInt.asIntN(width, bit)) : each;
}

/** Decimal where that is how a person would write it; null for what the field cannot hold. */
export function numberText(bits: U64, { size, signed }: Field): string | null {
  const value = signed ? BigInt.asIntN(64, toBigInt(bits)) : toBigInt(bits);
  if (!fits(value, size, signed)) return null;
  return value < 1024n ? String(value) : `0x${value.toString(16)}`;
}

function sayString(
  predicate: Extract<Predicate, { kind: "string" | "stringIn" }>,
  field: Field,
): Phrase | string {
  if (predicate.kind === "string") {
    const { op, value } = predicate;
    return op === "^=" ? sayText(field, "~", prefixGlob(value)) : sayText(field, op, value);
  }
  const each = predicate.values.map((value) => sayText(field, "==", value));
  return (
    each.find((said) => typeof said === "string") ?? anyOf(each.filter((said) => typeof said !== "string"))
  );
}

function sayText(field: Field, op: "==" | "!=" | "~", text: string): Phrase | string {
  const inQuotes = quoted(text);
  if (inQuotes === null) return "a string with both kinds of quotes, and there are no escapes";
  if (text.includes("\0")) return "a string with a NUL in it";
  if (text.length >= MAX_STRING_BYTES)
    return `a string of ${text.length} bytes, and 6.18 takes fewer than ${MAX_STRING_BYTES}`;
  if (op === "~" && kernelField(field).class === "STATIC_STRING" && /^!?\*/.test(text))
    return `\`*\` first looks behind the end of the string in \`${field.name}\` (${field.type})`;
  return predicatePhrase(`${field.name} ${op} ${inQuotes}`);
}
