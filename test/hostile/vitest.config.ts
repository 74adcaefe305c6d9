import { mergeConfig } from "vitest/config";
import base from "../vitest.config.js";

/**
 * Runs the files in this folder that the suite leaves out because they take minutes, and the servers with random faults
 * with more seeds than in the suite, or BFA_FAULT_SEEDS of them.
 */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  {
    test: {
      include: ["test/hostile/*.long.ts", "test/hostile/{network,http2}.test.ts"],
      env: { BFA_FAULT_SEEDS: process.env["BFA_FAULT_SEEDS"] ?? "24" },
      testTimeout: 7_200_000,
      hookTimeout: 60_000,
      disableConsoleIntercept: true,
    },
  },
);
