// 2.6.39's language over the rows of a trace: what its kernel reads (parse-2011.ts) as a tree, and the tree as a condition.

import { type ByteString, type Condition, type EventFormat, fail, type Result } from "@gatehouse/core";
import type { Comparison } from "./comparison.js";
import { conditionOf, type Rows } from "./condition-6.18.js";
import { MAX_FILTER_BYTES } from "./dialect.js";
import { RULES_2639 } from "./dialect-2011.js";
import { fields2011, recordFormat2011 } from "./field-class.js";
import { withHint } from "./hints.js";
import type { PostfixStep } from "./kernel-filter.js";
import { parse2011 } from "./parse-2011.js";
import { patterns2011 } from "./pattern.js";
import type { Tree } from "./tree.js";

/** `written`: what was given to the kernel; it reads up to the first NUL. */
export function parse2639(written: ByteString, format: EventFormat): Result<Condition> {
  const [text = ""] = written.split("\0", 1);
  const most = MAX_FILTER_BYTES["2.6.39"];
  if (text.length > most) {
    return fail([{ message: `a filter has at most ${most} bytes`, start: most, end: text.length }]);
  }
  const fields = fields2011(recordFormat2011(format));
  const parsed = parse2011(text, fields, RULES_2639);
  if (parsed.ok) return conditionOf(treeOf(parsed.value), format, ROWS_2639);
  return fail([withHint(parsed.error, { text, fields, dialect: "2.6.39" })]);
}

const ROWS_2639: Rows = { recordFormatOf: recordFormat2011, nr: "nr", globOf };

/** The steps are one expression: the parser has seen to that. */
function treeOf(steps: readonly PostfixStep[]): Tree<Comparison> {
  const trees: Tree<Comparison>[] = [];
  for (const step of steps) {
    if (step.kind === "comparison") {
      trees.push({ kind: "leaf", leaf: step.comparison });
      continue;
    }
    const right = pop(trees);
    trees.push({ kind: step.kind === "&&" ? "all" : "any", of: [pop(trees), right] });
  }
  return pop(trees);
}

function pop(trees: Tree<Comparison>[]): Tree<Comparison> {
  const tree = trees.pop();
  if (tree === undefined) throw new Error("an operator without operands was let through");
  return tree;
}

/** A pattern of 2011 in today's words: there `*` alone is special, and only at the ends. */
function globOf(pattern: ByteString): ByteString {
  const { kind, text, inverted } = patterns2011.classify(pattern);
  const literal = text.replace(/[*?[\\]|^[!0-9]/g, "\\$&");
  const before = kind === "middle" || kind === "end" ? "*" : "";
  const behind = kind === "middle" || kind === "front" ? "*" : "";
  return `${inverted ? "!" : ""}${before}${literal}${behind}`;
}
