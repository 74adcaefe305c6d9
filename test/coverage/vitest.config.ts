import { mergeConfig } from "vitest/config";
import base from "../vitest.config.js";

/**
 * The suite, except that its processes write their coverage after each file: vitest terminates them before they would.
 */
export default mergeConfig(base, { test: { setupFiles: ["test/coverage/after-file.ts"] } });
