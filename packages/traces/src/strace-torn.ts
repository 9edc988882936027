// Calls whose lines the traced program tore: on a terminal what it prints, and what is typed, stand in the middle of strace's
// own lines, and the rest of the call is in a line below.
//
//   write(1, "Hello world!\n", 13Hello world!        read(0, abc
//   )          = 13                                  "abc\n", 1024)                    = 4
//
// A torn line waits for its rest. Where none comes it is unreadable, and counted so.

import type { ByteString } from "@gatehouse/core";
import { shown } from "./line-reader.js";
import { addUnreadable, type ReaderOptions } from "./reader.js";

type Torn = {
  /** Whose the line is, as it says itself. */
  readonly pid: number | null;
  readonly comm: ByteString | null;
  readonly line: number;
  /** From the call's name on. */
  readonly text: ByteString;
  readonly reason: string;
};

export type TornCall = Torn & {
  /** As far as the call itself may go: to the end of an argument. */
  readonly beginnings: readonly ByteString[];
};

/** So many lines of the program's may stand in between. */
const REACH = 16;

export class TornCalls {
  readonly #options: Pick<ReaderOptions, "stats" | "strict">;
  #waiting: TornCall[] = [];

  constructor(options: Pick<ReaderOptions, "stats" | "strict">) {
    this.#options = options;
  }

  add(torn: Torn): void {
    this.#waiting.push({ ...torn, beginnings: beginningsOf(torn.text) });
  }

  /** Those that a line may be the rest of, the latest first. A line that names a task is no rest. */
  matching(pid: number | null, now: number): readonly TornCall[] {
    for (const old of this.#waiting.filter(({ line }) => line < now - REACH)) this.#giveUp(old);
    return pid === null ? this.#waiting.toReversed() : [];
  }

  join(torn: TornCall): void {
    this.#waiting = this.#waiting.filter((one) => one !== torn);
  }

  end(): void {
    for (const torn of this.#waiting) this.#giveUp(torn);
  }

  #giveUp(torn: TornCall): void {
    this.join(torn);
    addUnreadable(this.#options, { line: torn.line, text: shown(torn.text), reason: torn.reason });
  }
}

/** To the last comma, or to the end of the number or word behind it: the latter first, since it drops less. */
function beginningsOf(text: ByteString): ByteString[] {
  const [head = ""] = /^\w+\((?:.*, )?/s.exec(text) ?? [];
  if (head === "") return [];
  const [value = ""] = /^(?:-?\d+|0x[0-9a-f]+|[A-Z][A-Z0-9_|]*)/.exec(text.slice(head.length)) ?? [];
  return value === "" ? [head] : [head + value, head];
}
