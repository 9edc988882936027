import fc from "fast-check";
import { expect, test } from "vitest";
import { openBackend } from "../src/backend.js";
import { chunkOf, chunkShape, differences, LARGEST, lowered } from "./rules.js";

const runs = process.env.GATEHOUSE_NIGHTLY ? 20_000 : 400;

test.each([
  ["with SIMD", true],
  ["without SIMD", false],
])("any branches over any rows are judged as the plain reading does, wherever they lie, %s", (_, simd) => {
  const backend = openBackend(simd);
  const columns = backend.columns(LARGEST);
  if (!columns.ok) throw new Error(columns.error);
  fc.assert(
    fc.property(lowered, chunkShape, fc.constantFrom(1, 3, 1000), (what, shape, stride) => {
      expect(differences(backend, what, chunkOf(shape), stride)).toEqual([]);
      expect(differences(backend, what, chunkOf(shape, columns.value), stride)).toEqual([]);
    }),
    { seed: 20110526, numRuns: runs },
  );
});
