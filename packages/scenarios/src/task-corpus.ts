// The scenarios of the task side. Each asks one thing; its name says what.

import { EVENT_FILTERS } from "./task-corpus/event-filters.js";
import { EVERY_VARIANT } from "./task-corpus/every-variant.js";
import { FILTER_ENGINE } from "./task-corpus/filter-engine.js";
import { MAILS } from "./task-corpus/mails.js";
import { MINIJAIL } from "./task-corpus/minijail.js";
import { TEST_PROGRAM } from "./task-corpus/test-program.js";
import { parseTaskScenario, type TaskScenario } from "./task-scenario.js";

/** Throws where a text is at fault: they are ours. */
export function taskScenarios(): readonly TaskScenario[] {
  const texts = {
    ...EVERY_VARIANT,
    ...FILTER_ENGINE,
    ...TEST_PROGRAM,
    ...MINIJAIL,
    ...MAILS,
    ...EVENT_FILTERS,
  };
  return Object.entries(texts).map(([name, text]) => {
    const scenario = parseTaskScenario(name, text);
    if (!scenario.ok) throw new SyntaxError(scenario.error);
    return scenario.value;
  });
}
