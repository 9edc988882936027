import { expect, test } from "vitest";
import { openAddon } from "../src/index.js";

test("the addon is there, or says why not", () => {
  const addon = openAddon();
  if (addon.ok) expect(addon.value.version).toBe(1);
  else expect(addon.error).not.toBe("");
});
