// The `.gate` policy language, and events as people type them.

export { type ParsedEvent, parseEvent } from "./event.js";
export { LIMITS, parsePolicy } from "./gate.js";
export { printClause, printPolicy } from "./print.js";
