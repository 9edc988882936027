// What is wrong with a text, and where. Parsers report; only the command and the page draw carets.

/** `start` and `end` are offsets into the text that was parsed, in its own code units. */
export type Diagnostic = {
  readonly message: string;
  readonly start: number;
  readonly end: number;
  /** What to do about it, where we can know. */
  readonly hint?: string;
};

export type Result<T, E = readonly Diagnostic[]> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export function succeed<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function fail<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/** One of our own bugs: a case that the types rule out. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
