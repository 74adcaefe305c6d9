import { mergeConfig } from "vitest/config";
import base from "../vitest.config.js";

/** Installs the package with npm, which the suite leaves out because it may need the registry. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  {
    test: { include: ["test/install/*.install.ts"], testTimeout: 300_000, hookTimeout: 600_000, maxWorkers: 1 },
  },
);
