import type { ByteString, Condition, EventFormat, Result } from "@gatehouse/core";
import type { DialectName } from "./dialect.js";

/**
 * The condition that the text of one filter stands for, over the fields of `format`. Diagnostics are offsets into
 * `text`. `labels`: the label names that it may use; undefined: any.
 */
export function parseFilter(
  _text: ByteString,
  _format: EventFormat,
  _dialect: DialectName,
  _labels?: ReadonlySet<string>,
): Result<Condition> {
  throw new Error("being written");
}
