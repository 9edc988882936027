import { describe, test } from "vitest";

/** Tests of the running kernel; where it does not allow them, one skipped test whose name is the reason. */
export function liveSuite(title: string, unavailable: string | null, tests: () => void): void {
  if (unavailable === null) describe(title, tests);
  else describe(title, () => test.skip(unavailable));
}
