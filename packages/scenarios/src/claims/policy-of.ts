// A policy that an experiment writes itself.

import { linux2639 } from "@gatehouse/catalog";
import type { Policy } from "@gatehouse/core";
import { parsePolicy } from "@gatehouse/policies";

/** With the names of 2.6.39. Throws SyntaxError: the text is our own. */
export function policyOf(text: string): Policy {
  const policy = parsePolicy(text, linux2639);
  if (!policy.ok) throw new SyntaxError(policy.error[0]?.message);
  return policy.value;
}
