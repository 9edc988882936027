// The language of the kernels since 4.17, as 6.18 reads it: also what it accepts by accident.
//
//   filter = [ "!" … ] expr [ trailing operators ] ;
//   expr   = and { "||" and } ;
//   and    = not { "&&" not } ;
//   not    = { "!" } ( "(" expr ")" | comparison ) ;                  (a comparison: comparison.ts)
//
// The kernel first counts quotes and parentheses in the whole text, so an unbalanced one at the end beats an unknown
// field at the start. Then it goes from left to right, and the first error wins.

import { type ByteString, type Diagnostic, fail, type Result, succeed } from "@gatehouse/core";
import { type Comparison, parseComparison, type Surroundings } from "./comparison.js";
import { isSpace } from "./ctype.js";
import { MAX_FILTER_BYTES } from "./dialect.js";
import { bareError, type KernelDiagnostic, kernelError } from "./kernel-errors.js";
import { type Tree, TreeBuilder } from "./tree.js";

/** `written`: what was given to the kernel; it reads up to the first NUL. */
export function parse618(
  written: ByteString,
  surroundings: Surroundings,
): Result<Tree<Comparison>, Diagnostic> {
  if (written.length > MAX_FILTER_BYTES["6.18"]) {
    return fail(
      bareError("EINVAL", `a filter has at most ${MAX_FILTER_BYTES["6.18"]} bytes`, {
        start: MAX_FILTER_BYTES["6.18"],
        end: written.length,
      }),
    );
  }
  const nul = written.indexOf("\0");
  const text = nul < 0 ? written : written.slice(0, nul);
  const unbalanced = prescan(text);
  return unbalanced === null ? parseExpression(text, surroundings) : fail(unbalanced);
}

/** Quotes and parentheses, and whether there is anything else. */
function prescan(text: string): KernelDiagnostic | null {
  const open: number[] = [];
  let isBlank = true;
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i);
    if (byte === OPEN) open.push(i);
    else if (byte === CLOSE) {
      if (open.pop() === undefined) return kernelError("TOO_MANY_CLOSE", i, { start: i, end: i + 1 });
    } else if (byte === SINGLE_QUOTE || byte === DOUBLE_QUOTE) {
      isBlank = false;
      const end = text.indexOf(text.charAt(i), i + 1);
      if (end < 0) return kernelError("MISSING_QUOTE", i, { start: i, end: text.length });
      i = end;
    } else isBlank &&= isSpace(byte);
  }
  const unclosed = open.pop();
  if (unclosed !== undefined) {
    return kernelError("TOO_MANY_OPEN", unclosed, { start: unclosed, end: unclosed + 1 });
  }
  if (isBlank) return bareError("EINVAL", "there is no comparison", { start: 0, end: text.length });
  return null;
}

const [OPEN, CLOSE, SINGLE_QUOTE, DOUBLE_QUOTE] = [0x28, 0x29, 0x27, 0x22];

function parseExpression(text: string, surroundings: Surroundings): Result<Tree<Comparison>, Diagnostic> {
  const tree = new TreeBuilder<Comparison>();
  let wantsOperand = true;
  let at = 0;
  while (at < text.length) {
    const byte = text.charAt(at);
    if (isSpace(text.charCodeAt(at))) at++;
    else if (!wantsOperand) {
      const taken = operator(tree, text, at);
      if (taken === 0) return fail(kernelError("TOO_MANY_PREDS", at, { start: at, end: at + 1 }));
      wantsOperand = byte !== ")";
      at += taken;
    } else if (byte === "(") tree.open(at++);
    else if (byte === "!" && text[at + 1] !== "=" && text[at + 1] !== "~") {
      tree.not();
      at++;
    } else {
      const comparison = parseComparison(text, at, surroundings);
      if (!comparison.ok) return comparison;
      tree.leaf(comparison.value);
      at = comparison.value.end;
      wantsOperand = false;
    }
  }
  return end(tree, text, wantsOperand);
}

/** Takes the operator or the parenthesis behind an operand and gives its length; 0 where there is none. */
function operator(tree: TreeBuilder<Comparison>, text: string, at: number): number {
  const byte = text[at];
  if (byte === ")" && tree.depth > 0) {
    tree.close();
    return 1;
  }
  if ((byte !== "|" && byte !== "&") || text[at + 1] !== byte) return 0;
  if (byte === "|") tree.or();
  return 2;
}

function end(
  tree: TreeBuilder<Comparison>,
  text: string,
  wantsOperand: boolean,
): Result<Tree<Comparison>, Diagnostic> {
  const all = { start: 0, end: text.length };
  if (tree.isEmpty) return fail(kernelError("NO_FILTER", text.length, all));
  // A `.function` name may swallow the `)` that the first count saw.
  if (tree.depth > 0) return fail(kernelError("TOO_MANY_OPEN", text.length, { ...all, start: tree.start }));
  // The kernel ignores an operator at the end, but for `&&` with an `||` open it reads before its program's start:
  // it answers EINVAL with luck, and we always do.
  if (wantsOperand && tree.hasOr && endsWithAnd(text)) {
    return fail(bareError("EINVAL", "the last `&&` has nothing on its right", all));
  }
  return succeed(tree.end());
}

/** Whether `&&` is the last operator of a text that ends with one. */
function endsWithAnd(text: string): boolean {
  let last = text.length - 1;
  while (isSpace(text.charCodeAt(last)) || text[last] === "!") last--;
  return text[last] === "&";
}
