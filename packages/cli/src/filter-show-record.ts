// `--record fd=3,offset=0x10,comm=bash`: the fields of one record, as a person writes them.
//
//   record = name "=" value { "," name "=" value } ;
//   value  = { any character but "," } ;       a number (decimal, 0x, a constant's name), or text where the field is one

import { constants, nearestWord } from "@gatehouse/catalog";
import { type ByteString, toBigInt, toByteString } from "@gatehouse/core";
import {
  COMM_BYTES,
  type EventRecord,
  eventRecord,
  type KernelEvent,
  type KernelField,
  type RecordFormat,
  writeRecord,
} from "@gatehouse/ftrace";
import { Failure } from "./failure.js";
import { printable } from "./text.js";

/** What a record is made from. Fields that are not named are 0 or empty. */
type Parts = {
  readonly values: Map<string, bigint | ByteString>;
  /** What stands behind the pointers to text, by address. */
  readonly memory: Map<bigint, Uint8Array>;
  cpu: number;
  comm: ByteString;
};

export function recordFrom(text: string, format: RecordFormat, event: KernelEvent): EventRecord {
  const parts: Parts = { values: new Map(), memory: new Map(), cpu: 0, comm: "" };
  for (const assignment of text.split(",")) {
    const [, name = "", value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/s.exec(assignment) ?? [];
    if (value === undefined) throw new Failure(`--record: \`${printable(assignment)}\` is no name=value`);
    assign(parts, fieldNamed(name, format, event), value);
  }
  const { values, memory, cpu, comm } = parts;
  const read = (address: bigint) => memory.get(address) ?? null;
  return eventRecord(writeRecord(format, values), {
    cpu,
    comm: bytesOf(comm.slice(0, COMM_BYTES - 1).padEnd(COMM_BYTES, "\0")),
    // Text that somebody names is the caller's: the kernel does not find it at one of its own addresses.
    memory: { user: read, kernel: () => null },
  });
}

function fieldNamed(name: string, format: RecordFormat, { fields }: KernelEvent): KernelField {
  const field = fields.get(name);
  if (field !== undefined) return field;
  const near = nearestWord(name, fields.keys());
  const own = format.fields.filter(({ common }) => common !== true).map((each) => `\`${each.name}\``);
  const hint = near === null ? `it has ${own.join(", ")}` : `did you mean \`${near}\`?`;
  throw new Failure(`--record: the event has no field \`${printable(name)}\`\nhint: ${hint}`);
}

function assign(parts: Parts, field: KernelField, value: string): void {
  const { name } = field;
  switch (field.class) {
    case "COMM":
      parts.comm = toByteString(value);
      return;
    case "CPU":
      parts.cpu = Number(numberFrom(value, field));
      return;
    case "DYN_STRING":
    case "RDYN_STRING":
    case "STATIC_STRING":
      parts.values.set(name, toByteString(value));
      return;
    case "PTR_STRING": {
      const address = USER_MEMORY + BigInt(parts.memory.size) * 4096n;
      parts.memory.set(address, bytesOf(toByteString(value)));
      parts.values.set(name, address);
      return;
    }
    default:
      parts.values.set(name, numberFrom(value, field));
  }
}

/** Where a program's text might lie. */
const USER_MEMORY = 0x7fff_0000_0000n;

function numberFrom(value: string, { name, size, signed }: KernelField): bigint {
  const [named] = constants.get(value)?.values ?? [];
  if (named !== undefined) return toBigInt(named);
  if (!/^-?(?:0x[0-9a-f]{1,16}|\d{1,20})$/i.test(value)) {
    throw new Failure(`--record: \`${printable(value)}\` is no number, and \`${name}\` is one`);
  }
  const number = value.startsWith("-") ? -BigInt(value.slice(1)) : BigInt(value);
  const bits = 8 * (size === 0 ? 4 : size);
  const fits = BigInt.asUintN(bits, number) === number || BigInt.asIntN(bits, number) === number;
  if (fits) return number;
  throw new Failure(
    `--record: ${value} does not fit the ${bits} bits of \`${name}\`${signed ? ", signed" : ""}`,
  );
}

function bytesOf(text: ByteString): Uint8Array {
  return Uint8Array.from(text, (unit) => unit.charCodeAt(0));
}
