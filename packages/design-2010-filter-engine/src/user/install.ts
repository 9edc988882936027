// The calls by which a task puts itself under a program: a filter for each call, then the mode.

import { PR, type TaskCall } from "@gatehouse/core";
import { BY_NUMBER } from "../kernel/engine-call.js";
import type { FilterEngine } from "../kernel/program.js";
import { FILTER as SHIPPED_MODE } from "../kernel/task-shipped.js";
import { FILTER as V2_MODE } from "../kernel/task-v2.js";

/** As the second version takes them: a number and a text. */
export function installV2({ filters }: FilterEngine): TaskCall[] {
  return [
    ...filters.map(({ nr, filter }) => setFilter([nr, filter])),
    { call: "prctl", option: PR.SET_SECCOMP, args: [V2_MODE, 0] },
  ];
}

/** As the later forms take them: a type, an id and a text. */
export function installShipped({ filters }: FilterEngine): TaskCall[] {
  return [
    ...filters.map(({ nr, filter }) => setFilter([BY_NUMBER, nr, filter])),
    { call: "prctl", option: PR.SET_SECCOMP, args: [SHIPPED_MODE] },
  ];
}

function setFilter(args: readonly (number | string)[]): TaskCall {
  return { call: "prctl", option: PR.SET_SECCOMP_FILTER, args };
}
