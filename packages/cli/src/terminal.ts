// The process's own streams: where results, progress and notices go, and in which colours.

import pc from "picocolors";
import { EXIT, systemReason } from "./failure.js";

/** Colours on a terminal, and none anywhere else or where NO_COLOR is set, whatever else is. */
export function wantsColour(isTerminal: boolean, { NO_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  return isTerminal && !NO_COLOR && TERM !== "dumb";
}

export const colours = pc.createColors(wantsColour(process.stdout.isTTY === true, process.env));

export type Colours = typeof colours;

/** A result. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Anything that is no result: the reader of a pipe does not get it. */
export function notice(text: string): void {
  process.stderr.write(`gatehouse: ${text}\n`);
}

/** Whether somebody watches the other stream. */
export const isWatched = process.stderr.isTTY === true;

/** A line that is written over, on a terminal; nothing where nobody watches. */
export function progress(text: string): void {
  if (isWatched) process.stderr.write(`\r\u001b[K${text}`);
}

/**
 * Whoever reads what is printed may stop reading it (`| head`): that is no error. One that cannot take it, as a full
 * disk, is; a stream that is no terminal fails at the write, where nobody waits for an answer.
 */
export function quitWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit();
      if (stream === process.stdout) notice(`standard output cannot be written: ${systemReason(error)}`);
      process.exit(EXIT.badInput);
    });
  }
}
