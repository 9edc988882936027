// What a policy answers to an event, both as people have them.

import { linux618 } from "@gatehouse/catalog";
import { type Catalog, Chunk, Dictionary, decide, type Policy, SLOTS, showAction } from "@gatehouse/core";
import { parseEvent } from "../src/index.js";

/** `deny EPERM`, or `deny: unknown` where the verdict is certain and the action is not. */
export function answer(
  policy: Policy,
  eventText: string,
  lineage: readonly string[] = ["sh"],
  catalog: Catalog = linux618,
): string {
  const dictionary = new Dictionary();
  const event = parseEvent(eventText, catalog, dictionary);
  if (!event.ok) throw new Error(event.error[0]?.message);
  const task = { pid: 1, parent: null, comm: lineage.at(-1) ?? "", lineage: new Set(lineage) };
  const chunk = new Chunk(catalog, dictionary, { capacity: 1, slots: SLOTS, tasks: [task] });
  const row = chunk.push(0, event.value.event, event.value.abi, event.value.values);
  const { verdict, action } = decide(policy, chunk.at(row));
  if (action !== "unknown") return showAction(action);
  return verdict === "unknown" ? "unknown" : `${verdict}: unknown`;
}
