// What makes a Design of a variant.

import { type Design, design, KILL, type OneTaskSide, type PerTask } from "@gatehouse/core";
import { load } from "../kernel/evaluate.js";
import type { EventFilters, Form } from "../kernel/program.js";
import { compile } from "../user/compile.js";
import { parse, print } from "../user/text.js";
import { lowerEvents } from "./lower.js";
import { stepsOf } from "./steps.js";

export function variant(
  name: string,
  title: string,
  form: Form,
  task: OneTaskSide<EventFilters>,
  rebuilds: Pick<Design, "mark" | "origin" | "patch">,
): Design<PerTask<EventFilters>> {
  return design({
    id: `event-filters-2011@${name}`,
    title,
    ...rebuilds,
    package: "@gatehouse/design-2011-event-filters",
    refusal: KILL,
    compile: (policy, catalog, fails) => compile(policy, catalog, fails, form),
    parse: (lines, catalog) => parse(lines, catalog, form),
    print,
    load: (program, catalog, meter) => ({
      ...load(program, catalog, form, meter),
      lower: () => lowerEvents(program, catalog, form),
      steps: stepsOf(program, catalog, form),
    }),
    task,
  });
}
