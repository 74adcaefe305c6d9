import { mergeConfig } from "vitest/config";
import base from "../vitest.config.js";

/** Runs the tests of this folder, which the suite leaves out since they wait for half a minute. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  { test: { include: ["test/load/*.load.ts"], disableConsoleIntercept: true } },
);
