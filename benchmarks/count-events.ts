// Reads the trace on standard input as `gatehouse` does, and says how many events it has and how much memory that
// took. A process of its own, so that nothing else is in the figure.

import { openTrace } from "@gatehouse/traces";

const trace = openTrace("-");
for await (const _ of trace);
process.stdout.write(JSON.stringify({ events: trace.stats.events, peakKiB: process.resourceUsage().maxRSS }));
