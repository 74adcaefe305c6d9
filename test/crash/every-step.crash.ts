import { describe, expect } from "vitest";
import { crashTest as it, CRASH_COMMANDS } from "../support/crash-fixture.js";
import { allMoments, expectWholeAfter, killAtEach, signalMoments, stepsOf } from "../support/killed-at-steps.js";

/** The long form of `test/hostile/killed.test.ts`. */
describe("SIGKILL before, within and after every step of", () => {
  it.for(CRASH_COMMANDS)(
    "%s: readers see the state before or after it, and the next run continues",
    async (command, { crash }) => {
      const { steps, after } = await stepsOf(crash(command));
      const moments = allMoments(steps);
      const killed = await killAtEach(crash(command), moments, after);
      process.stderr.write(`${command}: killed ${killed} times at ${steps.length} steps\n`);
      expect(killed).toBe(moments.length);
    },
  );
});

describe("an early signal, one in a transaction and one before the file is published, at", () => {
  it.for(CRASH_COMMANDS)("%s ends it with whole units", async (command, { crash, expectSound }) => {
    const { steps } = await stepsOf(crash(command));
    for (const [at, signal] of signalMoments(steps)) {
      await expectWholeAfter(crash(command), at, signal);
      await expectSound();
    }
  });
});
