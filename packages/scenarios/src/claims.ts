// The claims of the debate that can be settled here so far, in the order of the ledger.

import type { Claim } from "./claim.js";
import { C09 } from "./claims/ioctl-commands.js";
import { C12 } from "./claims/language.js";
import { C07 } from "./claims/masks.js";
import { C22 } from "./claims/narrowing.js";
import { C47 } from "./claims/new-calls.js";
import { C13 } from "./claims/six-rules.js";
import { C01 } from "./claims/size.js";
import { C23, C24, C25 } from "./claims/tasks.js";

export const claims: readonly Claim[] = [C01, C07, C09, C12, C13, C22, C23, C24, C25, C47];
