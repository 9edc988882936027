import { linux2639 } from "@gatehouse/catalog";
import { kernelOf, PR, type TaskCall } from "@gatehouse/core";
import { bitmaskAnd, bitmaskSubset } from "@gatehouse/design-2009-bitmask";
import { type History, neverGrows } from "@gatehouse/scenarios/growth";
import fc from "fast-check";

/** read, write, open, close and what else has a low number. */
const upload = fc
  .tuple(fc.integer({ min: 1, max: 70 }), fc.uint8Array({ minLength: 9, maxLength: 9 }))
  .map(([length, mask]): TaskCall => ({ call: "prctl", option: PR.SET_SECCOMP, args: [2, length, mask] }));

const history: History = {
  kernel: kernelOf(linux2639),
  calls: fc.oneof(
    { weight: 9, arbitrary: upload },
    { weight: 1, arbitrary: fc.constant<TaskCall>({ call: "prctl", option: PR.SET_SECCOMP, args: [1] }) },
  ),
  events: ["read()", "write()", "open()", "close()", "mmap()", "exit()", "prctl()"],
};

neverGrows(bitmaskAnd, history);
neverGrows(bitmaskSubset, history);
