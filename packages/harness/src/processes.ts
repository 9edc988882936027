// A contestant in a process of its own, so that none has another's compiled code, garbage or memory in its figures. It is
// given its job, proves its answers right, and then gives one sample whenever it is asked. Needs Node.

import { type ChildProcess, fork } from "node:child_process";
import { fail, type Result, succeed } from "@gatehouse/core";
import type { Runner } from "./bench.js";
import type { Mistake } from "./work.js";

/** What a contestant is when it has proved its answers. */
export type Ready = {
  /** Whatever its report shows of it; goes through JSON. */
  readonly details: unknown;
  sample(): number | Promise<number>;
};

export type Process = Runner & { readonly details: unknown; end(): void };

/** What a job's process answers, in this order: one of the first two, then samples. */
type Answer<E> =
  | { readonly kind: "ready"; readonly details: unknown }
  | { readonly kind: "refused"; readonly because: E }
  | { readonly kind: "sample"; readonly ns: number };

/** Starts `script`, which calls `serve` with a job of this kind. It may refuse it for what is wrong with its answers. */
export async function start<J, E = Mistake>(script: URL, id: string, job: J): Promise<Result<Process, E>> {
  const child = fork(script, { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const first = await ask<E>(child, id, { job });
  if (first.kind === "ready") {
    const sample = async () => {
      const answer = await ask<E>(child, id, "sample");
      if (answer.kind !== "sample") throw new Error(`${id} gave no sample`);
      return answer.ns;
    };
    return succeed({ id, details: first.details, sample, end: () => child.disconnect() });
  }
  child.disconnect();
  if (first.kind === "refused") return fail(first.because);
  throw new Error(`${id} gave a sample before it was asked`);
}

function ask<E>(child: ChildProcess, id: string, question: object | string): Promise<Answer<E>> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null, signal: string | null) =>
      reject(new Error(`the process of ${id} ended: ${signal ?? `exit code ${code}`}`));
    child.once("exit", ended).once("message", (answer: Answer<E>) => {
      child.off("exit", ended);
      resolve(answer);
    });
    child.send(question);
  });
}

/** The other side: a script's only statement. The process ends when nobody asks it any more. */
export function serve<J, E>(prepare: (job: J) => Promise<Result<Ready, E>>): void {
  process.once("message", async (question: { readonly job: J }) => {
    const prepared = await prepare(question.job);
    if (!prepared.ok) return answer({ kind: "refused", because: prepared.error });
    const { details, sample } = prepared.value;
    process.on("message", async () => answer({ kind: "sample", ns: await sample() }));
    answer({ kind: "ready", details });
  });
  process.once("disconnect", () => process.exit());
}

function answer(answer: Answer<unknown>): void {
  process.send?.(answer);
}
