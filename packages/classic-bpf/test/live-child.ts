// The program that asks the kernel, child.c: built where the test runs, and spoken to in one go.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Program, toBytes } from "../src/index.js";

/** A call as registers: the number as the kernel gets it, and six arguments. */
export type RawCall = { readonly nr: number; readonly args: readonly bigint[] };
export type Question = { readonly program: Program; readonly calls: readonly RawCall[] };
/** Errnos; 0 where there is none. `errors` is empty where the program was not installed. */
export type Answer = { readonly installed: number; readonly errors: readonly number[] };

export type Asker =
  | {
      readonly kind: "ready";
      ask(questions: readonly Question[]): readonly Answer[];
      remove(): void;
    }
  | { readonly kind: "missing"; readonly reason: string };

export function openAsker(): Asker {
  if (process.platform !== "linux" || process.arch !== "x64") return missing("this is no Linux on x86-64");
  if (!existsSync("/proc/sys/kernel/seccomp/actions_avail")) return missing("this kernel has no seccomp");
  const folder = mkdtempSync(join(tmpdir(), "gatehouse-seccomp-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const file = join(folder, "child");
  const built = spawnSync(
    "cc",
    ["-O1", "-Wall", "-Wextra", "-Werror", "-o", file, join(import.meta.dirname, "child.c")],
    {
      encoding: "utf8",
    },
  );
  if (built.error !== undefined) {
    remove();
    return missing("there is no C compiler `cc`");
  }
  if (built.status !== 0) throw new Error(built.stderr);
  const ask = (questions: readonly Question[]) => answersOf(questions, runChild(file, questions));
  const probe = ask([{ program: [{ code: 0x06, jt: 0, jf: 0, k: 0x7fff_0000 }], calls: [] }]);
  if (probe[0]?.installed === 0) return { kind: "ready", ask, remove };
  remove();
  return missing(`installing a filter gives errno ${probe[0]?.installed}`);
}

function missing(reason: string): Asker {
  return { kind: "missing", reason };
}

function runChild(file: string, questions: readonly Question[]): DataView {
  const input = concat(questions.map(question));
  const { stdout, stderr, status } = spawnSync(file, { input, maxBuffer: 1 << 28, timeout: 60_000 });
  if (status !== 0) throw new Error(`the child ended with ${status}: ${stderr.toString()}`);
  return new DataView(stdout.buffer, stdout.byteOffset, stdout.byteLength);
}

function question({ program, calls }: Question): Uint8Array {
  const head = new Uint8Array(Uint32Array.of(program.length, calls.length).buffer);
  const registers = calls.flatMap(({ nr, args }) => [
    BigInt(nr),
    ...Array.from({ length: 6 }, (_, i) => args[i] ?? 0n),
  ]);
  return concat([head, toBytes(program), new Uint8Array(BigUint64Array.from(registers).buffer)]);
}

function answersOf(questions: readonly Question[], output: DataView): readonly Answer[] {
  let at = 0;
  const next = () => {
    at += 4;
    return output.getInt32(at - 4, true);
  };
  return questions.map(({ calls }) => {
    const installed = next();
    return { installed, errors: installed === 0 ? calls.map(next) : [] };
  });
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
