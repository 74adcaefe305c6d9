import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import { CLI, GRACE_MS, patient, runCli, startCli, summaryOf, UNHURRIED } from "../support/cli.js";
import { rowsOf, tableOf } from "../support/database.js";
import { replicaTest, syntheticWorld } from "../support/fixture.js";
import { startAt } from "../support/killed-at-steps.js";
import { available, startRawServer } from "../support/raw-server.js";
import { truthOf } from "../support/truth.js";
import { copyToLookAt, written } from "../support/working-copy.js";

const yesterday = dayAt(Date.now()) - 1;
const first = yesterday - 700;
// Old enough that no cell probed today is due again.
const last = yesterday - 90;
const days = last - first + 1;
// More rows than fit on the small disks below.
const { history, symbols, source } = syntheticWorld({ seed: 3, symbols: 40, from: first, through: yesterday });

/** Whether this user may mount a file system in a private namespace. */
function canMount(): boolean {
  return spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", tmpdir()]).status === 0;
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

describe("an interrupted backfill", () => {
  it("finishes the units in hand on Ctrl-C, and can be continued", async ({
    ca,
    db,
    backfill,
    expectSound,
    expectWholeUnits,
  }) => {
    // From this request on, the server holds back its answers until the signal was sent.
    const HELD = 100;
    const some = symbols.slice(0, 10);
    let isHolding = true;
    const held: (() => void)[] = [];
    const server = await startRawServer((socket) => {
      const answer = () => socket.write(available());
      if (isHolding && server.requests.length > HELD) held.push(answer);
      else answer();
    });
    try {
      writeFileSync(ca, server.ca);
      const range = ["--from", formatDay(last - 29), "--to", formatDay(last), "--source", "head"];
      const where = ["--endpoint", server.url, "--symbols", some.join(","), "--unlisted"];
      const args = ["--db", db, "--ca", ca, ...where, ...range];
      const running = startCli(["backfill", "--json", ...args, ...UNHURRIED, "--connections", "4"], patient(GRACE_MS));
      await server.received(HELD + 1);
      running.child.kill("SIGINT");
      await running.untilPrinted("finishing the current units");
      isHolding = false;
      for (const answer of held) answer();
      const result = await running.done;
      expect(result.code, result.stderr).toBe(130);
      expect(result.stderr).toContain("continue with: bfa backfill");
      const interrupted = summaryOf(result);
      expect(interrupted.probes).toBe(interrupted.rows_written);
      await expectWholeUnits("date", some.length);
      expect(summaryOf(await backfill(...args)).probes).toBe(some.length * 30 - interrupted.probes);
      await expectSound();
    } finally {
      await server.close();
    }
  });

  it("ends immediately on a second Ctrl-C, with a sound file", async ({ db, ca }) => {
    const server = await startRawServer(() => undefined);
    try {
      writeFileSync(ca, server.ca);
      const args = ["backfill", "--db", db, "--endpoint", server.url, "--ca", ca, "--symbols", "BTCUSDT"];
      const running = startCli([...args, ...UNHURRIED], patient(GRACE_MS));
      await server.received(1);
      running.child.kill("SIGINT");
      await running.untilPrinted("finishing the current units");
      running.child.kill("SIGINT");
      // The signal itself ends it; a shell reports that as 130.
      expect(await running.done).toMatchObject({ code: null, signal: "SIGINT" });
      // Nothing was committed, so nothing gets the file's name.
      expect(existsSync(db)).toBe(false);
    } finally {
      await server.close();
    }
  });

  it.for(["before", "within", "after"])(
    "ends just as quietly on a second signal while rows are written, the first one %s a commit",
    async (moment, { db, env, expectSound }) => {
      const args = ["backfill", "--json", "--from", formatDay(first), "--to", formatDay(last), "--source", "list"];
      const running = startAt({ args, env }, `commit 1 ${moment}`, "SIGTERM");
      await running.untilPrinted("finishing the current units");
      running.child.kill("SIGTERM");
      const { code, signal, stderr } = await running.done;
      // It may already have finished the units in hand.
      expect(["130", "SIGTERM"]).toContain(signal ?? String(code));
      expect(stderr).not.toContain("terminate called");
      if (existsSync(db)) await expectSound();
    },
  );
});

describe("a backfill that can't write", () => {
  const args = ["--from", formatDay(first), "--to", formatDay(last)];

  it.skipIf(process.platform !== "linux")(
    "exits with 3 and whole units when the disk is full",
    async ({ env, db, backfill, expectWholeUnits }) => {
      // A limit on file sizes stands in for the full disk: the write fails in the same place.
      const command = ["-c", 'ulimit -f 300; exec "$@"', "bash", process.execPath, CLI, "backfill", ...args];
      const limited = spawnSync("bash", command, { env: { ...process.env, ...env }, encoding: "utf8" });
      expect(limited.status, limited.stderr).toBe(3);
      await expectWholeUnits("symbol", days, written(db));
      expect(summaryOf(await backfill(...args)).outcome).toBe("whole");
      expect(await tableOf(db)).toEqual(truthOf(history, symbols, first, last));
    },
  );

  it.skipIf(!canMount())(
    "exits with 3 on a file system that fills up, and continues once there is room",
    async ({ env, folder, expectSound, expectWholeUnits }) => {
      const [full, after] = ["full", "after"].map((name) => join(folder, name)) as [string, string];
      const mount = join(folder, "mount");
      for (const path of [full, after, mount]) mkdirSync(path);
      // Only this shell and its children see the mount, and it ends with them.
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

  it("exits with 3 where no file can be created", async ({ ca, env }) => {
    const inAFile = join(ca, "a.duckdb");
    const result = await runCli(["backfill", ...args], { ...env, BFA_DB: inAFile });
    expect(result).toMatchObject({ code: 3, stdout: "" });
    expect(result.stderr).toContain(inAFile);
  });

  // Node's recursive mkdir never returns here.
  it.runIf(existsSync("/proc/self"))("exits with 3 where the system creates no folder", async ({ env }) => {
    const inProc = "/proc/bfa/a.duckdb";
    const result = await runCli(["backfill", ...args], { ...env, BFA_DB: inProc });
    expect(result).toMatchObject({ code: 3, stdout: "" });
    expect(result.stderr).toContain(inProc);
  });
});
