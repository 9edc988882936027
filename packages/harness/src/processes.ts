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
  /** `x`: of one that has several things to time, which. */
  sample(x?: number): number | Promise<number>;
};

export type Process = Runner & {
  readonly details: unknown;
  sample(x?: number): Promise<number>;
  end(): void;
};

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
    const sample = async (x?: number) => {
      const answer = await ask<E>(child, id, { x });
      if (answer.kind !== "sample") throw new Error(`${id} gave no sample`);
      return answer.ns;
    };
    return succeed({ id, details: first.details, sample, end: () => child.disconnect() });
  }
  child.disconnect();
  if (first.kind === "refused") return fail(first.because);
  throw new Error(`${id} gave a sample before it was asked`);
}

/** Two at a time: each has all of its rows to prove, and nothing is timed yet. */
const AT_ONCE = 2;

/** The same for many jobs, by id. */
export async function startAll<J, E = Mistake>(
  script: URL,
  jobs: readonly (readonly [id: string, job: J])[],
): Promise<Result<Process, E>[]> {
  const started: Result<Process, E>[] = [];
  for (let first = 0; first < jobs.length; first += AT_ONCE) {
    const some = jobs.slice(first, first + AT_ONCE);
    started.push(...(await Promise.all(some.map(([id, job]) => start<J, E>(script, id, job)))));
  }
  return started;
}

function ask<E>(child: ChildProcess, id: string, question: object): Promise<Answer<E>> {
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
    process.on("message", async ({ x }: { readonly x?: number }) =>
      answer({ kind: "sample", ns: await sample(x) }),
    );
    answer({ kind: "ready", details });
  });
  process.once("disconnect", () => process.exit());
}

function answer(answer: Answer<unknown>): void {
  process.send?.(answer);
}
