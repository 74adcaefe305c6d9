import { mergeConfig } from "vitest/config";
import base from "../vitest.config.js";

/** Runs the tests in this folder, which the suite leaves out because they wait for half a minute. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  { test: { include: ["test/load/*.load.ts"], disableConsoleIntercept: true } },
);
