// The `.gate` policy language, profiles of the container world, and events as people type them.

export { CAPABILITIES, DOCKER_CAPABILITIES } from "./capabilities.js";
export { type ParsedEvent, parseEvent } from "./event.js";
export { LIMITS, parsePolicy } from "./gate.js";
export { type OciOptions, type OciPolicy, parseOci } from "./oci.js";
export { printClause, printPolicy } from "./print.js";
