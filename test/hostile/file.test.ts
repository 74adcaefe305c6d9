import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect } from "vitest";
import { chance } from "../../src/replica/random.js";
import { openReader, type Store } from "../../src/store/open.js";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import { CLI, runCli, startCli, type CliResult } from "../support/cli.js";
import { rowsOf, soundness, tableOf, temporaryFolder } from "../support/database.js";
import { replicaTest, syntheticWorld } from "../support/fixture.js";
import { startRawServer } from "../support/raw-server.js";
import { truthOf } from "../support/truth.js";

const last = dayAt(Date.now()) - 10;
const first = last - 199;
const { history, symbols, source } = syntheticWorld({ seed: 13, symbols: 60, from: first, through: last });
const range = ["--from", formatDay(first), "--to", formatDay(last)];

/** Runs the CLI, as the fixture does. */
type Bfa = (...args: string[]) => Promise<CliResult>;

/** A file with the whole history, to be copied. */
const it = replicaTest({ history: source }).extend(
  "sound",
  { scope: "file" },
  async ({ replicaThread }, { onCleanup }) => {
    const { path, remove } = temporaryFolder();
    onCleanup(remove);
    const db = join(path, "sound.duckdb");
    const ca = join(path, "ca.pem");
    writeFileSync(ca, replicaThread.ca);
    const { url, listUrl } = replicaThread;
    const env = { BFA_ENDPOINT: url, BFA_LIST_ENDPOINT: listUrl, BFA_CA: ca };
    expect(await runCli(["backfill", "--db", db, ...range], env)).toMatchObject({ code: 0 });
    return { db };
  },
);

describe("two at once on one file", () => {
  it("two backfills: one works, the other says who has the file and touches nothing", async ({ folder, db, bfa }) => {
    const both = await Promise.all([1, 2].map(() => bfa("backfill", "--db", db, ...range)));
    const [ok, refused] = both.sort((a, b) => Number(a.code) - Number(b.code));
    expect({ ok: ok?.code, refused: refused?.code }, refused?.stderr).toEqual({ ok: 0, refused: 3 });
    expect(refused?.stderr).toMatch(/^bfa: .*a\.duckdb is in use by .*\n$/m);
    expect(refused?.stdout).toBe("");
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, first, last));
    expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
    expect(readdirSync(folder)).toEqual([".a.duckdb.lock", "a.duckdb"]);
  });

  it("a question while a run writes is answered from what was published", async ({ folder, db, bfa, sound }) => {
    const silent = await startRawServer(() => undefined);
    copyFileSync(sound.db, db);
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, silent.ca);
    const args = ["update", "--db", db, "--symbols", "BTCUSDT", "--unlisted", "--endpoint", silent.url, "--ca", ca];
    const running = startCli([...args, "--adopt-endpoint"], {});
    try {
      await silent.received(1);
      for (const question of [["query", "snapshot", formatDay(last)], ["status"], ["validate"]]) {
        const asked = await bfa(...question, "--db", db);
        expect(asked.code, asked.stderr).toBe(0);
      }
    } finally {
      running.child.kill("SIGKILL");
      await running.done;
      await silent.close();
    }
    expect((await bfa("query", "snapshot", formatDay(last), "--db", db)).code).toBe(0);
  });

  it("a reader that stays open stops no run, keeps its state, and sees the new one on reopening", async ({
    folder,
    db,
    bfa,
    sound,
  }) => {
    copyFileSync(sound.db, db);
    const count = "SELECT count(*)::INTEGER FROM runs";
    const ask = async (reader: Store) => (await reader.connection.runAndReadAll(count)).getRows();
    const reader = await openReader(db);
    try {
      const before = await ask(reader);
      for (const args of [["update", "--date", formatDay(last)], ["import", sound.db], ["discover"]]) {
        const { code, stderr } = await bfa(...args, "--db", db);
        expect(code, stderr).toBe(0);
      }
      expect(await ask(reader)).toEqual(before);
      const again = await openReader(db);
      expect(await ask(again)).toEqual([[Number(before[0]?.[0]) + 2]]);
      await again.close();
    } finally {
      await reader.close();
    }
    expect(readdirSync(folder)).toEqual([".a.duckdb.lock", "a.duckdb"]);
  });

  it("somebody who has the file open for writing: named, or waited for; the file is left alone", async ({
    folder,
    db,
    bfa,
    sound,
  }) => {
    copyFileSync(sound.db, db);
    const before = readFileSync(db);
    const notebook = await DuckDBInstance.create(db);
    try {
      for (const args of [["update", "--date", formatDay(last)], ["import", sound.db], ["discover"], ["status"]]) {
        const { code, stdout, stderr } = await bfa(...args, "--db", db);
        expect({ code, stdout }, stderr).toEqual({ code: 3, stdout: "" });
        expect(stderr).toContain(`is in use by process ${process.pid}`);
      }
      expect(readdirSync(folder)).toEqual([".a.duckdb.lock", "a.duckdb"]);
    } finally {
      notebook.closeSync();
    }
    expect(readFileSync(db).equals(before)).toBe(true);
    const waitedFor = await DuckDBInstance.create(db);
    const waiting = ["update", "import"].map((command) =>
      bfa(...(command === "update" ? ["update", "--date", formatDay(last)] : ["import", sound.db]), "--wait", "25"),
    );
    await sleep(2500);
    waitedFor.closeSync();
    for (const { code, stderr } of await Promise.all(waiting)) expect(code, stderr).toBe(0);
  });

  it("questions beside each other: all are answered", async ({ db, bfa, sound }) => {
    copyFileSync(sound.db, db);
    const answers = await Promise.all([1, 2, 3, 4].map(() => bfa("query", "counts", "--db", db)));
    expect(answers.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(new Set(answers.map(({ stdout }) => stdout)).size).toBe(1);
  });
});

describe("a signal at any moment", () => {
  it.for(["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const)(
    "%s leaves whole days of an update and whole imports",
    async (signal, { folder, db, bfa, start, sound }) => {
      copyFileSync(sound.db, db);
      const other = join(folder, "other.duckdb");
      copyFileSync(sound.db, other);
      const into = join(folder, "into.duckdb");
      for (let moment = 0; moment < 3; moment++) {
        const update = start("update", "--db", db, "--lookback", "40", "--date", formatDay(last));
        const importing = start("import", other, "--db", into);
        await sleep(100 + moment * 250);
        update.child.kill(signal);
        importing.child.kill(signal);
        const ended = [await update.done, await importing.done];
        for (const { code, signal: by, stderr } of ended) {
          // By its own decision, or by the signal where it is not caught.
          expect(code === null ? by : code, stderr).toSatisfy(
            (end: number | string) => end === signal || end === 0 || end === 130,
          );
        }
      }
      for (const file of [db, into]) {
        if (!existsSync(file)) continue;
        const tables = await rowsOf(file, "SELECT 1 FROM information_schema.tables WHERE table_name = 'availability'");
        if (tables.length === 0) continue;
        expect(await soundness(file)).toEqual({ wrongCounts: 0, duplicates: 0 });
        const table = await tableOf(file);
        expect([0, symbols.length * 200]).toContain(table.length);
      }
      expect(await tableOf(db)).toEqual(truthOf(history, symbols, first, last));
      expect((await bfa("import", other, "--db", into)).code).toBe(0);
      expect(await tableOf(into)).toEqual(await tableOf(db));
    },
  );
});

describe("an import", () => {
  it("ended by a signal at its work leaves all of it or nothing, and the next one goes on", async ({
    folder,
    bfa,
    sound,
  }) => {
    const endedAfter = async (afterMs: number, signal: NodeJS.Signals) => {
      // The file takes its name when it is there whole: what follows is the import.
      const into = join(folder, `into-${afterMs}.duckdb`);
      const { child, done } = startCli(["import", sound.db, "--db", into]);
      while (!existsSync(into) && child.exitCode === null) await sleep(2);
      await sleep(afterMs);
      child.kill(signal);
      expect([0, null]).toContain((await done).code);
      const [counts] = await rowsOf(
        into,
        `SELECT (SELECT count(*) FROM availability), (SELECT coalesce(sum(probed_count), 0) FROM daily_symbol_counts),
          (SELECT count(*) FROM symbols), (SELECT count(*) FROM runs)`,
      );
      const rows = symbols.length * 200;
      expect([
        [0, 0, 0, 0],
        [rows, rows, symbols.length, 1],
      ]).toContainEqual(counts?.map(Number));
      expect(await soundness(into)).toEqual({ wrongCounts: 0, duplicates: 0 });
      return into;
    };
    const [into] = await Promise.all([
      endedAfter(0, "SIGKILL"),
      endedAfter(60, "SIGINT"),
      endedAfter(90, "SIGTERM"),
      ...[120, 160, 240].map((afterMs) => endedAfter(afterMs, "SIGKILL")),
    ]);
    expect((await bfa("import", sound.db, "--db", into)).code).toBe(0);
    expect(await tableOf(into)).toEqual(await tableOf(sound.db));
  });
});

describe("a file that was damaged", () => {
  /** Every command ends by itself with a line, or with an answer where the damage isn't in its way. */
  async function expectNoCrash(bfa: Bfa, db: string, what: string): Promise<void> {
    const before = readFileSync(db);
    for (const args of [
      ["query", "snapshot", formatDay(last)],
      ["validate"],
      ["update", "--date", formatDay(last), "--symbols", "BTCUSDT"],
    ]) {
      const { code, signal, stderr } = await bfa(...args, "--db", db);
      const said = `${what}, ${args.join(" ")}: ${String(code)} ${String(signal)}\n${stderr}`;
      expect([0, 1, 3], said).toContain(code);
      expect(stderr, said).not.toContain("unexpected error");
      if (code === 3) expect(stderr.trimEnd().split("\n").length, said).toBeLessThanOrEqual(2);
      writeFileSync(db, before);
    }
  }

  it.for([0, 0.5])("cut to %d: is named, not crashed on", async (length, { db, bfa, sound }) => {
    copyFileSync(sound.db, db);
    const size = statSync(db).size;
    truncateSync(db, length > 0 && length < 1 ? Math.floor(size * length) : length);
    await expectNoCrash(bfa, db, `cut to ${length}`);
  });

  it.for([0, 1])("overwritten in places (seed %d): is named, not crashed on", async (seed, { db, bfa, sound }) => {
    const bytes = readFileSync(sound.db);
    for (let place = 0; place < 4; place++) {
      const at = Math.floor(chance(seed, 1, place) * bytes.length);
      bytes.fill(Math.floor(chance(seed, 2, place) * 256), at, Math.min(at + 3000, bytes.length));
    }
    writeFileSync(db, bytes);
    await expectNoCrash(bfa, db, `seed ${seed}`);
  });
});

describe.skipIf(process.platform === "win32")("permissions", () => {
  it("of a new file are those that the user's mask leaves", async ({ db, bfa }) => {
    const mask = process.umask(0o077);
    try {
      expect((await bfa("update", "--date", formatDay(last), "--db", db)).code).toBe(0);
    } finally {
      process.umask(mask);
    }
    expect(statSync(db).mode & 0o777).toBe(0o600);
  });

  /** The superuser may write what is read-only, unless this capability is taken away. */
  const humble = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : [];
  const isHumbled = humble.length === 0 || spawnSync("setpriv", [...humble.slice(1), "true"]).status === 0;

  function bfaHumble(env: NodeJS.ProcessEnv, ...args: string[]) {
    const command = [...humble, process.execPath, CLI, ...args];
    return spawnSync("env", command, { env: { ...process.env, ...env }, encoding: "utf8" });
  }

  it.skipIf(!isHumbled).for(["file", "folder"])(
    "of a read-only %s end a run with a word, and let questions through",
    (what, { folder, db, env, sound }) => {
      copyFileSync(sound.db, db);
      chmodSync(what === "file" ? db : folder, what === "file" ? 0o400 : 0o500);
      try {
        for (const args of [
          ["update", "--date", formatDay(last)],
          ["import", sound.db],
        ]) {
          const { status, stdout, stderr } = bfaHumble(env, ...args, "--db", db);
          expect({ status, stdout }, stderr).toEqual({ status: 3, stdout: "" });
          expect(stderr).toContain(`${db} can't be written or read by this user`);
        }
        const asked = bfaHumble(env, "query", "snapshot", formatDay(last), "--db", db);
        expect(asked.status, asked.stderr).toBe(0);
        if (what === "file") return;
        for (const args of [
          ["update", "--db", `${db}.new`],
          ["export", "--format", "csv", "--out", `${db}.csv`, "--db", db],
        ]) {
          const { status, stderr } = bfaHumble(env, ...args);
          expect([2, 3], stderr).toContain(status);
          expect(stderr).toContain(db);
        }
        expect(readdirSync(folder)).toEqual(["a.duckdb"]);
      } finally {
        chmodSync(folder, 0o700);
      }
      expect(readFileSync(db).equals(readFileSync(sound.db))).toBe(true);
    },
  );
});
