// Perf's tracepoint events as 2.6.39 had them (kernel/perf_event.c): a task opens an event as
// a file, gives it a filter, switches it, hands it to its children. It counts and decides nothing. See README.md.

export { callPerf, type PerfCalled } from "./call.js";
export { eventFormat, eventName, matches, type TakesFilter } from "./event.js";
export {
  bootPerf,
  eventOf,
  eventsOf,
  execPerf,
  exitPerf,
  forkPerf,
  type Perf,
  type TaskEvent,
  withFreshTask,
} from "./perf.js";
