// The condition language of `.gate` policies: 6.18's operators with names for constants, sets, prefixes, masked
// comparisons and labels; without its accidents.
//
//   filter    = or ;
//   or        = and { "||" and } ;
//   and       = not { "&&" not } ;
//   not       = { "!" } ( "(" or ")" | predicate ) ;
//   predicate = field ( ( "==" | "!=" ) ( constant | string )
//                     | ( "<" | "<=" | ">" | ">=" ) constant
//                     | ( "~" | "^=" ) string
//                     | "in" "{" member { "," member } "}"
//                     | "&" constant [ ( "==" | "!=" ) constant ]
//                     | "&" ( label | "(" label { "|" label } ")" ) ) ;
//   member    = constant | string | label ;
//   string    = "'" bytes "'" | '"' bytes '"' ;                                          (no escapes)
//
// A constant: value.ts. Which of these a field takes, its kind says.

import { nearestWord } from "@gatehouse/catalog";
import {
  type ByteString,
  type Constant,
  type EventFormat,
  type Field,
  fail,
  type Order,
  type Predicate,
  type Result,
  succeed,
  unreachable,
} from "@gatehouse/core";
import { MAX_FILTER_BYTES, MAX_NESTING } from "./dialect.js";
import { Reader } from "./reader.js";
import { type Tree, TreeBuilder } from "./tree.js";
import { isNamedZero, isOutside, outside, readConstant, shorten } from "./value.js";

export type Vocabulary = {
  readonly format: EventFormat;
  /** The label names that may be used; undefined: any. */
  readonly labels: ReadonlySet<string> | undefined;
};

type Token = "==" | "!=" | Order | "~" | "^=" | "&" | "in";

export function parseExtended(text: ByteString, vocabulary: Vocabulary): Result<Tree<Predicate>> {
  const reader = new Reader(text);
  const tree = text.length > MAX_FILTER_BYTES.extended ? tooLong(reader) : readFilter(reader, vocabulary);
  if (reader.error !== null) return fail([reader.error]);
  if (tree === null) throw new Error("nothing was read and nothing is wrong");
  return succeed(tree);
}

function tooLong(reader: Reader): null {
  const most = MAX_FILTER_BYTES.extended;
  return reader.fail(`a condition has at most ${most} bytes`, most, reader.text.length);
}

function readFilter(reader: Reader, vocabulary: Vocabulary): Tree<Predicate> | null {
  const tree = new TreeBuilder<Predicate>();
  if (!reader.more()) return reader.fail("there is no condition", 0, reader.text.length);
  do {
    if (!readOperand(reader, tree, vocabulary)) return null;
    while (tree.depth > 0 && reader.take(")")) tree.close();
  } while (readJoint(reader, tree));
  if (reader.error !== null) return null;
  if (tree.depth > 0) return unclosed(reader, tree);
  return tree.end();
}

/** `!` and `(` as often as they come, then a predicate. */
function readOperand(reader: Reader, tree: TreeBuilder<Predicate>, vocabulary: Vocabulary): boolean {
  for (;;) {
    if (reader.take("!")) tree.not();
    else if (reader.take("(")) {
      tree.open(reader.at - 1);
      if (tree.depth > MAX_NESTING) {
        reader.fail(`parentheses nest deeper than ${MAX_NESTING}`, reader.at - 1, reader.at);
        return false;
      }
    } else break;
  }
  // The first error is kept: an open parenthesis says more than a missing field.
  if (!reader.more() && tree.depth > 0) unclosed(reader, tree);
  const predicate = readPredicate(reader, vocabulary);
  if (predicate === null) return false;
  tree.leaf(predicate);
  return true;
}

/** `&&` or `||`, and that something follows it. */
function readJoint(reader: Reader, tree: TreeBuilder<Predicate>): boolean {
  if (!reader.more()) return false;
  const operator = reader.take("||") ? "||" : reader.take("&&") ? "&&" : null;
  if (operator === null) {
    reader.expected(tree.depth > 0 ? "`&&`, `||` or `)`" : "`&&` or `||`", strayHint(reader.next()));
    return false;
  }
  if (operator === "||") tree.or();
  const end = reader.at;
  if (reader.more()) return true;
  if (tree.depth > 0) unclosed(reader, tree);
  reader.fail(`\`${operator}\` has nothing on its right`, end - operator.length, end);
  return false;
}

function strayHint(token: string): string | undefined {
  if (token === ")") return "no parenthesis is open";
  if (token === "==" || token === "!=")
    return "a masked comparison has no parentheses: `field & MASK == VALUE`";
  if (token === "|") return "constants are joined in parentheses: `field & (A | B)`";
  return token === "&" ? "did you mean `&&`?" : undefined;
}

function unclosed(reader: Reader, { start }: TreeBuilder<Predicate>): null {
  return reader.fail("this parenthesis is not closed", start, start + 1);
}

const NAME = /[A-Za-z0-9_]+/y;

function readPredicate(reader: Reader, vocabulary: Vocabulary): Predicate | null {
  const name = reader.match(NAME);
  if (name === null) return reader.expected("a field");
  const field = vocabulary.format.fields.find((each) => each.name === name);
  if (field === undefined) return unknownField(reader, name, vocabulary.format);
  switch (field.kind) {
    case "number":
      return readNumberPredicate(reader, field);
    case "string":
      return readStringPredicate(reader, field);
    case "labels":
      return readLabelsPredicate(reader, field, vocabulary);
    default:
      return unreachable(field.kind);
  }
}

/** What the kernel has as fields of every event, and more that asks for the task. */
const WHO = new Set(["comm", "COMM", "pid", "tid", "tgid", "common_pid", "CPU", "cpu", "common_cpu"]);

function unknownField(reader: Reader, name: string, { name: event, fields }: EventFormat): null {
  const [start, end] = [reader.at - name.length, reader.at];
  if (WHO.has(name)) return reader.fail("who is never a field: use a `task` section", start, end);
  const names = fields.map((field) => field.name);
  const near = nearestWord(name, names);
  return reader.fail(
    names.length === 0
      ? `\`${event}\` has no fields`
      : `\`${event}\` has no field \`${shorten(name)}\`: it has ${names.join(", ")}`,
    start,
    end,
    near === null ? undefined : `did you mean \`${near}\`?`,
  );
}

const OPERATOR = /==|!=|<=|<|>=|>|~|\^=|&(?!&)|in(?![A-Za-z0-9_])/y;

function readOperator(reader: Reader, field: Field, allowed: readonly Token[]): Token | null {
  const token = reader.match(OPERATOR);
  if (token === null) {
    return reader.expected("an operator", reader.next() === "=" ? "did you mean `==`?" : undefined);
  }
  const operator = allowed.find((each) => each === token);
  if (operator !== undefined) return operator;
  const message = `${described(field)}: it takes ${allowed.join(" ")} and not \`${token}\``;
  return reader.fail(message, reader.at - token.length, reader.at, pointerHint(field));
}

function described({ name, kind, type }: Field): string {
  if (kind === "string") return `\`${name}\` is a string`;
  if (kind === "labels") return `\`${name}\` is a set of labels`;
  return type.includes("*") ? `\`${name}\` is a pointer, not what it points at` : `\`${name}\` is a number`;
}

function pointerHint({ kind, type }: Field): string | undefined {
  return kind === "number" && type.includes("*") && type.includes("char")
    ? "the event `file_open` has the path of a file as a string: `filename`"
    : undefined;
}

function readNumberPredicate(reader: Reader, field: Field): Predicate | null {
  const op = readOperator(reader, field, ["==", "!=", "<", "<=", ">", ">=", "&", "in"]);
  if (op === null || stringForNumber(reader, field)) return null;
  switch (op) {
    case "==":
    case "!=":
      return withValue(readConstant(reader, field, "equal"), (value) => ({
        kind: "equal",
        field: field.name,
        op,
        value,
      }));
    case "&":
      return readMasked(reader, field);
    case "in": {
      const values = readSet(reader, () =>
        stringForNumber(reader, field) ? null : readConstant(reader, field, "equal"),
      );
      return values && { kind: "in", field: field.name, values };
    }
    case "~":
    case "^=":
      throw new Error(`\`${op}\` was let through for a number`);
    default:
      return withValue(readConstant(reader, field, "order"), (value) => ({
        kind: "order",
        field: field.name,
        op,
        value,
      }));
  }
}

function withValue(value: Constant | null, predicate: (value: Constant) => Predicate): Predicate | null {
  return value && predicate(value);
}

/** Reports a quoted string where the field is a number. */
function stringForNumber(reader: Reader, field: Field): boolean {
  const quote = reader.quote();
  if (quote === null) return false;
  const message = `${described(field)}: it cannot be compared with a string`;
  const close = reader.text.indexOf(quote, reader.at + 1);
  reader.fail(message, reader.at, close < 0 ? reader.text.length : close + 1, pointerHint(field));
  return true;
}

function readMasked(reader: Reader, field: Field): Predicate | null {
  reader.more();
  const start = reader.at;
  const mask = readConstant(reader, field, "bits");
  if (mask === null) return null;
  const { name } = field;
  const op = reader.take("==") ? "==" : reader.take("!=") ? "!=" : null;
  if (op === null && isNamedZero(mask)) {
    const hint = `compare the bits of a mask: \`${name} & MASK == ${mask.text}\``;
    return reader.fail(`\`${mask.text}\` is 0: it has no bit that could be set`, start, reader.at, hint);
  }
  if (op === null) return { kind: "anyBit", field: name, mask };
  reader.more();
  const valueStart = reader.at;
  const value = readConstant(reader, field, "bits");
  if (value === null) return null;
  if (!isOutside(value, mask)) return { kind: "masked", field: name, mask, op, value };
  return reader.fail(outside(value, mask), valueStart, reader.at);
}

function readStringPredicate(reader: Reader, field: Field): Predicate | null {
  const op = readOperator(reader, field, ["==", "!=", "~", "^=", "in"]);
  if (op === null) return null;
  if (op === "in") {
    const values = readSet(reader, () => readString(reader, field));
    return values && { kind: "stringIn", field: field.name, values };
  }
  const value = readString(reader, field);
  if (value === null) return null;
  if (op !== "==" && op !== "!=" && op !== "~" && op !== "^=") throw new Error(`\`${op}\` was let through`);
  return { kind: "string", field: field.name, op, value };
}

function readString(reader: Reader, field: Field): ByteString | null {
  const quote = reader.quote();
  if (quote === null) {
    return reader.expected("a string in quotes", `\`${field.name}\` is a string`);
  }
  const start = reader.at;
  const end = reader.text.indexOf(quote, start + 1);
  if (end < 0) return reader.fail("this quote is not closed", start, start + 1);
  reader.at = end + 1;
  return reader.text.slice(start + 1, end);
}

/** A label's name: SELinux's types, and what else policies call theirs. */
const LABEL = /[A-Za-z0-9_][A-Za-z0-9_.:-]*/y;

export function isLabel(name: string): boolean {
  LABEL.lastIndex = 0;
  return LABEL.exec(name)?.[0] === name;
}

function readLabelsPredicate(reader: Reader, field: Field, vocabulary: Vocabulary): Predicate | null {
  const op = readOperator(reader, field, ["&", "in"]);
  if (op === null) return null;
  const labels = op === "in" ? readSet(reader, () => readLabel(reader, vocabulary)) : readMeeting();
  return labels && { kind: "labels", field: field.name, labels };

  function readMeeting(): readonly string[] | null {
    const isGroup = reader.take("(");
    return readList(reader, "|", isGroup ? ")" : null, () => readLabel(reader, vocabulary));
  }
}

function readLabel(reader: Reader, { labels }: Vocabulary): string | null {
  const label = reader.match(LABEL);
  if (label === null) return reader.expected("a label");
  if (labels === undefined || labels.has(label)) return label;
  const near = nearestWord(label, labels);
  return reader.fail(
    `the label \`${shorten(label)}\` is not declared`,
    reader.at - label.length,
    reader.at,
    near === null ? "labels are declared by a line `labels NAME ...`" : `did you mean \`${near}\`?`,
  );
}

function readSet<T>(reader: Reader, member: () => T | null): readonly T[] | null {
  if (!reader.take("{")) return reader.expected("`{`");
  return readList(reader, ",", "}", member);
}

/** Members up to `close`; where there is no `close`, one. */
function readList<T>(
  reader: Reader,
  separator: string,
  close: string | null,
  member: () => T | null,
): readonly T[] | null {
  const members: T[] = [];
  do {
    const one = member();
    if (one === null) return null;
    members.push(one);
  } while (close !== null && reader.take(separator));
  if (close === null || reader.take(close)) return members;
  return reader.expected(`\`${separator}\` or \`${close}\``);
}
