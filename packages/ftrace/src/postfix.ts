// The texts of 2011 as words and operators in postfix order: Dijkstra's shunting yard, with a scanner that knows no
// words until an operator ends them.
//
//   s 3 2 == 1 2 && (a == b || c == "x y")
//
//   words     s32   12   a   b   c   "x y" without its quotes
//   postfix   s32 12 ==   a b ==   c x·y ==   ||   &&
//
//   operator   = "||" | "&&" | "!=" | "==" | "<=" | ">=" | "~" | "<" | ">" ;        (two characters before one)
//   character  = any other; `"` begins and ends a stretch in which all characters are meant, blanks too ;
//
// Blanks outside quotes vanish, also inside words; `(` does not end the word before it, and `)` does. A quote that is
// never closed is no error, and an empty word is none at all.

import { type ByteString, fail, type Result, succeed } from "@gatehouse/core";
import { isSpace, skip } from "./ctype.js";
import { type KernelDiagnostic, kernelError2011 } from "./kernel-errors.js";

/** Higher binds tighter. Comparisons are operators like the others. */
const PRECEDENCE = {
  "||": 1,
  "&&": 2,
  "!=": 4,
  "==": 4,
  "~": 4,
  "<=": 5,
  ">=": 5,
  "<": 5,
  ">": 5,
} as const;

export type Operator2011 = keyof typeof PRECEDENCE;

const OPERATOR_BYTES = "|&!=~<>";
/** A word's longest text: 256 bytes with its NUL. */
const MAX_WORD_BYTES = 255;

export type Word = {
  readonly kind: "word";
  readonly text: ByteString;
  readonly start: number;
  readonly end: number;
};
export type PostfixItem =
  | Word
  | { readonly kind: Operator2011; readonly start: number; readonly end: number };

export function postfix(text: ByteString): Result<readonly PostfixItem[], KernelDiagnostic> {
  const yard = new Yard();
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    let end = at + 1;
    if (isWordByte(unit)) {
      end = skip(text, at, isWordByte);
      if (!yard.characters(text, at, end)) return refuse("OPERAND_TOO_LONG", at);
    } else if (unit === QUOTE) {
      const closing = text.indexOf('"', end);
      const inside = closing < 0 ? text.length : closing;
      if (!yard.characters(text, end, inside)) return refuse("OPERAND_TOO_LONG", end);
      end = inside + 1;
    } else if (unit === OPEN) yard.open(at);
    else if (unit === CLOSE) {
      if (!yard.close()) return refuse("UNBALANCED_PAREN", at);
    } else if (!isSpace(unit)) {
      const operator = operatorAt(text, at);
      if (operator === null) return refuse("INVALID_OP", at);
      yard.operator(operator, at);
      end = at + operator.length;
    }
    at = end;
  }
  const unclosed = yard.end();
  return unclosed === null ? succeed(yard.items) : refuse("UNBALANCED_PAREN", unclosed);
}

const [QUOTE, OPEN, CLOSE] = [0x22, 0x28, 0x29];

/** Whether a byte outside quotes is a part of a word, by its value. */
const WORD_BYTES = Uint8Array.from({ length: 256 }, (_, unit) =>
  isSpace(unit) || `${OPERATOR_BYTES}"()`.includes(String.fromCharCode(unit)) ? 0 : 1,
);

function isWordByte(unit: number): boolean {
  return WORD_BYTES[unit] === 1;
}

function operatorAt(text: ByteString, at: number): Operator2011 | null {
  const next = text[at + 1];
  switch (text[at]) {
    case "|":
      return next === "|" ? "||" : null;
    case "&":
      return next === "&" ? "&&" : null;
    case "!":
      return next === "=" ? "!=" : null;
    case "=":
      return next === "=" ? "==" : null;
    case "<":
      return next === "=" ? "<=" : "<";
    case ">":
      return next === "=" ? ">=" : ">";
    case "~":
      return "~";
    default:
      return null;
  }
}

function refuse(code: Parameters<typeof kernelError2011>[0], at: number): Result<never, KernelDiagnostic> {
  return fail(kernelError2011(code, { start: at, end: at + 1 }));
}

/** An operator or a parenthesis that waits for what is on its right. */
type Waiting = { readonly kind: Operator2011 | "("; readonly start: number };

class Yard {
  readonly items: PostfixItem[] = [];
  readonly #waiting: Waiting[] = [];
  #word = "";
  #start = 0;
  #end = 0;

  /** More of a word. False: it is too long. */
  characters(text: ByteString, start: number, end: number): boolean {
    if (start === end) return true;
    if (this.#word.length + end - start > MAX_WORD_BYTES) return false;
    if (this.#word === "") this.#start = start;
    this.#end = end;
    this.#word += text.slice(start, end);
    return true;
  }

  operator(kind: Operator2011, start: number): void {
    this.#endWord();
    for (;;) {
      const top = this.#waiting.at(-1)?.kind ?? "(";
      if (top === "(" || PRECEDENCE[top] < PRECEDENCE[kind]) break;
      this.#pop();
    }
    this.#waiting.push({ kind, start });
  }

  open(start: number): void {
    this.#waiting.push({ kind: "(", start });
  }

  /** False: no parenthesis is open. */
  close(): boolean {
    this.#endWord();
    return this.#popAll() !== null;
  }

  /** Where the parenthesis is that nothing closes; null if there is none. */
  end(): number | null {
    this.#endWord();
    return this.#popAll();
  }

  #endWord(): void {
    if (this.#word === "") return;
    this.items.push({ kind: "word", text: this.#word, start: this.#start, end: this.#end });
    this.#word = "";
  }

  /** All down to an open parenthesis, and that too: its place, or null. */
  #popAll(): number | null {
    for (;;) {
      const start = this.#pop();
      if (start !== undefined) return start;
    }
  }

  /** One; a parenthesis is no item, and its place is given. Null: nothing waits. */
  #pop(): number | null | undefined {
    const top = this.#waiting.pop();
    if (top === undefined) return null;
    const { kind, start } = top;
    if (kind === "(") return start;
    this.items.push({ kind, start, end: start + kind.length });
    return undefined;
  }
}
