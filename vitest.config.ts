import { defineConfig } from "vitest/config";

// Tests run from source: the custom condition points every workspace import at src/.
// Those of the running kernel are a mode of their own: `vitest run --mode live`.
export default defineConfig(({ mode }) => {
  const isLive = mode === "live";
  return {
    resolve: { conditions: ["@gatehouse/source"] },
    ssr: { resolve: { conditions: ["@gatehouse/source"] } },
    test: {
      include: [isLive ? "test/**/*.live.test.ts" : "test/**/*.test.ts"],
      exclude: isLive ? [] : ["test/**/*.live.test.ts"],
      passWithNoTests: true,
      // How long a test takes is no test: this only ends one that hangs.
      testTimeout: 120_000,
      hookTimeout: 120_000,
      reporters: ["default", "json"],
      outputFile: { json: isLive ? "live-results.json" : "test-results.json" },
    },
  };
});
