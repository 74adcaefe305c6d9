import { fileURLToPath } from "node:url";
import { mergeConfig } from "vitest/config";
import base from "../vitest.config.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** The compiled sources, or a mutant's. */
const dist = process.env["BFA_MODEL_DIST"] ?? `${root}dist/src/`;

/** Runs the model for the requested number of seeds, on the built product or on a mutant of it. */
export default mergeConfig(
  { ...base, resolve: {}, test: { ...base.test, include: [] } },
  {
    resolve: { alias: [{ find: /^(?:\.\.\/)+src\/(.*)$/, replacement: `${dist}$1` }] },
    test: {
      include: ["test/model/model.test.ts", "test/model/mutants.long.ts"],
      testTimeout: 24 * 3_600_000,
      disableConsoleIntercept: true,
    },
  },
);
