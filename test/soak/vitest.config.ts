import { mergeConfig } from "vitest/config";
import base from "../vitest.config.js";

/** Runs the soak in this folder, which the suite leaves out because it takes minutes. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  {
    test: {
      include: ["test/soak/*.soak.ts"],
      testTimeout: 3_600_000,
      hookTimeout: 600_000,
      disableConsoleIntercept: true,
    },
  },
);
