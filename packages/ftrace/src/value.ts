// Constants of `extended`, and whether they can stand where they do.
//
//   constant = atom | "(" atom { "|" atom } ")" ;
//   atom     = number | NAME ;                            (O_RDONLY, PROT_EXEC, TIOCSTI: @gatehouse/catalog)

import { constants, nearestWord } from "@gatehouse/catalog";
import { type Constant, type Field, fromByteString, hex, toBigInt, u64 } from "@gatehouse/core";
import { cut, fits, parseInteger } from "./integer.js";
import { Reader } from "./reader.js";

/** What a constant is for. Only in an equality may one stand for two values. */
export type Use = "equal" | "order" | "bits";

const ATOM = /-?[A-Za-z0-9_]+/y;

export function readConstant(reader: Reader, field: Field, use: Use): Constant | null {
  reader.more();
  const start = reader.at;
  const isGroup = reader.take("(");
  const atoms = [readAtom(reader)];
  if (isGroup) {
    while (reader.error === null && reader.take("|")) atoms.push(readAtom(reader));
    if (reader.error === null && !reader.take(")"))
      return reader.expected("`|` or `)`", "only constants joined by `|` may stand in these parentheses");
  }
  const known = atoms.filter((atom) => atom !== null);
  return reader.error === null ? joined(reader, known, { start, field, use }) : null;
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
  if (text === null) {
    const quoted = reader.next() === "'" || reader.next() === '"';
    return reader.expected("a number or a constant", quoted ? "numbers stand without quotes" : undefined);
  }
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

type Place = { readonly start: number; readonly field: Field; readonly use: Use };

function joined(reader: Reader, atoms: readonly Atom[], place: Place): Constant | null {
  const [first] = atoms;
  if (first === undefined) throw new Error("a constant was read and has no part");
  if (atoms.length === 1) return fitted(reader, first, place);
  const twofold = atoms.find(({ values }) => values.length > 1);
  if (twofold !== undefined) return reader.fail(twoValues(twofold), place.start, reader.at);
  const negative = atoms.find(({ values }) => values.some((value) => value < 0n));
  if (negative !== undefined)
    return reader.fail(`\`${negative.text}\` cannot be joined by \`|\``, place.start, reader.at);
  const value = atoms.reduce((bits, { values }) => bits | (values[0] ?? 0n), 0n);
  const text = `(${atoms.map((atom) => atom.text).join(" | ")})`;
  return fitted(reader, { text, values: [value] }, place);
}

function twoValues({ text, values }: Atom): string {
  const shown = values.map((value) => hex(u64(value))).join(" or ");
  return `\`${text}\` arrives as ${shown}, so only \`==\`, \`!=\` and \`in\` can take it`;
}

/** The atom as the field can hold it. */
function fitted(reader: Reader, atom: Atom, { start, field, use }: Place): Constant | null {
  const { text } = atom;
  if (use !== "equal" && atom.values.length > 1) return reader.fail(twoValues(atom), start, reader.at);
  const values = atom.values.filter((value) => canHold(field, value, use));
  const [value = 0n] = atom.values;
  if (values.length === 0) {
    if (value < 0n && !field.signed) return reader.fail(negative(field, text), start, reader.at, UNSIGNED);
    return reader.fail(tooLarge(field, text, value), start, reader.at);
  }
  return { text, values: values.map((each) => u64(cut(each, field.size, field.signed))) };
}

/** Bits may be written without a sign also where the field has one. */
function canHold({ size, signed }: Field, value: bigint, use: Use): boolean {
  return fits(value, size, signed) || (use === "bits" && fits(value, size, false));
}

const UNSIGNED = "registers are unsigned: -1 arrives as 0xffffffff or 0xffffffffffffffff";

function negative({ name }: Field, text: string): string {
  return `\`${name}\` is unsigned and never \`${text}\``;
}

function tooLarge({ name, size, signed }: Field, text: string, value: bigint): string {
  const left = cut(value, size, signed);
  return `\`${text}\` does not fit the ${8 * size} bits of \`${name}\`; the kernel would cut it to ${left}`;
}

/** A word of the text, short enough for a message. */
export function shorten(word: string): string {
  return fromByteString(word.length > 40 ? `${word.slice(0, 40)}...` : word);
}
