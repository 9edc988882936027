// Any Design × policy × trace → plain data. Designs are passed in; none is named here.

export {
  type BenchLine,
  type BenchReport,
  benchLines,
  type Contender,
  type Figure,
  figure,
  type Rounds,
  type Runner,
  race,
  ratio,
} from "./bench.js";
export { compare, type Question } from "./compare.js";
export { type Contestant, decideContestant, enter, type Inexpressible } from "./contestant.js";
export { type Cost, SAMPLE_ROWS, Sample } from "./cost.js";
export {
  type Agreement,
  agreement,
  type Curve,
  type Expected,
  nsAt,
  type Relation,
  relate,
  type Sweep,
  slope,
} from "./curves.js";
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
export { bitTest } from "./floor.js";
export { type Divergence, type Jury, juryOf, type Part } from "./jury.js";
export { type Replay, type ReplayOptions, replay } from "./replay.js";
export type { Counts, DesignReport, Report, ReportedSize, ShownClause } from "./report.js";
export { type Selection, selectTask } from "./selection.js";
export { STEADY, type Summary, summary } from "./statistics.js";
export type { Outcomes } from "./tally.js";
export type { Start, TaskSideRun } from "./task-side.js";
export type { TraceSource, Witness } from "./trace.js";
export { type Judged, type Mistake, prove, stopwatch, type Work } from "./work.js";
