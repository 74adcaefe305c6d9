import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import type { Replica } from "../../src/replica/replica.js";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import { CLI, runCli, startCli, summaryOf, type RunningCli } from "../support/cli.js";
import { rowsOf, tableOf } from "../support/database.js";
import { replicaTest, syntheticWorld } from "../support/fixture.js";
import { startRawServer } from "../support/raw-server.js";
import { truthOf } from "../support/truth.js";
import { copyToLookAt, written } from "../support/working-copy.js";

/** Moments at which a run is killed, over both sources. */
const KILLS = 50;

const yesterday = dayAt(Date.now()) - 1;
const first = yesterday - 700;
// Late enough that nothing which was probed today is due again.
const last = yesterday - 90;
const days = last - first + 1;
// Rows enough that a run ends with a compaction of the file, so that some kills fall into one.
const { history, symbols, source } = syntheticWorld({ seed: 3, symbols: 100, from: first, through: yesterday });

/** Whether this user may mount a file system in a namespace of its own. */
function canMount(): boolean {
  return spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", tmpdir()]).status === 0;
}

/** Resolves with the next request that the replica gets, or when the command has ended. */
async function firstRequest(replica: Replica, running: RunningCli): Promise<void> {
  const count = async () => Object.values((await replica.stats()).requests).reduce((a, b) => a + b, 0);
  const before = await count();
  const { child } = running;
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  while (!isOver() && (await count()) === before) await new Promise((resolve) => setTimeout(resolve, 10));
}

const it = replicaTest({ history: source })
  .extend("db", ({ folder }) => join(folder, "data", "a.duckdb"))
  .extend("backfill", ({ bfa }) => {
    return (...args: string[]) => bfa("backfill", "--json", ...args);
  })
  /** Looks at copies, so that looking doesn't recover the file for the next run. */
  .extend("expectWholeUnits", ({ db, folder, expectSound }) => {
    return async (unit: "symbol" | "date", size: number, file = db) => {
      const copy = copyToLookAt(file, join(folder, "copy.duckdb"));
      const known = "SELECT count(*) FROM information_schema.tables WHERE table_name = 'daily_availability'";
      if ((await rowsOf(copy, known))[0]?.[0] === 0n) return;
      const units = `SELECT ${unit} FROM daily_availability GROUP BY 1 HAVING count(*) <> ${size}`;
      expect(await rowsOf(copy, `SELECT count(*)::INT FROM (${units})`)).toEqual([[0]]);
      await expectSound(copy);
    };
  });

describe("a killed backfill", () => {
  it.for(["list", "head"])(
    `leaves whole units at ${KILLS / 2} random moments, and goes on to the truth, by %s`,
    { timeout: 170_000 },
    async (source, { replica, folder, db, start, backfill, expectSound, expectWholeUnits }) => {
      const from = source === "list" ? first : last - 70;
      const args = ["--from", formatDay(from), "--to", formatDay(last), "--source", source];
      for (let i = 0; i < KILLS / 2; i++) {
        const running = start("backfill", ...args);
        // Start-up takes most of a run's time: half of the kills wait for the first byte of work.
        const atWork = i % 2 === 0;
        if (atWork) await firstRequest(replica, running);
        const timer = setTimeout(() => running.child.kill("SIGKILL"), Math.random() * (atWork ? 700 : 1200));
        const { code } = await running.done;
        clearTimeout(timer);
        if (!existsSync(db)) continue;
        await expectWholeUnits(source === "list" ? "symbol" : "date", source === "list" ? days : symbols.length);
        if (code === 0) {
          rmSync(folder, { recursive: true });
          mkdirSync(folder);
        }
      }
      expect(summaryOf(await backfill(...args)).outcome).toBe("whole");
      expect(await tableOf(db)).toEqual(truthOf(history, symbols, from, last));
      await expectSound();
    },
  );
});

describe("an interrupted backfill", () => {
  it("finishes the units in hand on Ctrl-C, and goes on from there", async ({
    replica,
    start,
    backfill,
    expectSound,
    expectWholeUnits,
  }) => {
    const args = ["--from", formatDay(last - 300), "--to", formatDay(last), "--source", "head"];
    const running = start("backfill", "--json", ...args, "--connections", "4");
    await firstRequest(replica, running);
    running.child.kill("SIGINT");
    const result = await running.done;
    expect(result.code, result.stderr).toBe(130);
    expect(result.stderr).toContain("go on with: bfa backfill");
    const interrupted = summaryOf(result);
    expect(interrupted.probes).toBe(interrupted.rows_written);
    await expectWholeUnits("date", symbols.length);
    expect(summaryOf(await backfill(...args)).probes).toBe(symbols.length * 301 - interrupted.probes);
    await expectSound();
  });

  it("ends at once on a second Ctrl-C, with a sound file", async ({ db, ca }) => {
    const server = await startRawServer(() => undefined);
    try {
      writeFileSync(ca, server.ca);
      const args = ["backfill", "--db", db, "--endpoint", server.url, "--ca", ca, "--symbols", "BTCUSDT"];
      const running = startCli(args);
      await server.received(1);
      const said = new Promise((resolve) => running.child.stderr?.once("data", resolve));
      running.child.kill("SIGINT");
      await said;
      running.child.kill("SIGINT");
      // The signal itself ends it: a shell calls that 130.
      expect(await running.done).toMatchObject({ code: null, signal: "SIGINT" });
      // Nothing was committed, so nothing takes the file's name.
      expect(existsSync(db)).toBe(false);
    } finally {
      await server.close();
    }
  });

  it("ends as quietly on a second signal while rows are written", async ({ replica, db, start, expectSound }) => {
    const args = ["--from", formatDay(first), "--to", formatDay(last), "--source", "list"];
    for (const afterMs of [0, 5, 10, 20, 40]) {
      const running = start("backfill", "--json", ...args);
      await firstRequest(replica, running);
      running.child.kill("SIGTERM");
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      running.child.kill("SIGTERM");
      const { code, signal, stderr } = await running.done;
      // It may have been done with the units in hand before.
      expect(["130", "SIGTERM"]).toContain(signal ?? String(code));
      expect(stderr).not.toContain("terminate called");
      if (existsSync(db)) await expectSound();
    }
  });
});

describe("a backfill that can't write", () => {
  const args = ["--from", formatDay(first), "--to", formatDay(last)];

  it.skipIf(process.platform !== "linux")(
    "ends with code 3 and a whole file when the disk is full",
    async ({ env, db, backfill, expectWholeUnits }) => {
      // A limit on the size of files stands for the full disk: the write fails in the same place.
      const command = ["-c", 'ulimit -f 300; exec "$@"', "bash", process.execPath, CLI, "backfill", ...args];
      const limited = spawnSync("bash", command, { env: { ...process.env, ...env }, encoding: "utf8" });
      expect(limited.status, limited.stderr).toBe(3);
      await expectWholeUnits("symbol", days, written(db));
      expect(summaryOf(await backfill(...args)).outcome).toBe("whole");
      expect(await tableOf(db)).toEqual(truthOf(history, symbols, first, last));
    },
  );

  it.skipIf(!canMount())(
    "ends with code 3 on a file system that fills, and goes on once there is room",
    async ({ env, folder, expectSound, expectWholeUnits }) => {
      const [full, after] = ["full", "after"].map((name) => join(folder, name)) as [string, string];
      const mount = join(folder, "mount");
      for (const path of [full, after, mount]) mkdirSync(path);
      // The mount is seen by this shell and its children only, and is gone with them.
      const script = `mount -t tmpfs -o size=600k tmpfs "$1" || exit 9
      "$4" "$5" backfill "\${@:6}"; code=$?
      cp -r "$1"/. "$2" && mount -o remount,size=64m "$1" && "$4" "$5" backfill "\${@:6}" && cp -r "$1"/. "$3" || exit 8
      exit $code`;
      const command = ["-rm", "bash", "-c", script, "bash", mount, full, after, process.execPath, CLI, ...args];
      const mounted = { ...process.env, ...env, BFA_DB: join(mount, "a.duckdb") };
      const filled = spawnSync("unshare", command, { env: mounted, encoding: "utf8" });
      expect(filled.status, filled.stderr).toBe(3);
      expect(filled.stderr).toMatch(/^bfa: the disk of .*a\.duckdb is full/m);
      await expectWholeUnits("symbol", days, written(join(full, "a.duckdb")));
      const final = join(after, "a.duckdb");
      expect(await tableOf(final)).toEqual(truthOf(history, symbols, first, last));
      await expectSound(final);
    },
  );

  it("ends with code 3 where no file can be made", async ({ ca, env }) => {
    const inAFile = join(ca, "a.duckdb");
    const result = await runCli(["backfill", ...args], { ...env, BFA_DB: inAFile });
    expect(result).toMatchObject({ code: 3, stdout: "" });
    expect(result.stderr).toContain(inAFile);
  });

  // Node's recursive mkdir never returns there.
  it.runIf(existsSync("/proc/self"))("ends with code 3 where the system makes no folder", async ({ env }) => {
    const inProc = "/proc/bfa/a.duckdb";
    const result = await runCli(["backfill", ...args], { ...env, BFA_DB: inProc });
    expect(result).toMatchObject({ code: 3, stdout: "" });
    expect(result.stderr).toContain(inProc);
  });
});
