// Kernel facts as data, and how to look them up.

export { constants } from "./constants.js";
export { errnos } from "./errno.js";
export {
  type Coverage,
  catalogs,
  coverageOf,
  linux618,
  linux618i386,
  linux618x32,
  linux2639,
  linux2639i386,
} from "./linux.js";
export { nearest, nearestWord } from "./nearest.js";
