// `gatehouse compare`: a policy and a trace, put to the designs.

import { compare as ask } from "@gatehouse/harness";
import { provenance } from "@gatehouse/harness/provenance";
import { type CaseOptions, readCase } from "./case.js";
import { codeSizeOf } from "./code-size.js";
import { showBriefly, showComparison } from "./comparison-text.js";
import { findDesigns } from "./known-designs.js";
import { colours, print, printJson } from "./terminal.js";
import { version } from "./version.js";

export type CompareOptions = CaseOptions & { readonly losses?: boolean; readonly brief?: boolean };

export async function compare(options: CompareOptions): Promise<void> {
  const { policy, trace, catalog, selection, taskSide, titles, files, finish } = await readCase(options);
  const report = await ask({
    policy: policy.policy,
    trace,
    catalog,
    designs: findDesigns(options.designs),
    fails: options.fails,
    selection,
    taskSide,
    showClause: policy.showClause,
    codeSize: codeSizeOf,
  });
  finish(report.trace.events);
  if (options.json) printJson({ ...report, provenance: await provenance(version(), files) });
  else if (options.brief) print(showBriefly(report, titles, colours));
  else print(showComparison(report, titles, colours, options.losses ? policy.text : null));
}
