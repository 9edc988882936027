// Kernel facts as data, and how to look them up.

export { constants } from "./constants.js";
export { errnos } from "./errno.js";
export { catalogs, linux618, linux2639 } from "./linux.js";
export { nearest, nearestWord } from "./nearest.js";
