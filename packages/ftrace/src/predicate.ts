// A predicate bound to its slot. The comparison is chosen here, once, as the kernel does; what is left for an event
// has no switch in it. 64-bit values are compared by halves:
//
//     high          low
//   [ 0000 0001 ] [ 0000 0000 ]     signs matter in the high half alone; the low one is always unsigned
//
// Strings and label sets are ids of the trace's dictionary: each is asked about once and remembered.

import {
  type ByteString,
  type Dictionary,
  type Field,
  matchesGlob,
  type Predicate,
  singleValue,
  type TraceEvent,
  type U64,
  unreachable,
} from "@gatehouse/core";

/** Its value for an event whose slot is known. */
export type Test = (event: TraceEvent) => boolean;

export function bindPredicate(predicate: Predicate, field: Field): Test {
  const { slot, signed } = field;
  switch (predicate.kind) {
    case "equal":
      return equalTest(slot, predicate.value.values, predicate.op === "==");
    case "in":
      return equalTest(
        slot,
        predicate.values.flatMap(({ values }) => values),
        true,
      );
    case "order": {
      const { op } = predicate;
      const value = singleValue(predicate.value);
      if (op === "<" || op === ">=") return belowTest(slot, signed, value, false, op === "<");
      return belowTest(slot, signed, value, true, op === "<=");
    }
    case "anyBit": {
      const { high, low } = singleValue(predicate.mask);
      return (event) => (event.low(slot) & low) !== 0 || (event.high(slot) & high) !== 0;
    }
    case "masked":
      return maskedTest(
        slot,
        singleValue(predicate.mask),
        singleValue(predicate.value),
        predicate.op === "==",
      );
    case "string":
      return remembered(slot, ({ strings }, id) => stringHolds(predicate, strings[id] ?? ""));
    case "stringIn":
      return remembered(slot, ({ strings }, id) => predicate.values.includes(strings[id] ?? ""));
    case "labels": {
      const wanted = new Set(predicate.labels);
      return remembered(slot, ({ labelSets }, id) =>
        (labelSets[id] ?? []).some((label) => wanted.has(label)),
      );
    }
    default:
      return unreachable(predicate);
  }
}

function equalTest(slot: number, values: readonly U64[], answer: boolean): Test {
  const [first, second] = values;
  if (first !== undefined && second === undefined) {
    const { high, low } = first;
    return (event) => (event.low(slot) === low && event.high(slot) === high) === answer;
  }
  return (event) => {
    const high = event.high(slot);
    const low = event.low(slot);
    return values.some((value) => value.low === low && value.high === high) === answer;
  };
}

/** Whether the slot is below the value, or, with `orEqual`, not above it. */
function belowTest(slot: number, signed: boolean, value: U64, orEqual: boolean, answer: boolean): Test {
  const { low } = value;
  const isBelow = (one: number) => (orEqual ? one <= low : one < low);
  if (signed) {
    const high = value.high | 0;
    return (event) => {
      const its = event.high(slot) | 0;
      return (its === high ? isBelow(event.low(slot)) : its < high) === answer;
    };
  }
  const { high } = value;
  return (event) => {
    const its = event.high(slot);
    return (its === high ? isBelow(event.low(slot)) : its < high) === answer;
  };
}

function maskedTest(slot: number, mask: U64, value: U64, answer: boolean): Test {
  return (event) => {
    const low = (event.low(slot) & mask.low) >>> 0 === value.low;
    return (low && (event.high(slot) & mask.high) >>> 0 === value.high) === answer;
  };
}

function stringHolds({ op, value }: Predicate & { kind: "string" }, text: ByteString): boolean {
  if (op === "~") return matchesGlob(value, text);
  if (op === "^=") return text.startsWith(value);
  return (text === value) === (op === "==");
}

/** Answers by id. A dictionary only grows, so an answer stays right; another one is another trace. */
function remembered(slot: number, ask: (dictionary: Dictionary, id: number) => boolean): Test {
  let dictionary: Dictionary | null = null;
  let answers: boolean[] = [];
  return (event) => {
    if (event.chunk.dictionary !== dictionary) {
      dictionary = event.chunk.dictionary;
      answers = [];
    }
    const id = event.low(slot);
    const known = answers[id];
    if (known !== undefined) return known;
    const answer = ask(dictionary, id);
    answers[id] = answer;
    return answer;
  };
}
