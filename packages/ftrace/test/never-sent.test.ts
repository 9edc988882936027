// The guard of the live tests: no text passes that a kernel may install a corrupt program for.

import { expect, test } from "vitest";
import { isNeverToBeSent } from "./live/never-sent.js";

test.each([
  "a == 1 || b == 1 &&",
  "a == 1||b == 1&&",
  "a == 1 || b == 1 && ",
  "a == 1 || b == 1 &&\t\n\v\f\r\xa0",
  "a == 1 || b == 1 && !",
  "a == 1 || b == 1 && ! !!\xa0!",
  "a == 1 || b == 1 && c == 1 && !",
  "a == 1 || b == 1 &&\0 && c == 1",
  "x\0a == 1 || b == 1 &&",
  "(a == 1 || b == 1) &&", // harmless, but who counts parentheses may miscount
  "a == '||' &&",
  "a == 1 || b == 1 && (",
  "a == 1 || (b == 1 &&)",
  "a == 1 || b == 1 &",
])("%j is not sent", (text) => {
  expect(isNeverToBeSent(Buffer.from(text, "latin1"))).toBe(true);
});

test.each([
  "a == 1 &&",
  "a == 1 && !",
  "a == 1 ||",
  "a == 1 || b == 1 && c == 1 ||",
  "a == 1 || b == 1 && c == 1",
  "a == 1 && b == 1 || !",
  "",
])("%j is sent", (text) => {
  expect(isNeverToBeSent(Buffer.from(text, "latin1"))).toBe(false);
});
