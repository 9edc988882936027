import { defineConfig } from "vitest/config";

// Tests run from source: the custom condition points every workspace import at src/.
export default defineConfig({
  resolve: { conditions: ["@gatehouse/source"] },
  ssr: { resolve: { conditions: ["@gatehouse/source"] } },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.live.test.ts"],
    passWithNoTests: true,
    reporters: ["default", "json"],
    outputFile: { json: "test-results.json" },
  },
});
