// The addon, or why there is none. It is built by `gyp.mjs`, which leaves its reason where it could not.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { fail, type Result, succeed } from "@gatehouse/core";
import type { BulkCalls } from "./backend.js";
import type { BpfCalls, FaithfulCalls } from "./faithful/calls.js";
import type { FloorCalls } from "./floors.js";

/** What cpp/addon exports. Every argument is checked there: a wrong one is a TypeError. */
export type Addon = {
  readonly version: number;
  readonly bulk: BulkCalls;
  readonly faithful: FaithfulCalls;
  readonly bpf: BpfCalls;
  readonly floors: FloorCalls;
};

/** This file is one level below the package, as source and when built. */
const BUILD = new URL("../build/", import.meta.url);

let opened: Result<Addon, string> | undefined;

/** The addon; where there is none the reason, in words that follow "the native back-end is not there: ". */
export function openAddon(): Result<Addon, string> {
  opened ??= open();
  return opened;
}

function open(): Result<Addon, string> {
  const file = fileURLToPath(new URL("Release/gatehouse.node", BUILD));
  if (!existsSync(file)) {
    const excuse = new URL("unavailable.txt", BUILD);
    return fail(existsSync(excuse) ? readFileSync(excuse, "utf8").trim() : "it has not been built");
  }
  try {
    return succeed(createRequire(import.meta.url)(file));
  } catch (error) {
    return fail(`it does not load: ${error instanceof Error ? error.message : error}`);
  }
}
