// What `extended` says of each predicate: as it was written, where that still means the same.

import { type Constant, equal64, type Field, type Predicate, unreachable } from "@gatehouse/core";
import { isLabel } from "./parse-extended.js";
import { anyOf, notOf, type Phrase, predicatePhrase, quoted } from "./phrase.js";
import { numberText } from "./print-6.18.js";
import { constantFrom, isNamedZero, isOutside, outside, type Use } from "./value.js";

/** The predicate's text, or the reason why there is none. */
export function sayExtended(predicate: Predicate, field: Field): Phrase | string {
  const { name } = field;
  switch (predicate.kind) {
    case "equal":
      return sayEqual(predicate, field);
    case "in": {
      const texts = predicate.values.map((value) => constantTexts(value, field, "equal"));
      return saySet(name, texts.includes(null) ? null : texts.flatMap((each) => each ?? []));
    }
    case "order":
      return sayParts(name, predicate.op, constantText(predicate.value, field, "order"));
    case "anyBit": {
      const mask = isNamedZero(predicate.mask) ? "0" : constantText(predicate.mask, field, "bits");
      return sayParts(name, "&", mask);
    }
    case "masked":
      return sayMasked(predicate, field);
    case "string":
      return sayParts(name, predicate.op, quoted(predicate.value));
    case "stringIn": {
      const texts = predicate.values.map(quoted);
      return saySet(name, texts.includes(null) ? null : texts.filter((text) => text !== null));
    }
    case "labels":
      return sayLabels(name, predicate.labels);
    default:
      return unreachable(predicate);
  }
}

function sayParts(...parts: readonly (string | null)[]): Phrase | string {
  return parts.includes(null)
    ? `no text stands for the value of \`${parts[0]}\``
    : predicatePhrase(parts.join(" "));
}

function saySet(name: string, members: readonly string[] | null): Phrase | string {
  return sayParts(name, "in", members && `{ ${members.join(", ")} }`);
}

function sayEqual({ op, value }: Predicate & { kind: "equal" }, field: Field): Phrase | string {
  const texts = constantTexts(value, field, "equal");
  if (texts === null) return sayParts(field.name, op, null);
  const each = texts.map((text) => predicatePhrase(`${field.name} == ${text}`));
  if (texts.length === 1) return predicatePhrase(`${field.name} ${op} ${texts[0]}`);
  return op === "==" ? anyOf(each) : notOf(anyOf(each));
}

function sayMasked({ mask, op, value }: Predicate & { kind: "masked" }, field: Field): Phrase | string {
  const [maskText, valueText] = [mask, value].map((each) => constantText(each, field, "bits"));
  if (isOutside(value, mask)) return outside(value, mask);
  return sayParts(field.name, "&", maskText ?? null, op, valueText ?? null);
}

function sayLabels(name: string, labels: readonly string[]): Phrase | string {
  const unsaid = labels.find((label) => !isLabel(label));
  if (unsaid !== undefined) return `\`${unsaid}\` cannot be written as a label`;
  return predicatePhrase(`${name} & ${labels.length === 1 ? labels[0] : `(${labels.join(" | ")})`}`);
}

function constantText(constant: Constant, field: Field, use: Use): string | null {
  const texts = constantTexts(constant, field, use);
  return texts?.length === 1 ? (texts[0] ?? null) : null;
}

/** As written if that is read again as the same values, else its values as numbers; null where a field has none such. */
function constantTexts(constant: Constant, field: Field, use: Use): readonly string[] | null {
  if (means(constant.text, constant, field, use)) return [constant.text];
  const texts: string[] = [];
  for (const value of constant.values) {
    const text = numberText(value, field);
    if (text === null || !means(text, { text, values: [value] }, field, use)) return null;
    texts.push(text);
  }
  return texts;
}

function means(text: string, { values }: Constant, field: Field, use: Use): boolean {
  const read = constantFrom(text, field, use);
  if (read === null || read.values.length !== values.length) return false;
  return read.values.every((value, i) => {
    const wanted = values[i];
    return wanted !== undefined && equal64(value, wanted);
  });
}
