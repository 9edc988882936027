// Policies, events and the verdicts they must get; what tasks do with filters and what they must be answered; and what
// the command runs on by default.

export {
  type Apparatus,
  type Claim,
  type Fact,
  type Findings,
  type Mail,
  type Ruling,
  rule,
  type Settled,
  type Subject,
  settle,
} from "./claim.js";
export { claims } from "./claims.js";
export { scenarios } from "./corpus.js";
export { nginxPolicy, nginxTrace } from "./embedded.js";
export { type EveryScenario, everyScenario } from "./every-scenario.js";
export { type Feature, features, type Has } from "./features.js";
export { readSequence, type Sequence } from "./recorded-sequence.js";
export { RunningKernel } from "./running-kernel.js";
export { parseScenario, type Scenario } from "./scenario.js";
export { type AnsweredSequence, type AnsweredSequenceStep, runSequence } from "./sequence-run.js";
export { taskScenarios } from "./task-corpus.js";
export { type AnsweredStep, runTaskScenario, SteppedTasks, variantOf } from "./task-run.js";
export { parseTaskScenario, type TaskScenario, VARIANTS } from "./task-scenario.js";
export { parseStep, type TaskStep } from "./task-step.js";
