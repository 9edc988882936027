// The values that strace prints as words: `O_RDONLY|O_CLOEXEC`, `0644|S_IFREG`, `makedev(0x1, 0x3)`, back to numbers.
//
//   value   = term { "|" term }
//   term    = name { " or " name }           names that one number has in different tables
//           | number | "makedev(" number ", " number ")" | "_IOC(" direction ", " number ", " number ", " number ")"
//   comment = "/*" … "*/"                    may follow: the number's names, or that it has none
//
// A word that has no number, or two (AT_FDCWD), gives none: then the register is not known.

import { constants } from "@gatehouse/catalog";
import { type ByteString, type U64, u64 } from "@gatehouse/core";

const NUMBER = /^(?:0x[0-9a-f]{1,16}|0[0-7]*|[1-9]\d{0,19})$/;
const IOC_DIRECTION: Readonly<Record<string, bigint>> = {
  _IOC_NONE: 0n,
  _IOC_WRITE: 1n,
  _IOC_READ: 2n,
  "_IOC_READ|_IOC_WRITE": 3n,
};

/** No value that strace prints is longer; a text that pretends to be one is not searched. */
const LONGEST = 1024;

/** Null where the text does not say. */
export function straceValue(text: ByteString): U64 | null {
  if (text.length > LONGEST) return null;
  const bare = text.replace(/ *\/\*.*?\*\//g, "").trim();
  const command = /^_IOC\(([A-Z_|0-9]+), (\w+), (\w+), (\w+)\)$/.exec(bare);
  const value = command === null ? sum(bare.split("|").map(term)) : ioctlCommand(command);
  return value === null || value >= 1n << 64n ? null : u64(value);
}

function term(text: string): bigint | null {
  if (text === "NULL") return 0n;
  if (NUMBER.test(text)) return number(text);
  const device = /^makedev\((\w+), (\w+)\)$/.exec(text);
  if (device !== null) return deviceNumber(number(device[1]), number(device[2]));
  for (const name of text.split(" or ")) {
    const [value, ...others] = constants.get(name)?.values ?? [];
    if (value !== undefined && others.length === 0) return (BigInt(value.high) << 32n) | BigInt(value.low);
  }
  return null;
}

/** strace's octal numbers begin with 0, as in C. */
function number(text = ""): bigint | null {
  if (!NUMBER.test(text)) return null;
  return BigInt(/^0[0-7]+$/.test(text) ? `0o${text.slice(1)}` : text);
}

function sum(terms: readonly (bigint | null)[]): bigint | null {
  let value = 0n;
  for (const part of terms) {
    if (part === null) return null;
    value |= part;
  }
  return value;
}

/** As `mknod` takes it, in 32 bits: include/linux/kdev_t.h. */
function deviceNumber(major: bigint | null, minor: bigint | null): bigint | null {
  if (major === null || minor === null || major >= 1n << 12n || minor >= 1n << 20n) return null;
  return (minor & 0xffn) | (major << 8n) | ((minor & ~0xffn) << 12n);
}

/** include/uapi/asm-generic/ioctl.h */
function ioctlCommand([, way = "", kind, nr, length]: RegExpExecArray): bigint | null {
  const direction = IOC_DIRECTION[way] ?? null;
  const shifted = (part: bigint | null, bits: bigint) => (part === null ? null : part << bits);
  return sum([shifted(direction, 30n), shifted(number(length), 16n), shifted(number(kind), 8n), number(nr)]);
}
