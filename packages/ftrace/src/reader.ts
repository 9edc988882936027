// A place in a text and the first thing that is wrong with it. What is read gives null once something is.

import { type Diagnostic, fromByteString } from "@gatehouse/core";
import { isSpace } from "./ctype.js";

export class Reader {
  readonly text: string;
  at = 0;
  error: Diagnostic | null = null;

  constructor(text: string) {
    this.text = text;
  }

  /** Steps over blanks, and says whether anything follows. */
  more(): boolean {
    while (this.at < this.text.length && isSpace(this.text.charCodeAt(this.at))) this.at++;
    return this.at < this.text.length;
  }

  /** Takes `token` if it comes next, blanks before it included. */
  take(token: string): boolean {
    this.more();
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  /** Takes what a sticky expression matches here; null where it does not. */
  match(sticky: RegExp): string | null {
    this.more();
    sticky.lastIndex = this.at;
    if (!sticky.test(this.text)) return null; // unlike `exec` it makes no array
    const start = this.at;
    this.at = sticky.lastIndex;
    return this.text.slice(start, this.at);
  }

  /** The quote that comes next; null where none does. */
  quote(): "'" | '"' | null {
    this.more();
    const next = this.text[this.at];
    return next === "'" || next === '"' ? next : null;
  }

  /** The token that comes next, for messages; short, whatever the text. */
  next(): string {
    this.more();
    NEXT.lastIndex = this.at;
    return NEXT.exec(this.text)?.[0] ?? "";
  }

  /** What comes next, as a message names it. */
  get found(): string {
    const next = this.next();
    return next === "" ? "the end" : `\`${fromByteString(next)}\``;
  }

  fail(message: string, start: number, end: number, hint?: string): null {
    this.error ??= { message, start, end, ...(hint === undefined ? {} : { hint }) };
    return null;
  }

  /** Something else should stand here. */
  expected(what: string, hint?: string): null {
    const next = this.next();
    return this.fail(`${what} is expected, not ${this.found}`, this.at, this.at + next.length, hint);
  }
}

const NEXT = /[A-Za-z0-9_]{1,40}|&&|\|\||[=!<>^]=|./sy;
