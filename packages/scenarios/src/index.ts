// Policies, events and the verdicts they must get; and what the command runs on by default.

export { scenarios } from "./corpus.js";
export { nginxPolicy, nginxTrace } from "./embedded.js";
export { RunningKernel } from "./running-kernel.js";
export { parseScenario, type Scenario } from "./scenario.js";
