// Texts between a task's memory and the kernel's: how much of them is read, and what is written where a buffer ends.

import { type Answer, type ByteString, done, type Prctl, pointee, refused } from "@gatehouse/core";
import { MAX_FILTER_STR_VAL } from "./generation.js";

/** Up to the NUL, or the first `most` bytes; null where they cannot all be read. */
export function textAt(call: Prctl, at: number, most: number): ByteString | null {
  const there = pointee(call, at);
  if (there === null || there instanceof Uint8Array) return null;
  const bytes = typeof there === "string" ? `${there}\0` : there.bytes;
  const nul = bytes.indexOf("\0");
  if (nul < 0 && bytes.length < most) return null;
  return bytes.slice(0, nul < 0 ? most : Math.min(nul, most));
}

/** Without the blanks around it; null where nothing is left. */
export function stripped(text: ByteString): ByteString | null {
  const inside = text.replace(/^[\t-\r \xa0]+|[\t-\r \xa0]+$/g, "");
  return inside === "" ? null : inside;
}

/** What GET answers that found a text. A buffer that ends too early is ENOSPC too, and the text's beginning is in it. */
export function putText(text: ByteString, call: Prctl, at: number, size: number): Answer {
  if (text.length + 1 > Math.min(size, MAX_FILTER_STR_VAL)) return refused("ENOSPC");
  const room = roomAt(call, at);
  if (room > text.length) return { ...done(), text };
  return room === 0 ? refused("ENOSPC") : { ok: false, errno: "ENOSPC", text: text.slice(0, room) };
}

/** Bytes that can be written there. A string stands for a buffer of any size. */
function roomAt(call: Prctl, at: number): number {
  const there = pointee(call, at);
  if (there === null) return 0;
  if (typeof there === "string") return Number.POSITIVE_INFINITY;
  return there instanceof Uint8Array ? there.length : there.bytes.length;
}
