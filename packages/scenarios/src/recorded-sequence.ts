// Sequences of calls by several tasks, as a kernel's answers to them were recorded: one JSON object a line.
//
//   {"id", "config": {"compat", "ftrace_syscalls", "seccomp_filter"}, "steps": [{"task", "op", …}]}
//
// Here they are read and checked; sequence-run.ts puts them to a design. Answers that stand beside steps are not looked at.

import { type ByteString, fail, type PrctlArgument, type Result, succeed } from "@gatehouse/core";

export type SequenceConfig = {
  /** CONFIG_COMPAT */
  readonly compat: boolean;
  /** CONFIG_FTRACE_SYSCALLS */
  readonly ftrace: boolean;
  /** CONFIG_SECCOMP_FILTER */
  readonly filters: boolean;
};

export type EntryName = "native" | "int80";

export type SequenceStep =
  | { readonly op: "boot"; readonly task: number; readonly comm: string; readonly privileged: boolean }
  | {
      readonly op: "prctl";
      readonly task: number;
      readonly abi: EntryName;
      readonly option: number;
      readonly args: readonly PrctlArgument[];
    }
  | {
      readonly op: "check";
      readonly task: number;
      readonly abi: EntryName;
      readonly nr: number;
      /** Six registers. */
      readonly args: readonly bigint[];
      readonly ip: bigint;
    }
  | { readonly op: "fork"; readonly task: number; readonly child: number; readonly thread: boolean }
  | { readonly op: "exec"; readonly task: number; readonly succeeds: boolean }
  | { readonly op: "exit"; readonly task: number }
  | { readonly op: "privilege"; readonly task: number; readonly on: boolean }
  | { readonly op: "proc"; readonly task: number; readonly reader: number }
  /** Memory runs out: what a design does then is not modelled. */
  | { readonly op: "failAlloc" }
  /** Entries `1` for the numbers from `lo` to `hi`, put in without a call. */
  | { readonly op: "bulk"; readonly task: number; readonly lo: number; readonly hi: number }
  | { readonly op: "repeat"; readonly times: number; readonly steps: readonly SequenceStep[] };

export type Sequence = {
  readonly id: string;
  /** What a recording is about; `btree` rests on how the kernel's b-tree goes wrong. */
  readonly category: string | null;
  readonly config: SequenceConfig;
  readonly steps: readonly SequenceStep[];
};

/** Steps of a sequence, those that repeat counted as often as they are made. */
export const MAX_STEPS = 1_000_000;

/** Or what is wrong with the value, and where: `steps[3].args[1]: …`. */
export function readSequence(value: unknown): Result<Sequence, string> {
  try {
    const { id, cat, config, steps: wanted } = objectAt(value, "the line");
    const { compat, ftrace_syscalls: ftrace, seccomp_filter: filters } = objectAt(config, "config");
    const steps = stepsAt(wanted, "steps");
    if (countOf(steps) > MAX_STEPS) throw new ShapeError("steps", `more than ${MAX_STEPS} of them`);
    return succeed({
      id: stringAt(id, "id"),
      category: typeof cat === "string" ? cat : null,
      config: {
        compat: booleanAt(compat, "config.compat"),
        ftrace: booleanAt(ftrace, "config.ftrace_syscalls"),
        filters: booleanAt(filters, "config.seccomp_filter"),
      },
      steps,
    });
  } catch (error) {
    if (error instanceof ShapeError) return fail(error.message);
    throw error;
  }
}

class ShapeError extends Error {
  constructor(at: string, wanted: string) {
    super(`${at}: ${wanted}`);
  }
}

function countOf(steps: readonly SequenceStep[]): number {
  const of = (step: SequenceStep): number => {
    if (step.op === "repeat") return step.times * countOf(step.steps);
    return step.op === "bulk" ? step.hi - step.lo + 1 : 1;
  };
  return steps.reduce((sum, step) => sum + of(step), 0);
}

function stepsAt(value: unknown, at: string, mayRepeat = true): SequenceStep[] {
  return arrayAt(value, at).map((step, i) => stepAt(step, `${at}[${i}]`, mayRepeat));
}

function stepAt(value: unknown, at: string, mayRepeat: boolean): SequenceStep {
  const step = objectAt(value, at);
  const { op, abi, args, comm, ip, steps } = step;
  const integer = (key: string, least?: number) => integerAt(step[key], `${at}.${key}`, least);
  const boolean = (key: string) => booleanAt(step[key], `${at}.${key}`);
  const list = <T>(read: (each: unknown, at: string) => T) =>
    arrayAt(args, `${at}.args`).map((each, i) => read(each, `${at}.args[${i}]`));
  if (op === "failAlloc") return { op };
  if (op === "repeat" && mayRepeat) {
    return { op, times: integer("times", 0), steps: stepsAt(steps, `${at}.steps`, false) };
  }
  const task = integer("task", 0);
  switch (op) {
    case "boot":
      return { op, task, comm: stringAt(comm, `${at}.comm`), privileged: boolean("privileged") };
    case "prctl":
      return { op, task, abi: entryAt(abi, `${at}.abi`), option: integer("option"), args: list(argumentAt) };
    case "check": {
      const registers = list(registerAt);
      if (registers.length !== 6) throw new ShapeError(`${at}.args`, "not six registers");
      const made = { nr: integer("nr"), args: registers, ip: registerAt(ip, `${at}.ip`) };
      return { op, task, abi: entryAt(abi, `${at}.abi`), ...made };
    }
    case "fork":
      return { op, task, child: integer("child", 0), thread: "thread" in step && boolean("thread") };
    case "exec":
      return { op, task, succeeds: boolean("ok") };
    case "exit":
      return { op, task };
    case "privilege":
      return { op, task, on: boolean("on") };
    case "proc":
      return { op, task, reader: "reader" in step ? integer("reader", 0) : task };
    case "bulk": {
      const lo = integer("lo", 0);
      return { op, task, lo, hi: integer("hi", lo) };
    }
    case "repeat":
      throw new ShapeError(`${at}.op`, "a repeat inside a repeat");
    default:
      throw new ShapeError(`${at}.op`, `\`${stringAt(op, `${at}.op`)}\` is no operation`);
  }
}

/** A number, `{"u64": "0x…"}`, null, `{"str"}`, `{"raw"}`, `{"buf": bytes}` or `{"bad": true}`. */
function argumentAt(value: unknown, at: string): PrctlArgument {
  if (value === null) return null;
  if (typeof value === "number") return integerAt(value, at);
  const { u64, str, raw, buf, bad } = objectAt(value, at);
  if (u64 !== undefined) return registerAt(u64, `${at}.u64`);
  if (str !== undefined) return bytesAt(str, `${at}.str`);
  if (raw !== undefined) return { unended: bytesAt(raw, `${at}.raw`) };
  if (buf !== undefined) return new Uint8Array(sizeAt(buf, `${at}.buf`));
  if (bad === true) return null;
  throw new ShapeError(at, "no argument of a call");
}

/** No text or buffer of a call is larger. */
const MAX_BYTES = 1 << 20;

function sizeAt(value: unknown, at: string): number {
  const size = integerAt(value, at, 0);
  if (size > MAX_BYTES) throw new ShapeError(at, `more than ${MAX_BYTES} bytes`);
  return size;
}

function bytesAt(value: unknown, at: string): ByteString {
  const text = stringAt(value, at);
  if (text.length > MAX_BYTES) throw new ShapeError(at, `more than ${MAX_BYTES} bytes`);
  if (!/^[\0-\xff]*$/.test(text)) throw new ShapeError(at, "a character that is no byte");
  return text;
}

function entryAt(value: unknown, at: string): EntryName {
  if (value === "native" || value === "int80") return value;
  throw new ShapeError(at, "neither `native` nor `int80`");
}

function registerAt(value: unknown, at: string): bigint {
  const text = stringAt(value, at);
  if (/^0x[0-9a-f]{1,16}$/i.test(text)) return BigInt(text);
  throw new ShapeError(at, "no register of 64 bits in hexadecimal digits");
}

function integerAt(value: unknown, at: string, least = Number.MIN_SAFE_INTEGER): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  throw new ShapeError(at, least === 0 ? "no integer of 0 or more" : "no integer that is in range");
}

function booleanAt(value: unknown, at: string): boolean {
  if (typeof value === "boolean") return value;
  throw new ShapeError(at, "neither true nor false");
}

function stringAt(value: unknown, at: string): string {
  if (typeof value === "string") return value;
  throw new ShapeError(at, "no string");
}

function arrayAt(value: unknown, at: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ShapeError(at, "no array");
}

function objectAt(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return Object.fromEntries(Object.entries(value));
  throw new ShapeError(at, "no object");
}
