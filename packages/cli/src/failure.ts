// What ends a command early: a mistake in what it was given. Only `main` catches one and prints it; anything else that
// is thrown is our own bug and shows its stack.

import { constants } from "node:os";

export const EXIT = { done: 0, refused: 1, badInput: 2, notPossible: 3 } as const;

export class Failure extends Error {
  readonly exitCode: number = EXIT.badInput;
  /** Each may have several lines: a place in a text, a hint. */
  readonly messages: readonly string[];

  constructor(...messages: readonly string[]) {
    super(messages.join("\n"));
    this.messages = messages;
  }
}

/** What this machine lacks. */
export class NotPossible extends Failure {
  override readonly exitCode = EXIT.notPossible;
}

/** A signal ended it, and its exit code is what a shell makes of that one. */
export class Interrupted extends Failure {
  override readonly exitCode: number;

  constructor(signal: "SIGINT" | "SIGTERM", message: string) {
    super(message);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** What the system says of a file, in words. */
export function systemReason(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  return REASONS[error.code] ?? error.code;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "it may not be read",
  EPERM: "it may not be read",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of its path is no directory",
  ELOOP: "its links go round in a circle",
  ENAMETOOLONG: "its name is too long",
  ENXIO: "nothing stands behind it",
  EIO: "the disk did not give it",
  ENOSPC: "the disk is full",
};
