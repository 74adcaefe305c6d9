import { mergeConfig } from "vitest/config";
import base from "../vitest.config.js";

/** Runs the files in this folder that the suite leaves out because they take minutes. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  {
    test: {
      include: ["test/hostile/*.long.ts"],
      testTimeout: 7_200_000,
      hookTimeout: 60_000,
      disableConsoleIntercept: true,
    },
  },
);
