import { Meter, type TraceEvent, u64 } from "@gatehouse/core";
import { describe, expect, test } from "vitest";
import { event as eventOf } from "./small.js";

const event = () => eventOf("write", [1, 2, 3]);

describe("a meter", () => {
  const meter = new Meter();
  const two = (of: TraceEvent) => of.id === 1 && of.low(0) === 1 && of.low(1) === 2 && of.high(1) === 0;

  test("counts the columns that are read, each once", () => {
    expect(meter.measure(two, event())).toEqual({ predicates: 0, bytes: 2 + 8 + 8 });
    expect(meter.measure(() => true, event())).toEqual({ predicates: 0, bytes: 0 });
    expect(meter.measure(({ abi }) => abi, event())).toEqual({ predicates: 0, bytes: 1 });
  });

  test("counts eight bytes more where one more slot is read, and nobody says so", () => {
    const three = (of: TraceEvent) => two(of) && of.low(2) === 3;
    const [before, after] = [two, three].map((evaluate) => meter.measure(evaluate, event()));
    expect((after?.bytes ?? 0) - (before?.bytes ?? 0)).toBe(8);
  });

  test("counts what the code says it reads of the program, for each evaluation anew", () => {
    const evaluate = ({ id }: TraceEvent) => {
      meter.read(8);
      meter.predicate(80);
      return id;
    };
    for (let i = 0; i < 2; i++)
      expect(meter.measure(evaluate, event())).toEqual({ predicates: 1, bytes: 2 + 8 + 80 });
  });

  test("hands on the row that it was asked about", () => {
    expect(meter.measure((of) => expect([of.id, of.value(2)]).toEqual([1, u64(3)]), event()).bytes).toBe(10);
  });
});
