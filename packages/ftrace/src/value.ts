// Constants of `extended`, and whether they can stand where they do.
//
//   constant = atom | "(" atom { "|" atom } ")" ;
//   atom     = number | NAME ;                            (O_RDONLY, PROT_EXEC, TIOCSTI: @gatehouse/catalog)

import { constants, nearestWord } from "@gatehouse/catalog";
import {
  and64,
  type Constant,
  equal64,
  type Field,
  fromByteString,
  hex,
  isZero,
  singleValue,
  toBigInt,
  type U64,
  u64,
} from "@gatehouse/core";
import { cut, fits, parseInteger } from "./integer.js";
import { Reader } from "./reader.js";

/** What a constant is for. Only in an equality may one stand for two values. */
export type Use = "equal" | "order" | "bits";

const ATOM = /-?[A-Za-z0-9_]+/y;

export function readConstant(reader: Reader, field: Field, use: Use): Constant | null {
  reader.more();
  const start = reader.at;
  const atom = reader.take("(") ? readGroup(reader) : readAtom(reader);
  return atom && fitted(reader, atom, { start, field, use });
}

/** What `text` means as a constant for `field`; null where it is not one. */
export function constantFrom(text: string, field: Field, use: Use): Constant | null {
  const reader = new Reader(text);
  const constant = readConstant(reader, field, use);
  return reader.more() ? null : constant;
}

/** A name or a number, before it is known which field it is for. */
type Atom = { readonly text: string; readonly values: readonly bigint[] };

function readAtom(reader: Reader): Atom | null {
  const text = reader.match(ATOM);
  if (text === null) return reader.expected("a number or a constant");
  const start = reader.at - text.length;
  if (/^-?[0-9]/.test(text)) {
    const value = parseInteger(text);
    if (value === null) return reader.fail(`\`${shorten(text)}\` is no number`, start, reader.at);
    return { text, values: [value] };
  }
  const named = constants.get(text);
  if (named !== undefined) return { text, values: named.values.map(toBigInt) };
  const near = nearestWord(text, constants.keys());
  const hint = near === null ? "strings stand in quotes" : `did you mean \`${near}\`?`;
  return reader.fail(`there is no constant \`${shorten(text)}\``, start, reader.at, hint);
}

/** Behind `(`: constants joined by `|`. One alone needs no parentheses and is printed without. */
function readGroup(reader: Reader): Atom | null {
  const start = reader.at - 1;
  const atoms: Atom[] = [];
  do {
    const atom = readAtom(reader);
    if (atom === null) return null;
    atoms.push(atom);
  } while (reader.take("|"));
  if (!reader.take(")")) {
    return reader.expected("`|` or `)`", "only constants joined by `|` may stand in these parentheses");
  }
  const [first] = atoms;
  if (first !== undefined && atoms.length === 1) return first;
  const unfit = atoms.find(({ values: [value = 0n, other] }) => other !== undefined || value < 0n);
  if (unfit !== undefined) {
    const message =
      unfit.values.length > 1 ? twoValues(unfit) : `\`${unfit.text}\` cannot be joined by \`|\``;
    return reader.fail(message, start, reader.at);
  }
  const value = atoms.reduce((bits, { values: [next = 0n] }) => bits | next, 0n);
  return { text: `(${atoms.map(({ text }) => text).join(" | ")})`, values: [value] };
}

function twoValues({ text, values }: Atom): string {
  const shown = values.map((value) => hex(u64(value))).join(" or ");
  return `\`${text}\` arrives as ${shown}, so only \`==\`, \`!=\` and \`in\` can take it`;
}

type Place = { readonly start: number; readonly field: Field; readonly use: Use };

/** The atom as the field can hold it. */
function fitted(reader: Reader, atom: Atom, { start, field, use }: Place): Constant | null {
  const { text } = atom;
  if (use !== "equal" && atom.values.length > 1) return reader.fail(twoValues(atom), start, reader.at);
  const [value = 0n, second] = atom.values;
  const held = (each: bigint) => canHold(field, each, use);
  // Nearly all have one value. A set may have 30,000 of them, and `filter` would leave room for more in each.
  if (second === undefined && held(value)) return { text, values: [halves(value, field)] };
  const values = atom.values.filter(held);
  if (values.length === 0) {
    if (value < 0n && !field.signed) return reader.fail(negative(field, text), start, reader.at, UNSIGNED);
    return reader.fail(tooLarge(field, text, value), start, reader.at);
  }
  return { text, values: values.map((each) => halves(each, field)) };
}

/** As a row holds it: extended by the sign where the field has one. */
function halves(value: bigint, { size, signed }: Field): U64 {
  if (value >= 0n && value <= 0x7fn) return { high: 0, low: Number(value) };
  return u64(cut(value, size, signed));
}

/** Bits may be written without a sign also where the field has one. */
function canHold({ size, signed }: Field, value: bigint, use: Use): boolean {
  return fits(value, size, signed) || (use === "bits" && fits(value, size, false));
}

const UNSIGNED = "registers are unsigned: -1 arrives as 0xffffffff or 0xffffffffffffffff";

function negative({ name }: Field, text: string): string {
  return `\`${name}\` is unsigned and never \`${text}\``;
}

/** The kernel takes 64 bits whatever the field's size, and cuts them. */
function tooLarge({ name, size, signed }: Field, text: string, value: bigint): string {
  const cuts = fits(value, 8, signed) ? `; the kernel would cut it to ${cut(value, size, signed)}` : "";
  return `\`${text}\` does not fit the ${8 * size} bits of \`${name}\`${cuts}`;
}

/** A word of the text, short enough for a message. */
export function shorten(word: string): string {
  return fromByteString(word.length > 40 ? `${word.slice(0, 40)}...` : word);
}

/** Whether a masked comparison with it can never hold. Both have one value. */
export function isOutside(value: Constant, mask: Constant): boolean {
  const bits = singleValue(value);
  return !equal64(and64(bits, singleValue(mask)), bits);
}

export function outside(value: Constant, mask: Constant): string {
  return `\`${value.text}\` has bits outside the mask \`${mask.text}\`: they are never equal`;
}

/** `flags & O_RDONLY` reads as if it could hold. A plain 0, which somebody computed, may stand. */
export function isNamedZero({ text, values: [bits] }: Constant): boolean {
  return bits !== undefined && isZero(bits) && !/^[0-9]/.test(text);
}
