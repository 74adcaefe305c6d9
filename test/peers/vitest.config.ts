import { mergeConfig } from "vitest/config";
import base from "../vitest.config.js";

/** Runs the comparisons in this folder, which the suite leaves out because they need programs outside the checkout. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  {
    test: { include: ["test/peers/*.peer.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
  },
);
