// The small C programs beside this file: built when they are needed, into a folder that goes when the tests end.

import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { isNeverToBeSent } from "./never-sent.js";

export class Helpers {
  // Made when it is needed: where all tests are skipped, nothing is run at their end either.
  #folder: string | null = null;

  /** The program of `name`.c. */
  build(name: string): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), "gatehouse-live-"));
    const program = join(this.#folder, name);
    const source = join(import.meta.dirname, `${name}.c`);
    execFileSync("cc", ["-O1", "-Wall", "-Wextra", "-o", program, source], { stdio: "pipe" });
    return program;
  }

  close(): void {
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true });
  }
}

export type PerfFilter = { readonly tracepoint: bigint; readonly text: Buffer };

/** The errno of each filter, all on events of one process of our own. */
export function setPerfFilters(program: string, filters: readonly PerfFilter[]): number[] {
  const lines = filters.map(({ tracepoint, text }) => {
    if (isNeverToBeSent(text))
      throw new Error(`never to be sent: ${JSON.stringify(text.toString("latin1"))}`);
    return `${tracepoint} ${text.toString("hex")}\n`;
  });
  const answers = execFileSync(program, { input: lines.join(""), encoding: "latin1", maxBuffer: 1 << 24 });
  return answers.trimEnd().split("\n").map(Number);
}

/** A process that makes calls when it is told to. */
export class Caller {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  constructor(program: string, calls: readonly string[]) {
    this.#child = spawn(program, calls, { stdio: ["pipe", "pipe", "ignore"] });
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error("the process did not start");
    return this.#child.pid;
  }

  /** Makes all calls. Resolves to the CPU on which it did. */
  async call(): Promise<number> {
    this.#child.stdin.write("\n");
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error("the process that makes calls has ended");
    return Number(value);
  }

  close(): void {
    this.#child.stdin.end();
  }
}
