import { mergeConfig } from "vitest/config";
import base from "../vitest.config.js";

/** The suite, whose processes write down what they ran after each file: vitest ends them before they would. */
export default mergeConfig(base, { test: { setupFiles: ["test/coverage/after-file.ts"] } });
