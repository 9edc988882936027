// `gatehouse explain`: one event, typed or of a trace, and what decides it.

import {
  type Catalog,
  Chunk,
  type Clause,
  Dictionary,
  fromByteString,
  SLOTS,
  toByteString,
} from "@gatehouse/core";
import { printFilter } from "@gatehouse/ftrace";
import { explain as ask, findEvent, type Inquiry } from "@gatehouse/harness";
import { LIMITS, parseEvent, printClause } from "@gatehouse/policies";
import { drawDiagnostics } from "./caret.js";
import { type CaseOptions, readCase, readPolicyCase } from "./case.js";
import { showExplanation } from "./explain-text.js";
import { Failure } from "./failure.js";
import { findDesigns } from "./known-designs.js";
import type { PolicyFile } from "./policy-file.js";
import { colours, print, printJson } from "./terminal.js";
import { count, number, printable } from "./text.js";

export type ExplainOptions = CaseOptions & { readonly event?: string; readonly as?: string };

type Asked = Pick<Inquiry, "event" | "number" | "catalog"> & { readonly policy: PolicyFile };

export async function explain(typed: string | undefined, options: ExplainOptions): Promise<void> {
  const chosen = findDesigns(options.designs);
  const asked = typed === undefined ? await fromTrace(options) : await fromText(typed, options);
  const { policy, catalog } = asked;
  const explanation = ask({
    ...asked,
    policy: policy.policy,
    designs: chosen,
    fails: options.fails,
    showClause: policy.showClause,
    showPredicate(predicate, format) {
      const printed = printFilter(predicate, format, "extended");
      if (!printed.ok) throw new RangeError(`a predicate on \`${predicate.field}\` cannot be written`);
      return fromByteString(printed.value);
    },
    writeClause: (clause) => writeClause(clause, catalog),
  });
  if (options.json) printJson(explanation);
  else print(showExplanation(explanation, policy.title, colours));
}

/** Null where the language has no words for it: what nests too deep, or is too long. */
function writeClause(clause: Clause, catalog: Catalog): string | null {
  try {
    return printClause(clause, catalog);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

async function fromText(text: string, options: ExplainOptions): Promise<Asked> {
  for (const name of ["trace", "event", "strict"] as const) {
    if (options[name] !== undefined)
      throw new Failure(`\`--${name}\` is for an event of a trace, and \`${printable(text)}\` is typed`);
  }
  const { as, task } = options;
  if (as !== undefined && task !== undefined)
    throw new Failure("`--as` and `--task` both say who makes the call: one is enough");
  const { policy, catalog } = await readPolicyCase(options);
  const dictionary = new Dictionary();
  const parsed = parseEvent(text, catalog, dictionary);
  if (!parsed.ok) throw new Failure(...drawDiagnostics("event", text, parsed.error));
  const names = as === undefined ? [task ?? ""] : as.split(">").map((name) => name.trim());
  if (as !== undefined && names.includes(""))
    throw new Failure("`--as` names tasks, the outermost first\nhint: `--as 'sh > nginx'`");
  const long = names.find((name) => toByteString(name).length > LIMITS.taskBytes);
  if (long !== undefined)
    throw new Failure(`a task's name has at most ${LIMITS.taskBytes} bytes, and \`${printable(long)}\` more`);
  const who = { pid: 1, parent: null, comm: names.at(-1) ?? "", lineage: new Set(names.filter(Boolean)) };
  const chunk = new Chunk(catalog, dictionary, { capacity: 1, slots: SLOTS, tasks: [who] });
  const row = chunk.push(0, parsed.value.event, parsed.value.abi, parsed.value.values);
  return { policy, catalog, event: chunk.at(row), number: null };
}

async function fromTrace(options: ExplainOptions): Promise<Asked> {
  if (options.as !== undefined) throw new Failure("`--as` says who makes a call that is typed");
  if (options.event === undefined) {
    const hint = "type one, as in `read(fd=0)`, or say which of a trace with --event";
    throw new Failure(`no event is given\nhint: ${hint}`);
  }
  const wanted = eventNumber(options.event);
  const { policy, trace, catalog, selection, titles, finish } = await readCase(options);
  const found = await findEvent(trace, selection, wanted);
  finish(found.ok ? 1 : found.error);
  if (!found.ok) throw beyond(wanted, found.error, titles.trace);
  return { policy, catalog, event: found.value, number: wanted };
}

/** As reports print it, so with commas as well. */
function eventNumber(text: string): number {
  if (/^(\d{1,15}|\d{1,3}(,\d{3}){1,4})$/.test(text)) return Number(text.replaceAll(",", ""));
  throw new Failure(
    `\`${printable(text)}\` is no number of an event\nhint: \`replay\` and \`compare\` print them, the first being 0`,
  );
}

function beyond(wanted: number, events: number, trace: string): Failure {
  const last = events === 0 ? "" : `, the last of them ${number(events - 1)}`;
  return new Failure(
    `there is no event ${number(wanted)}: ${count(events, "event")} of \`${printable(trace)}\` are judged${last}`,
  );
}
