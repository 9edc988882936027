// Reads a text word by word and line by line. Offsets are those of the whole text, so a diagnostic needs no sums;
// a line ends at its line feed or at the `#` of a comment, so no copy of a line is made.

import type { Diagnostic } from "@gatehouse/core";

/** A stretch of the text. */
export type Word = { readonly text: string; readonly start: number; readonly end: number };

/** What no blank, comma or `#` interrupts. */
const WORD = /[^ \t\r\v\f\n#,]+/y;
const BLANKS = " \t\r\v\f";

/**
 * A name in quotes, with JSON's escapes, so that whatever a task is called can be written. Bounded, since a
 * repeated choice takes stack.
 */
const QUOTED = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})){0,4096}"/y;

/** The most of a reader's text that a message repeats. */
const SHOWN = 40;

export class Scanner {
  readonly text: string;
  readonly errors: Diagnostic[] = [];
  at: number;

  constructor(text: string, at = 0) {
    this.text = text;
    this.at = at;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  /** Whether nothing but blanks is left. */
  atEnd(): boolean {
    this.skipBlanks();
    return this.done;
  }

  nextLine(): void {
    const feed = this.text.indexOf("\n", this.at);
    this.at = feed < 0 ? this.text.length : feed + 1;
  }

  skipBlanks(): void {
    while (!this.done && BLANKS.includes(this.text.charAt(this.at))) this.at++;
  }

  /** Whether nothing but a comment is left of the line. */
  atLineEnd(): boolean {
    return this.atEnd() || this.text[this.at] === "\n" || this.text[this.at] === "#";
  }

  /** Steps over `sign` if it comes next. */
  skip(sign: string): boolean {
    this.skipBlanks();
    const found = this.text.startsWith(sign, this.at);
    if (found) this.at += sign.length;
    return found;
  }

  word(): Word | null {
    return this.take(WORD);
  }

  /** The place itself, where something is missing. */
  get here(): Word {
    return { text: "", start: this.at, end: this.at };
  }

  /** What the sticky `pattern` matches next. */
  take(pattern: RegExp): Word | null {
    this.skipBlanks();
    const start = this.at;
    pattern.lastIndex = start;
    const text = pattern.exec(this.text)?.[0];
    if (text === undefined) return null;
    this.at = start + text.length;
    return { text, start, end: this.at };
  }

  /** A word, or whatever stands in quotes. */
  name(): Word | null {
    this.skipBlanks();
    return this.text[this.at] === '"' ? this.quoted() : this.word();
  }

  /** A name in quotes, `text` being what it says. */
  quoted(): Word | null {
    const word = this.take(QUOTED);
    return word === null ? null : { ...word, text: String(JSON.parse(word.text)) };
  }

  /** The rest of the line, without the comment and the blanks before it. Strings may hold a `#`. */
  rest(): Word {
    this.skipBlanks();
    const start = this.at;
    let end = start;
    let quote = "";
    for (; !this.done; this.at++) {
      const unit = this.text.charAt(this.at);
      if (unit === "\n" || (unit === "#" && quote === "")) break;
      if (unit === quote) quote = "";
      else if (quote === "" && (unit === '"' || unit === "'")) quote = unit;
      if (!BLANKS.includes(unit)) end = this.at + 1;
    }
    return { text: this.text.slice(start, end), start, end };
  }

  report({ start, end }: Pick<Word, "start" | "end">, message: string, hint?: string): null {
    this.errors.push({ message, start, end, ...(hint === undefined ? {} : { hint }) });
    return null;
  }
}

/** The reader's text, in backticks, for a message. */
export function show(text: string): string {
  return text.length > SHOWN ? `\`${text.slice(0, SHOWN)}…\`` : `\`${text}\``;
}

/** `did you mean …`, if there is something to offer. */
export function suggest(word: string | null): string | undefined {
  return word === null ? undefined : `did you mean \`${word}\`?`;
}
