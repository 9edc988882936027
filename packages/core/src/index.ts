// The nouns, what a policy means, and the one interface. Imports nothing.

export { type Backend, on } from "./backend.js";
export { Bitset } from "./bitset.js";
export { type ByteString, fromByteString, toByteString } from "./bytes.js";
export {
  Catalog,
  type EventFormat,
  type EventId,
  FIRST_OTHER_EVENT,
  type Field,
  fieldOf,
  type NewEvent,
  NO_SUCH_CALL,
  nameByNumber,
  type OtherEntry,
  PID_SLOT,
  SLOTS,
  UNSEEN_SLOT,
} from "./catalog.js";
export {
  ABI,
  type Abi,
  CHUNK_ROWS,
  Chunk,
  type Columns,
  type ColumnsShape,
  Dictionary,
  isNarrow,
  type Task,
  TraceEvent,
  wideSlot,
  wordsIn,
} from "./chunk.js";
export {
  type BackendInPlace,
  columnBytes,
  columnsIn,
  wholeShape,
} from "./columns.js";
export {
  ALWAYS,
  all,
  any,
  type Condition,
  type Constant,
  constant,
  NEVER,
  not,
  type Order,
  type Predicate,
  predicatesOf,
  singleValue,
} from "./condition.js";
export { type Decision, decide, type Truth, truth } from "./decide.js";
export {
  actionsBesides,
  type Compilation,
  type Design,
  design,
  type Fails,
  type Filter,
  isExactButForExempted,
  isExempted,
  type Line,
  type Loss,
  lossesBeyondCalls,
  type Mark,
  newVerdicts,
  type OneTaskSide,
  type Origin,
  oneByOne,
  type Patch,
  type PerTask,
  type Step,
  type TaskDesign,
  type TaskFilter,
  type Touched,
  type Verdict,
  type Verdicts,
} from "./design.js";
export { type Diagnostic, fail, type Result, succeed, unreachable } from "./diagnostic.js";
export { matchesGlob } from "./glob.js";
export { type DictionaryTest, IdTable, isDictionaryTest } from "./id-table.js";
export {
  applyRules,
  type Branch,
  type Lowered,
  labelsHold,
  lower,
  type Rule,
  type Rules,
  rulesById,
  type SlotTest,
  stringHolds,
  type Target,
} from "./lowered.js";
export { Meter } from "./meter.js";
export { evaluateOne } from "./one-event.js";
export {
  type Action,
  ALLOW,
  type Clause,
  clausesByEvent,
  compareActions,
  governs,
  KILL,
  MAX_SECTIONS,
  type Policy,
  permits,
  sectionSet,
  sectionsOf,
  showAction,
  type TaskPolicy,
  taskPolicies,
} from "./policy.js";
export { impossible, possible } from "./possible.js";
export {
  type Change,
  type Checked,
  entryOf,
  intArgument,
  type PrctlRules,
  pointee,
  prctlSide,
  register,
  type TaskState,
  type Tasks,
} from "./prctl-side.js";
export { catalogOf, STRICT, strictCalls, strictVerdict } from "./strict-mode.js";
export {
  type Answer,
  type Cost,
  done,
  type Fd,
  judged,
  type Kernel,
  kernelOf,
  type NewTask,
  type Outcome,
  PASSES,
  type PerfAttr,
  type PerfIoctl,
  PR,
  type Prctl,
  type PrctlArgument,
  refused,
  type TaskCall,
  type TaskSide,
  type Unended,
  type Written,
} from "./task-side.js";
export {
  and as and64,
  compareSigned,
  compareUnsigned,
  equal as equal64,
  hex,
  isZero,
  or as or64,
  toBigInt,
  type U64,
  u64,
  ZERO,
} from "./u64.js";
