// What ends a command early: a mistake in what it was given, or something this machine cannot do. Only `main`
// catches one, prints it and exits; anything else that is thrown is our own bug and shows its stack.

export const EXIT = { done: 0, refused: 1, badInput: 2, notHere: 3 } as const;

export class Failure extends Error {
  /** As it is printed: one line, or several where it shows a place in a text. */
  readonly exitCode: number;

  constructor(message: string, hint?: string, exitCode: number = EXIT.badInput) {
    super(hint === undefined ? message : `${message}\nhint: ${hint}`);
    this.exitCode = exitCode;
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
};
