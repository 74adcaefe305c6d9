import { mergeConfig } from "vitest/config";
import base from "../vitest.config.js";

/** Runs the kills in this folder, which the suite leaves out because they take minutes. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  {
    test: {
      include: ["test/crash/*.crash.ts"],
      testTimeout: 7_200_000,
      hookTimeout: 600_000,
      disableConsoleIntercept: true,
    },
  },
);
