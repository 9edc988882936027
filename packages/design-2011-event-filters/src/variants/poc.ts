// The proof of concept of 24 May 2011, on 2.6.39's perf: 5 files, +82 −16.

import type { Design, PerTask } from "@gatehouse/core";
import { variant } from "../bench/variant.js";
import { type EventFilters, POC } from "../kernel/program.js";
import { pocSide } from "../kernel/task-poc.js";
import { install } from "../user/install.js";

/** The proof of concept, on 2.6.39's perf: system calls, filters lost on fork, events that their owner removes. */
export const eventFiltersPoc: Design<PerTask<EventFilters>> = variant(
  "poc",
  "filter strings on the entries of system calls",
  POC,
  { ...pocSide, install },
  {
    mark: "as posted, code not found",
    origin: { by: "Will Drewry", date: "24 May 2011" },
    patch: { date: "24 May 2011", files: 5, added: 82, removed: 16 },
  },
);
