import { mergeConfig } from "vitest/config";
import base from "../vitest.config.js";

/**
 * Runs the files with costly properties, with 30 times as many runs as in the suite, or BFA_PROPERTY_TIMES times as
 * many.
 */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  {
    test: {
      include: ["test/{files,publish,query,store}/**/*.test.ts"],
      env: { BFA_PROPERTY_TIMES: process.env["BFA_PROPERTY_TIMES"] ?? "30" },
      testTimeout: 7_200_000,
    },
  },
);
