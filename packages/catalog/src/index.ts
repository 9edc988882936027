// Kernel facts as data, and how to look them up.

export { catalogs, linux618, linux2639 } from "./linux.js";
export { nearest, nearestWord } from "./nearest.js";
