import { configDefaults, mergeConfig } from "vitest/config";
import base from "../vitest.config.js";

/**
 * The suite without the tests of the package, which are about its bundles. Its processes write their coverage after
 * each file: vitest terminates them before they would.
 */
export default mergeConfig(base, {
  test: { setupFiles: ["test/coverage/after-file.ts"], exclude: [...configDefaults.exclude, "test/package/**"] },
});
