// What a decision costs as one thing grows: for `gatehouse bench --sweep`, and for the benchmark `curves`.

export type { ContestantName } from "./contestants.js";
export { launchSweep, sweepOf, type WrongPoint } from "./draw.js";
export { EXPECTED } from "./expected.js";
export { SWEEPS, type SweepName, sweepNames, sweepWord } from "./sweeps.js";
