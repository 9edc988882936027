// How much code a variant is, from its source. Needs Node.

export type { Counted } from "./reach.js";
export {
  type FileLines,
  measureSize,
  type Reached,
  type Side,
  summary,
  thisWorkspace,
  type VariantSize,
} from "./size.js";
export { type Place, Workspace } from "./workspace.js";
