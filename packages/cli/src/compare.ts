// `gatehouse compare`: a policy and a trace, put to the designs.

import { compare as ask } from "@gatehouse/harness";
import { type CaseOptions, readCase } from "./case.js";
import { codeSizeOf } from "./code-size.js";
import { showComparison } from "./comparison-text.js";
import { designs, findDesign } from "./known-designs.js";
import { colours, print, printJson } from "./terminal.js";

export type CompareOptions = CaseOptions & { readonly losses?: boolean };

export async function compare(options: CompareOptions): Promise<void> {
  const chosen = options.designs === undefined ? designs : [...new Set(options.designs.map(findDesign))];
  const { policy, trace, catalog, selection, taskSide, titles, finish } = await readCase(options);
  const report = await ask({
    policy: policy.policy,
    trace,
    catalog,
    designs: chosen,
    fails: options.fails,
    selection,
    taskSide,
    showClause: policy.showClause,
    codeSize: codeSizeOf,
  });
  finish(report.trace.events);
  if (options.json) printJson(report);
  else print(showComparison(report, titles, colours, options.losses ? policy.text : null));
}
