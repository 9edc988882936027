// The dialects: one filter language for each kernel that changed it, and `extended`, which policies are written in.

/** `6.18`: kernels since 4.17. `extended`: its superset, the condition language of `.gate` policies. */
export type DialectName = "6.18" | "extended";

/** The longest text of a filter. The kernel's is a page less one byte. */
export const MAX_FILTER_BYTES: Readonly<Record<DialectName, number>> = { "6.18": 4095, extended: 65_536 };

/** How deep parentheses may nest in `extended`. The kernel has no such limit besides the length of the text. */
export const MAX_NESTING = 256;
