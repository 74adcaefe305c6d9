import { DuckDBInstance } from "@duckdb/node-api";
import { copyFileSync } from "node:fs";
import { describe, expect } from "vitest";
import { startCli } from "../support/cli.js";
import { crashTest as it, CRASH_COMMANDS, type CrashCommand } from "../support/crash-fixture.js";
import {
  expectWholeAfter,
  killAtEach,
  signalMoments,
  someMoments,
  type Crash,
  startAt,
  stateOf,
  stepsOf,
} from "../support/killed-at-steps.js";
import { written } from "../support/working-copy.js";

/** What each command does to its file, in words that all must list. */
const NAMED_STEPS = ["folder", "copy", "fsync", "commit", "checkpoint", "detach", "rename", "remove", "unlock"];

/**
 * The steps at which each command is killed: the cheapest at every one, the others, which use the same code, at one of
 * the decisive steps each. The long form kills every command at every step.
 */
const KILLED_AT: Record<CrashCommand, RegExp> = {
  update: /^commit /,
  backfill: /^checkpoint /,
  sweep: /^rename /,
  import: /^/,
};

type Steps = ReturnType<typeof stepsOf>;

/** Each command's steps, which are the same in every test. */
const known = new Map<CrashCommand, Steps>();
function knownSteps(command: CrashCommand, crash: (command: CrashCommand) => Crash): Steps {
  const steps = known.get(command) ?? stepsOf(crash(command));
  known.set(command, steps);
  return steps;
}

describe("SIGKILL at the steps of", () => {
  it.for(CRASH_COMMANDS)(
    "%s: readers see the state before or after it, and the next run continues",
    async (command, { crash }) => {
      const { steps, after } = await knownSteps(command, crash);
      expect(new Set(steps.map((step) => step.split(" ")[0]))).toEqual(new Set(NAMED_STEPS));
      // For a power failure to do no harm, the file must be synced before it is renamed, and its folder after that.
      const publishing = steps.filter((step) => /^(fsync|rename)/.test(step)).map((step) => step.split(" ")[0]);
      expect(publishing.slice(-3)).toEqual(["fsync", "rename", "fsync"]);
      // A compaction gives its new file the copy's name.
      expect(steps.filter((step) => step.startsWith("rename"))).toHaveLength(2);
      const killedAt = steps.filter((step) => KILLED_AT[command].test(step));
      const moments = someMoments(killedAt, CRASH_COMMANDS.indexOf(command));
      // How often a run commits depends on the machine, so the last number of a step may not come again.
      expect(await killAtEach(crash(command), moments, after)).toBeGreaterThanOrEqual(moments.length / 2);
    },
  );
});

describe("a signal at a step of", () => {
  it.for(["update", "backfill", "sweep"] as const)(
    "%s ends it with whole units",
    async (command, { crash, expectSound }) => {
      const { steps } = await knownSteps(command, crash);
      const moments = signalMoments(steps);
      // Each signal goes to one command; the long form sends all of them to each.
      const [at, signal] = moments[CRASH_COMMANDS.indexOf(command) % moments.length] ?? moments[0];
      await expectWholeAfter(crash(command), at, signal);
      await expectSound();
    },
  );
});

describe("a copy that a killed run left", () => {
  it("is dropped if its counts and rows disagree, as after a log that broke off", async ({ crash }) => {
    const { steps, after } = await knownSteps("update", crash);
    const { args, env, db, base } = crash("update");
    copyFileSync(base, db);
    await startAt(crash("update"), `${steps.findLast((step) => step.startsWith("rename"))} before`, "SIGKILL").done;
    const left = written(db);
    expect(left).not.toBe(db);
    const instance = await DuckDBInstance.create(left);
    const connection = await instance.connect();
    await connection.run("DELETE FROM daily_symbol_counts WHERE probed_count > 0");
    connection.closeSync();
    instance.closeSync();
    const { code, stderr } = await startCli(args, env).done;
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("damaged and was dropped") as string });
    expect(await stateOf(db)).toBe(after);
  });
});
