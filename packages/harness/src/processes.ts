// A contestant in a process of its own, so that none has another's compiled code, garbage or memory in its figures. It is
// given its job, proves its answers right, and then gives one sample whenever it is asked. Needs Node.

import { type ChildProcess, fork } from "node:child_process";
import { fail, type Result, succeed } from "@gatehouse/core";
import type { Runner } from "./bench.js";

/** What a contestant is when it has proved its answers. */
export type Ready = {
  /** Whatever its report shows of it; goes through JSON. */
  readonly details: unknown;
  sample(): number | Promise<number>;
};

export type Process = Runner & { readonly details: unknown; end(): void };

/** What a job's process answers, in this order: one of the first two, then samples. */
type Answer =
  | { readonly kind: "ready"; readonly details: unknown }
  | { readonly kind: "refused"; readonly because: unknown }
  | { readonly kind: "sample"; readonly ns: number };

/** Starts `script`, which calls `serve`. What it refuses its job for is what its `prepare` failed with. */
export async function start(script: URL, id: string, job: unknown): Promise<Result<Process, unknown>> {
  const child = fork(script, { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const first = await ask(child, id, { job });
  if (first.kind === "ready") {
    const sample = async () => {
      const answer = await ask(child, id, "sample");
      if (answer.kind !== "sample") throw new Error(`${id} gave no sample`);
      return answer.ns;
    };
    return succeed({ id, details: first.details, sample, end: () => child.disconnect() });
  }
  child.disconnect();
  return fail(first.kind === "refused" ? first.because : `${id} gave a sample before it was asked`);
}

function ask(child: ChildProcess, id: string, question: object | string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null, signal: string | null) =>
      reject(new Error(`the process of ${id} ended: ${signal ?? `exit code ${code}`}`));
    child.once("exit", ended).once("message", (answer: Answer) => {
      child.off("exit", ended);
      resolve(answer);
    });
    child.send(question);
  });
}

/** The other side: a script's only statement. The process ends when nobody asks it any more. */
export function serve(prepare: (job: unknown) => Promise<Result<Ready, unknown>>): void {
  process.once("message", async (question: { readonly job: unknown }) => {
    const prepared = await prepare(question.job);
    if (!prepared.ok) return answer({ kind: "refused", because: prepared.error });
    const { details, sample } = prepared.value;
    process.on("message", async () => answer({ kind: "sample", ns: await sample() }));
    answer({ kind: "ready", details });
  });
  process.once("disconnect", () => process.exit());
}

function answer(answer: Answer): void {
  process.send?.(answer);
}
