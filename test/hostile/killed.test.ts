import { describe, expect } from "vitest";
import { crashTest as it, CRASH_COMMANDS } from "../support/crash-fixture.js";
import { killAtEach, someMoments, startAt, stepsOf } from "../support/killed-at-steps.js";

/** What a command does to its file, in words that every one of them must know. */
const NAMED_STEPS = ["folder", "copy", "fsync", "commit", "checkpoint", "detach", "rename", "remove", "unlock"];

describe("SIGKILL at the steps of", () => {
  it.for(CRASH_COMMANDS)(
    "%s: readers see the state before or after it, and the next run goes on",
    { timeout: 600_000 },
    async (command, { crash }) => {
      const { steps, after } = await stepsOf(crash(command));
      expect(new Set(steps.map((step) => step.split(" ")[0]))).toEqual(new Set(NAMED_STEPS));
      // What a power failure leaves: the new name is given to what is on the disk, and is there itself before the end.
      const publishing = steps.filter((step) => /^(fsync|rename)/.test(step)).map((step) => step.split(" ")[0]);
      expect(publishing.slice(-3)).toEqual(["fsync", "rename", "fsync"]);
      // A compaction gives its new file the copy's name.
      expect(steps.filter((step) => step.startsWith("rename"))).toHaveLength(command === "update" ? 1 : 2);
      const moments = someMoments(steps);
      expect(await killAtEach(crash(command), moments, after)).toBeGreaterThanOrEqual(10);
    },
  );
});

describe("a signal at a step of", () => {
  it.for(CRASH_COMMANDS)(
    "%s ends it with whole units",
    { timeout: 120_000 },
    async (command, { crash, expectSound }) => {
      const { steps } = await stepsOf(crash(command));
      for (const [at, signal] of [
        [`copy 1 within`, "SIGINT"],
        [`commit 1 within`, "SIGTERM"],
        [`${steps.findLast((step) => step.startsWith("rename"))} before`, "SIGHUP"],
      ] as const) {
        const result = await startAt(crash(command), at, signal).done;
        expect([0, 130], `${signal} at ${at}: ${result.stderr}`).toContain(result.code);
        await expectSound();
      }
    },
  );
});
