// A TaskSequence: calls of several tasks of one kernel, as a recording has them. One JSON object:
//
//   {"id", "cat", "config": {"compat", "ftrace_syscalls", "seccomp_filter"}, "steps": [{"task", "op", …}, …]}
//
// A string is bytes, a character each. What a recording answers may stand there too and is not read. See docs/json.md.

import { linux2639, linux2639i386 } from "@gatehouse/catalog";
import {
  ABI,
  type Abi,
  type ByteString,
  fail,
  type Kernel,
  kernelOf,
  type PrctlArgument,
  type Result,
  succeed,
  type U64,
  u64,
} from "@gatehouse/core";

export type SequenceStep =
  | { readonly op: "boot"; readonly task: number; readonly comm: ByteString; readonly privileged: boolean }
  | {
      readonly op: "prctl";
      readonly task: number;
      readonly abi: Abi;
      readonly option: number;
      readonly args: readonly PrctlArgument[];
    }
  | {
      readonly op: "check";
      readonly task: number;
      readonly abi: Abi;
      /** As the register's low half holds it: an `int`. */
      readonly nr: number;
      readonly args: readonly U64[];
      readonly ip: U64;
    }
  | { readonly op: "fork"; readonly task: number; readonly child: number; readonly thread: boolean }
  | { readonly op: "exec" | "exit"; readonly task: number }
  | { readonly op: "privilege"; readonly task: number; readonly on: boolean }
  | { readonly op: "proc"; readonly task: number; readonly reader: number }
  | { readonly op: "repeat"; readonly times: number; readonly steps: readonly SequenceStep[] };

export type TaskSequence = { readonly id: string } & (
  | { readonly kernel: Kernel; readonly steps: readonly SequenceStep[] }
  /** Why no rules answer it. */
  | { readonly skipped: string }
);

type Json = Readonly<Record<string, unknown>>;

/** An error says which step is at fault, counted from 1. */
export function readTaskSequence(json: unknown): Result<TaskSequence, string> {
  try {
    return succeed(sequenceOf(json));
  } catch (error) {
    if (error instanceof Misfit) return fail(error.message);
    throw error;
  }
}

/** What does not have the shape. */
class Misfit extends Error {}

function sequenceOf(json: unknown): TaskSequence {
  const sequence = objectOf(json, "a sequence");
  const id = textOf(sequence.id, "`id`");
  const steps = listOf(sequence.steps, "`steps`");
  const skipped = reasonToSkip(sequence, steps);
  if (skipped !== null) return { id, skipped };
  return { id, kernel: kernelIn(objectOf(sequence.config, "`config`")), steps: stepsOf(steps, "") };
}

/** These rest on what no rules hold: how much memory there was, or how a b-tree lay in it. */
function reasonToSkip({ cat, assumes }: Json, steps: readonly unknown[]): string | null {
  const has = (op: string) => steps.some((step) => isObject(step) && step.op === op);
  if (cat === "enomem" || has("failAlloc")) return "an allocation fails";
  const isTree = cat === "btree" || (Array.isArray(assumes) && assumes.includes("btree-iteration"));
  if (isTree) return "how the b-tree goes wrong is no rule of the engine";
  return has("bulk") ? "entries are put in without a call" : null;
}

function kernelIn(config: Json): Kernel {
  return kernelOf(linux2639, {
    compat: flagOf(config.compat, "`config.compat`") ? linux2639i386 : null,
    ftrace: flagOf(config.ftrace_syscalls, "`config.ftrace_syscalls`"),
    filters: flagOf(config.seccomp_filter, "`config.seccomp_filter`"),
  });
}

function stepsOf(steps: readonly unknown[], before: string): SequenceStep[] {
  return steps.map((step, i) => stepOf(step, `${before}step ${i + 1}`));
}

function stepOf(json: unknown, place: string): SequenceStep {
  const step = objectOf(json, place);
  const at = (key: string) => `${place}: \`${key}\``;
  const { op } = step;
  if (op === "repeat") {
    const steps = stepsOf(listOf(step.steps, at("steps")), `${place}, `);
    return { op, times: countOf(step.times, at("times")), steps };
  }
  const task = countOf(step.task, at("task"));
  switch (op) {
    case "boot": {
      const privileged = flagOf(step.privileged, at("privileged"));
      return { op, task, comm: bytesOf(step.comm, at("comm")), privileged };
    }
    case "prctl": {
      const args = listOf(step.args, at("args")).map((each, i) => argumentOf(each, at(`args[${i}]`)));
      return {
        op,
        task,
        abi: abiOf(step.abi, at("abi")),
        option: integerOf(step.option, at("option")),
        args,
      };
    }
    case "check": {
      const args = listOf(step.args, at("args")).map((each, i) => wordOf(each, at(`args[${i}]`)));
      const abi = abiOf(step.abi, at("abi"));
      return { op, task, abi, nr: integerOf(step.nr, at("nr")) | 0, args, ip: wordOf(step.ip, at("ip")) };
    }
    case "fork":
      return { op, task, child: countOf(step.child, at("child")), thread: flagOf(step.thread, at("thread")) };
    case "exec":
    case "exit":
      return { op, task };
    case "privilege":
      return { op, task, on: flagOf(step.on, at("on")) };
    case "proc":
      return { op, task, reader: countOf(step.reader, at("reader")) };
    default:
      throw new Misfit(`${at("op")} is none that there is`);
  }
}

/** A number, `{"u64"}`, or what a pointer leads to. */
function argumentOf(json: unknown, place: string): PrctlArgument {
  if (json === null) return null;
  if (typeof json === "number") return integerOf(json, place);
  const { u64: word, str, raw, buf, bad } = objectOf(json, place);
  if (word !== undefined) return bigOf(word, place);
  if (str !== undefined) return bytesOf(str, place);
  if (raw !== undefined) return { bytes: bytesOf(raw, place) };
  if (buf !== undefined) return { bytes: "\0".repeat(countOf(buf, place)) };
  if (bad === true) return { bytes: "" };
  throw new Misfit(`${place} is no argument of prctl`);
}

function abiOf(json: unknown, place: string): Abi {
  if (json === "native" || json === "int80") return ABI[json];
  throw new Misfit(`${place} is neither \`native\` nor \`int80\``);
}

function wordOf(json: unknown, place: string): U64 {
  return u64(bigOf(json, place));
}

function bigOf(json: unknown, place: string): bigint {
  if (typeof json === "string" && /^0x[0-9a-f]{1,16}$/i.test(json)) return BigInt(json);
  throw new Misfit(`${place} is no hexadecimal number of 64 bits`);
}

function integerOf(json: unknown, place: string): number {
  if (Number.isSafeInteger(json)) return Number(json);
  throw new Misfit(`${place} is no integer that JSON holds exactly`);
}

/** The most that a sequence may ask for at once: tasks, bytes, rounds. */
const MAX_COUNT = 2 ** 31 - 1;

function countOf(json: unknown, place: string): number {
  const count = integerOf(json, place);
  if (count < 0 || count > MAX_COUNT) throw new Misfit(`${place} is no number from 0 to ${MAX_COUNT}`);
  return count;
}

function flagOf(json: unknown, place: string): boolean {
  if (typeof json === "boolean") return json;
  throw new Misfit(`${place} is neither true nor false`);
}

function textOf(json: unknown, place: string): string {
  if (typeof json === "string") return json;
  throw new Misfit(`${place} is no string`);
}

function bytesOf(json: unknown, place: string): ByteString {
  const text = textOf(json, place);
  if (/[^\0-\xff]/.test(text)) throw new Misfit(`${place} has a character that is no byte`);
  return text;
}

function listOf(json: unknown, place: string): readonly unknown[] {
  if (Array.isArray(json)) return json;
  throw new Misfit(`${place} is no list`);
}

function objectOf(json: unknown, place: string): Json {
  if (isObject(json)) return json;
  throw new Misfit(`${place} is no object`);
}

function isObject(json: unknown): json is Json {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
