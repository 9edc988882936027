// The dialects: one filter language for each kernel that changed it, and `extended`, which policies are written in.

/** The kernels: up to 2.6.38, 2.6.39 to 3.0, and since 4.17. */
export type KernelDialectName = "2.6.38" | "2.6.39" | "6.18";

/** `extended`: a superset of 6.18's, the condition language of `.gate` policies. */
export type DialectName = KernelDialectName | "extended";

/** The longest text of a filter. The kernels' is a page less one byte. */
export const MAX_FILTER_BYTES: Readonly<Record<DialectName, number>> = {
  "2.6.38": 4095,
  "2.6.39": 4095,
  "6.18": 4095,
  extended: 65_536,
};

/** How deep parentheses may nest in `extended`. The kernel has no such limit besides the length of the text. */
export const MAX_NESTING = 256;
