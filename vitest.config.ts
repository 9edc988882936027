import { defineConfig } from "vitest/config";

// Tests run from source: the custom condition points every workspace import at src/.
export default defineConfig({
  resolve: { conditions: ["@gatehouse/source"] },
  ssr: { resolve: { conditions: ["@gatehouse/source"] } },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.live.test.ts"],
    passWithNoTests: true,
    // How long a test takes is no test: this only ends one that hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ["default", "json"],
    outputFile: { json: "test-results.json" },
  },
});
