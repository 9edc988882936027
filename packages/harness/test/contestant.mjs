// A contestant for bench.test.ts, in a process of its own: it answers with numbers that count up.

import { serve } from "@gatehouse/harness/processes";

serve(async ({ first, dies }) => {
  if (first < 0) return { ok: false, error: { event: 3 } };
  if (dies === "at once") process.exit(9);
  let next = first;
  return {
    ok: true,
    value: { details: { first }, sample: (x = 0) => (dies ? process.exit(9) : x + next++) },
  };
});
