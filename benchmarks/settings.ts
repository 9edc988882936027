// What the command line of a benchmark says. `run.ts` hands its own on to each benchmark, which is a process of its own.

import { parseArgs } from "node:util";

const OPTIONS = {
  trace: { type: "string" },
  against: { type: "string" },
  dirty: { type: "boolean" },
  trial: { type: "boolean" },
} as const;

export type Settings = {
  readonly names: readonly string[];
  /** A trace to read instead of the recorded one. */
  readonly trace: string | null;
  /** An earlier results file to compare with; nothing is written then. */
  readonly against: string | null;
  /** Results are written from a tree that is not what was committed, too. */
  readonly isDirtyAllowed: boolean;
  /** In a hurry: few launches and rounds, and results that say so. */
  readonly isTrial: boolean;
};

/** An option that there is not ends the process with its name. */
export function readSettings(args: readonly string[]): Settings {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    return {
      names: positionals,
      trace: values.trace ?? null,
      against: values.against ?? null,
      isDirtyAllowed: values.dirty === true,
      isTrial: values.trial === true,
    };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

export function refuse(message: string): never {
  console.error(`benchmarks: ${message}`);
  process.exit(2);
}

export const settings = readSettings(process.argv.slice(2));
