// The floor that is written by hand for Docker's default profile, against what the profile itself says.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { linux618 } from "@gatehouse/catalog";
import { Bitset, Chunk, Dictionary, decide, newVerdicts, type U64, u64 } from "@gatehouse/core";
import { parseOci } from "@gatehouse/policies";
import { expect, test } from "vitest";
import { openFloors } from "../src/floors.js";

const profile = join(import.meta.dirname, "../../../../shared/data/policies/oci/moby-default.json");
const floors = openFloors();
const missing = floors.ok
  ? `there is no ${profile.split("/").slice(-2).join("/")} beside the clone`
  : floors.error;
const isHere = floors.ok && existsSync(profile);

/** Every constant of the profile's conditions, and what lies beside it and in the upper half. */
const ARGUMENTS: readonly U64[] = [0, 8, 38, 40, 0x2_0000, 0x2_0008, 0xffff_ffff, 0x7e02_0000, 2 ** 63]
  .flatMap((value) => [BigInt(value) - 1n, BigInt(value), BigInt(value) + 1n, BigInt(value) + 2n ** 32n])
  .map(u64);

/** What no condition asks for. */
const OTHER_ARGUMENTS = Array.from({ length: 5 }, () => u64(41));

test.skipIf(!isHere)(`is what decide() makes of it${isHere ? "" : ` (skipped: ${missing})`}`, () => {
  if (!floors.ok) throw new Error(floors.error);
  const parsed = parseOci(readFileSync(profile, "utf8"), linux618);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const calls = Array.from({ length: linux618.calls + 2 }, (_, id) => id);
  const others = linux618.formats.flatMap(({ id, kind }) => (kind === "other" ? [id] : []));
  const ids = [...calls, 4095, ...others];
  const task = { pid: 1, parent: null, comm: "sh", lineage: new Set(["sh"]) };
  for (const value of ARGUMENTS) {
    const chunk = new Chunk(linux618, new Dictionary(), { tasks: [task] });
    for (const id of ids)
      for (const abi of [0, 1, 2] as const) chunk.push(0, id, abi, [value, ...OTHER_ARGUMENTS]);
    const found = newVerdicts(chunk.length);
    floors.value.dockerDefault().evaluateAll(chunk, Bitset.ones(chunk.length), found);
    const expected = newVerdicts(chunk.length);
    expected.known.words.set(Bitset.ones(chunk.length).words);
    for (let row = 0; row < chunk.length; row++)
      if (decide(parsed.value.policy, chunk.at(row)).verdict === "allow") expected.allow.add(row);
    const differing = Array.from({ length: chunk.length }, (_, row) => row)
      .filter((row) => found.allow.get(row) !== expected.allow.get(row))
      .map((row) => chunk.at(row).toString());
    expect(differing).toEqual([]);
    expect(found).toEqual(expected);
  }
});
