// The baseline as a back-end: any design's programs, run as seccomp programs of 2012 (`bitmask-2009@and@bpf-tree`).
//
// A program always sees all registers; a trace may not. Where a call's rule asks for a register that the row does not
// show, and for whatever a program cannot say, core's plain reading of the rules answers instead. That is why these
// back-ends answer `unknown` where the reference does.

import {
  ABI,
  applyRules,
  type Backend,
  type Catalog,
  type EventId,
  FIRST_OTHER_EVENT,
  type Filter,
  oneByOne,
  type Rules,
  sectionSet,
  type TraceEvent,
  type Verdict,
} from "@gatehouse/core";
import { compile, type Shape } from "./compile.js";
import { fillSeccompData, Interpreter } from "./interpreter.js";
import { AUDIT_ARCH, DATA, passes } from "./program.js";

export const bpfLinear: Backend = backend("linear");
export const bpfTree: Backend = backend("tree");

function backend(shape: Shape): Backend {
  return {
    name: `bpf-${shape}`,
    load({ sections, programs }, catalog): Pick<Filter, "evaluate" | "evaluateAll"> {
      const filters = programs.map((rules) => taskFilter(rules, shape, catalog));
      const evaluate = (event: TraceEvent) => {
        const filter = filters[sections.length === 0 ? 0 : sectionSet(sections, event.task)];
        if (filter === undefined) throw new RangeError("a program is missing for a set of sections");
        return filter(event);
      };
      return { evaluate, evaluateAll: oneByOne(evaluate) };
    },
  };
}

function taskFilter(rules: Rules, shape: Shape, catalog: Catalog): Filter["evaluate"] {
  const arch = archOf(catalog);
  const compiled = compile(rules, { shape, arch });
  if (compiled.kind === "tooLong") throw new RangeError(compiled.reason);
  const interpreter = new Interpreter(compiled.program);
  const unsaid = new Set(compiled.unsaid.map(({ event }) => event));
  const asked = slotsAsked(rules);
  const data = new Int32Array(DATA.size / 4);

  return (event) => {
    if (event.id >= FIRST_OTHER_EVENT || unsaid.has(event.id)) return applyRules(rules, event);
    const slots = asked.get(event.id) ?? 0;
    const known = event.chunk.known[event.row] ?? 0;
    // By another entry path the program does not look at the arguments, unless all paths are one to it.
    const looks = event.abi === ABI.native || rules.otherEntry === null;
    if (looks && (slots & ~known) !== 0) return applyRules(rules, event);
    fillSeccompData(data, event, arch);
    return verdictOf(interpreter.run(data));
  };
}

function verdictOf(value: number): Verdict {
  return passes(value) ? "allow" : "deny";
}

/** Per call a bit for each slot that its rule may look at. */
function slotsAsked({ rules }: Rules): ReadonlyMap<EventId, number> {
  const asked = new Map<EventId, number>();
  for (const [id, rule] of rules) {
    if (typeof rule !== "string")
      asked.set(
        id,
        rule.reduce((slots, { test }) => slots | (1 << test.slot), 0),
      );
  }
  return asked;
}

/** What `seccomp_data.arch` holds on the catalog's own entry path. */
export function archOf({ arch }: Catalog): number {
  if (arch === "x86_64") return AUDIT_ARCH.X86_64;
  if (arch === "i386") return AUDIT_ARCH.I386;
  throw new RangeError(`no AUDIT_ARCH is known here for ${arch}`);
}
