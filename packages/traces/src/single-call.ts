// The arguments that an event of a single call shows, with perf and in tracefs alike:
//
//   dfd: 0xffffff9c, filename: 0x7fc1dbae321c "/etc/ld.so.cache", flags: 0x00080000, mode: 0x00000000
//   dfd: 4294967196, filename: 139785545139344 "/usr/lib/loca", flags: O_RDONLY|O_CLOEXEC         kernels after 6.18
//
//   list     = [ argument { ", " argument } ]
//   argument = name ": " ( "0x" hex | hex | word { "|" word } ) [ ' "' … '"' ]
//
// What a pointer leads to is shown, and is no part of the register. A number without `0x` is hexadecimal; but beside a word
// all numbers are decimal, and octal after a 0. Registers behind the call's arguments are not known.

import type { ByteString, Catalog, EventFormat, U64 } from "@gatehouse/core";
import { straceValue } from "./strace-values.js";

export type SingleCall = {
  readonly format: EventFormat;
  /** By slot. */
  readonly values: readonly (U64 | undefined)[];
};

const ARGUMENT = /(\w+): (?:0x([0-9a-f]{1,16})|([0-9a-f]{1,20})|([A-Z0-9_|]{1,400}))(?= |,|$)/y;
const STRING = / "/y;
/** What may stand behind a string's closing quote: the next argument, or no more. */
const AFTER_STRING = /"(?:\.\.\.)?(?=, \w+: |\s*$| +[0-9a-f]{8,16} )/g;
/** What perf may print behind the last argument: where the call was made. */
const REST = /^(?: +[0-9a-f]{8,16}\b.*)?\s*$/s;

/** `name`: the call's, without `sys_enter_`. Answers why the list is unreadable where it is. */
export function readSingleCall(name: string, list: ByteString, catalog: Catalog): SingleCall | string {
  const format = catalog.byName(`sys_enter_${name}`);
  if (format === undefined) return `the catalog has no event \`sys_enter_${name}\``;
  const shown: Shown[] = [];
  let at = 0;
  while (at < list.length && !(shown.length === 0 && REST.test(list))) {
    ARGUMENT.lastIndex = at;
    const [whole, field, hex, bare, words] = ARGUMENT.exec(list) ?? [];
    const slot = format.fields.find((candidate) => candidate.name === field)?.slot;
    if (whole === undefined || slot === undefined)
      return `\`${name}\` has no argument like \`${list.slice(at, at + 40)}\``;
    shown.push({ slot, hex, bare, words });
    at = afterString(list, at + whole.length);
    if (!list.startsWith(", ", at)) break;
    at += 2;
  }
  if (!REST.test(list.slice(at))) return `\`${name}\` has no argument like \`${list.slice(at, at + 40)}\``;
  const isDecimal = shown.some(({ words }) => words !== undefined);
  const values: (U64 | undefined)[] = [];
  for (const { slot, hex, bare, words } of shown) {
    const value =
      isDecimal && hex === undefined ? straceValue(bare ?? words ?? "") : hexOf(hex ?? bare ?? "");
    if (value !== null) values[slot] = value;
  }
  return { format, values };
}

type Shown = {
  readonly slot: number;
  readonly hex: string | undefined;
  readonly bare: string | undefined;
  readonly words: string | undefined;
};

/** Behind the string that begins there, or there. */
function afterString(list: ByteString, at: number): number {
  STRING.lastIndex = at;
  if (!STRING.test(list)) return at;
  AFTER_STRING.lastIndex = at + 2;
  return AFTER_STRING.test(list) ? AFTER_STRING.lastIndex : at;
}

function hexOf(digits: string): U64 | null {
  if (digits.length > 16) return null;
  return {
    high: Number.parseInt(digits.slice(0, -8) || "0", 16),
    low: Number.parseInt(digits.slice(-8), 16),
  };
}
