// Any Design × policy × trace → plain data. Designs are passed in; none is named here.

export {
  type BenchLine,
  type BenchReport,
  type ByLaunch,
  benchLines,
  type Contender,
  type Rounds,
  type Runner,
  race,
  samplesOf,
  together,
} from "./bench.js";
export { compare, type Question } from "./compare.js";
export { type Contestant, decideContestant, enter, type Inexpressible } from "./contestant.js";
export { type Cost, SAMPLE_ROWS, Sample } from "./cost.js";
export {
  type Curve,
  type Expected,
  ofLaunches,
  type Place,
  type Point,
  pointName,
  pointsByName,
  relate,
  type Sweep,
  samplesAt,
  slope,
} from "./curves.js";
export { placesThatHold, showThatHolds, showWithSpread } from "./digits.js";
export { type Entry, entrant } from "./entrant.js";
export {
  type ExplainedClause,
  type ExplainedDesign,
  type ExplainedPredicate,
  type Explanation,
  explain,
  type Inquiry,
} from "./explain.js";
export type { EventFlip } from "./explain-event.js";
export { findEvent } from "./explain-find.js";
export type { PolicyEdit, PolicyFlip } from "./explain-policy.js";
export { bitTest, readNumbers } from "./floor.js";
export { type Divergence, type Jury, juryOf, type Part } from "./jury.js";
export {
  type Limit,
  mark,
  orderOf,
  type Relation,
  relation,
  showLimit,
  type Told,
  tell,
} from "./relations.js";
export { type Replay, type ReplayOptions, replay } from "./replay.js";
export type { Counts, DesignReport, Report, ReportedSize, ShownClause } from "./report.js";
export {
  type Comparison,
  compareResults,
  type Moved,
  type Recorded,
  type Results,
  record,
  showComparison,
} from "./results.js";
export { type Selection, selectTask } from "./selection.js";
export {
  type Figure,
  figure,
  isBimodal,
  isToldApart,
  type Launches,
  LEAST_SPREAD,
  least,
  median,
  quantile,
  type Ratio,
  ratioOf,
  type Shape,
  STEADY,
} from "./statistics.js";
export type { Outcomes } from "./tally.js";
export type { Start, TaskSideRun } from "./task-side.js";
export type { TraceSource, Witness } from "./trace.js";
export { type Judged, type Mistake, type Proved, prove, stopwatch, type Work } from "./work.js";
