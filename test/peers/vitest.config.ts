import { mergeConfig } from "vitest/config";
import base from "../vitest.config.js";

/** Runs the comparisons of this folder, which the suite leaves out since they need programs beside the checkout. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  {
    test: { include: ["test/peers/*.peer.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
  },
);
