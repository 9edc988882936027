// A comparison bound to the bytes of a record. What is compared and how is chosen here, once, by the field's class,
// size and sign; what is left for a record has no switch in it.
//
// 64-bit values are compared by halves: the high ones with their signs, the low ones always unsigned.

import { type ByteString, type U64, u64, unreachable } from "@gatehouse/core";
import type { AddressRange, Comparison, CpuList, Operator } from "./comparison.js";
import { isComparable, type KernelField } from "./field-class.js";
import { cut } from "./integer.js";
import type { Patterns } from "./pattern.js";
import { COMM_BYTES, type EventRecord } from "./record.js";

export type RecordTest = (record: EventRecord) => boolean;

export function recordTest(comparison: Comparison, patterns: Patterns): RecordTest {
  const { operand } = comparison;
  switch (operand.kind) {
    case "number":
      return numberTest(comparison, operand.value);
    case "string":
      return stringTest(comparison, operand.value, patterns);
    case "cpus":
      return cpusTest(comparison, operand);
    case "function":
      return functionTest(comparison, operand.symbol);
    default:
      return unreachable(operand);
  }
}

/** Accepted, and never true: not even `!=`. */
const never: RecordTest = () => false;

function numberTest({ field, op }: Comparison, value: bigint): RecordTest {
  if (field.class === "CPU") return op === "&" ? never : ordered(op, cpuDistance(value));
  if (!isComparable(field)) return never;
  return op === "&" ? bitTest(field, value) : ordered(op, distance(field, value));
}

/** How far the record's value is above the constant: its sign is what counts. */
type Distance = (record: EventRecord) => number;

function ordered(op: Operator, from: Distance): RecordTest {
  switch (op) {
    case "==":
      return (record) => from(record) === 0;
    case "!=":
      return (record) => from(record) !== 0;
    case "<":
      return (record) => from(record) < 0;
    case "<=":
      return (record) => from(record) <= 0;
    case ">":
      return (record) => from(record) > 0;
    case ">=":
      return (record) => from(record) >= 0;
    case "~":
    case "&":
      throw new Error(`\`${op}\` is no order`);
    default:
      return unreachable(op);
  }
}

/** The constant is cut to the field's width: `u8 == 256` is `u8 == 0`. */
function distance({ offset, size, signed }: KernelField, value: bigint): Distance {
  if (size === 8) return distance64(offset, signed, u64(value));
  const constant = Number(cut(value, size, signed));
  const read = READ[`${signed ? "s" : "u"}${size}`];
  if (read === undefined) throw new RangeError(`no numbers have ${size} bytes`);
  return ({ view }) => read(view, offset) - constant;
}

const READ: Readonly<Record<string, (view: DataView, offset: number) => number>> = {
  u1: (view, offset) => view.getUint8(offset),
  s1: (view, offset) => view.getInt8(offset),
  u2: (view, offset) => view.getUint16(offset, true),
  s2: (view, offset) => view.getInt16(offset, true),
  u4: (view, offset) => view.getUint32(offset, true),
  s4: (view, offset) => view.getInt32(offset, true),
};

function distance64(offset: number, signed: boolean, { high, low }: U64): Distance {
  if (signed) {
    const signedHigh = high | 0;
    return ({ view }) => view.getInt32(offset + 4, true) - signedHigh || view.getUint32(offset, true) - low;
  }
  return ({ view }) => view.getUint32(offset + 4, true) - high || view.getUint32(offset, true) - low;
}

/** Of the current CPU the kernel keeps an int, and of the constant as much. */
function cpuDistance(value: bigint): Distance {
  const constant = Number(BigInt.asIntN(32, value));
  return ({ cpu }) => cpu - constant;
}

function bitTest({ offset, size, signed }: KernelField, value: bigint): RecordTest {
  if (size === 8) {
    const { high, low } = u64(value);
    return ({ view }) =>
      (view.getInt32(offset, true) & low) !== 0 || (view.getInt32(offset + 4, true) & high) !== 0;
  }
  const mask = Number(cut(value, size, false));
  const read = READ[`${signed ? "s" : "u"}${size}`];
  if (read === undefined) throw new RangeError(`no numbers have ${size} bytes`);
  return ({ view }) => (read(view, offset) & mask) !== 0;
}

function stringTest(comparison: Comparison, value: ByteString, patterns: Patterns): RecordTest {
  const { op } = comparison;
  const pattern = op === "~" ? patterns.classify(value) : null;
  const { kind, text, inverted } = pattern ?? { kind: "whole", text: value, inverted: op === "!=" };
  const match = patterns.match[kind];
  return onString(comparison, (bytes, start, n) => match(text, bytes, start, n) !== inverted);
}

/** Where the string is and how long: that depends on the field's class. */
function onString(
  { field: { class: its, offset, size }, userString }: Comparison,
  holds: (bytes: Uint8Array, start: number, n: number) => boolean,
): RecordTest {
  switch (its) {
    case "STATIC_STRING":
      return ({ bytes }) => holds(bytes, offset, size);
    case "DYN_STRING":
      return ({ bytes, view }) =>
        holds(bytes, view.getUint16(offset, true), view.getUint16(offset + 2, true));
    case "RDYN_STRING":
      return ({ bytes, view }) =>
        holds(bytes, offset + 4 + view.getUint16(offset, true), view.getUint16(offset + 2, true));
    case "COMM":
      return ({ comm }) => holds(comm, 0, COMM_BYTES);
    case "PTR_STRING":
      return ({ view, memory }) => {
        const address = view.getBigUint64(offset, true);
        const found = userString ? memory.user(address) : memory.kernel(address);
        if (found === null) return false; // for `!=` too
        const nul = found.indexOf(0);
        const length = nul < 0 ? found.length : nul;
        if (length <= MAX_POINTED_BYTES) return holds(found, 0, length + 1);
        return holds(found.subarray(0, MAX_POINTED_BYTES), 0, MAX_POINTED_BYTES + 1);
      };
    default:
      throw new Error(`a ${its} is no string`);
  }
}

/** Strings behind a pointer are copied, and no more than this of them. */
const MAX_POINTED_BYTES = 1023;

/** A list of one CPU is a number. Any other is a set: no number equals it, and `&` asks whether it is a member. */
function cpusTest(comparison: Comparison, list: CpuList): RecordTest {
  const { field, op } = comparison;
  if (field.class === "CPUMASK") return maskTest(field, op, list);
  const [only] = list.cpus;
  if (only !== undefined && list.cpus.size === 1) {
    return numberTest({ ...comparison, op: op === "&" ? "==" : op }, BigInt(only));
  }
  const holds = (cpu: number) => (op === "&" ? list.cpus.has(cpu) : op === "!=");
  if (field.class === "CPU") return ({ cpu }) => holds(cpu);
  if (!isComparable(field)) return never;
  const read = READ[`u${Math.min(field.size, 4)}`];
  if (read === undefined) throw new RangeError(`no numbers have ${field.size} bytes`);
  return ({ view }) => {
    const cpu = read(view, field.offset);
    return cpu < list.of && holds(cpu);
  };
}

/** A set of CPUs in the record: bits, in words behind the fields. */
function maskTest({ offset }: KernelField, op: Operator, { cpus, of }: CpuList): RecordTest {
  const has = ({ bytes, view }: EventRecord, cpu: number) =>
    (((bytes[view.getUint16(offset, true) + (cpu >> 3)] ?? 0) >> (cpu & 7)) & 1) === 1;
  const all = Array.from({ length: of }, (_, cpu) => cpu);
  if (op === "&") return (record) => all.some((cpu) => cpus.has(cpu) && has(record, cpu));
  return (record) => all.every((cpu) => cpus.has(cpu) === has(record, cpu)) === (op === "==");
}

function functionTest({ field, op }: Comparison, { start, end }: AddressRange): RecordTest {
  return ({ view }) => {
    const address = view.getBigUint64(field.offset, true);
    return (start <= address && address < end) === (op === "==");
  };
}
