// What stops the reading or the writing of a trace. The message is all that a person needs to see.

export type TraceErrorCode =
  | "not-found"
  | "not-a-file"
  | "not-allowed"
  | "not-readable"
  | "not-writable"
  | "empty"
  | "not-a-trace"
  | "cut-off"
  | "corrupt"
  | "not-possible"
  | "unreadable-line"
  | "limit";

export class TraceError extends Error {
  override readonly name = "TraceError";
  readonly code: TraceErrorCode;

  constructor(code: TraceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
