import { chmodSync, copyFileSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { describe, expect } from "vitest";
import { chance } from "../../src/replica/random.js";
import { backfill } from "../../src/run/backfill.js";
import { openReader, type Store } from "../../src/store/open.js";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import { CLI, startCli, type CliResult, UNHURRIED } from "../support/cli.js";
import { rowsOf, temporaryFolder } from "../support/database.js";
import { replicaTest, syntheticWorld } from "../support/fixture.js";
import { available, startRawServer } from "../support/raw-server.js";

const last = dayAt(Date.now()) - 10;
const first = last - 59;
const { source } = syntheticWorld({ seed: 13, symbols: 20, from: first, through: last });

/** Runs the CLI, as the fixture does. */
type Bfa = (...args: string[]) => Promise<CliResult>;

/** `sound` is a file with the whole history, to be copied. */
const it = replicaTest({ history: source }).extend(
  "sound",
  { scope: "file" },
  async ({ replicaThread: { url: endpoint, listUrl: listEndpoint, ca } }, { onCleanup }) => {
    const { path, remove } = temporaryFolder();
    onCleanup(remove);
    const db = join(path, "sound.duckdb");
    const days = { from: formatDay(first), to: formatDay(last) };
    expect(await backfill({ db, endpoint, listEndpoint, ca, ...days })).toMatchObject({ outcome: "whole" });
    return { db };
  },
);

describe("two processes on one file", () => {
  it("two runs: one works, the other names the process that has the file and changes nothing", async ({
    folder,
    db,
    ca,
    bfa,
    start,
  }) => {
    const held: TLSSocket[] = [];
    let isHolding = true;
    const server = await startRawServer((socket) => {
      if (isHolding) held.push(socket);
      else socket.write(available());
    });
    try {
      writeFileSync(ca, server.ca);
      const day = formatDay(last);
      const where = ["--endpoint", server.url, "--unlisted", "--symbols", "BTCUSDT", "--date", day, "--source", "head"];
      const working = start("update", ...where, ...UNHURRIED);
      await server.received(1);
      for (const args of [["update", ...where], ["discover"]]) {
        const { code, stdout, stderr } = await bfa(...args);
        expect({ code, stdout }, stderr).toEqual({ code: 3, stdout: "" });
        expect(stderr).toMatch(new RegExp(`^bfa: .*a\\.duckdb is in use by process ${working.child.pid}.*\\n$`));
      }
      const waiting = start("update", ...where, "--wait", "600");
      await waiting.untilPrinted(`waiting up to 600 s: ${db} is in use by process ${working.child.pid}`);
      isHolding = false;
      for (const socket of held) socket.write(available());
      expect(await working.done).toMatchObject({ code: 0, stderr: "" });
      expect(await waiting.done).toMatchObject({ code: 0 });
      expect(await rowsOf(db, "SELECT symbol, date::VARCHAR FROM availability")).toEqual([["BTCUSDT", day]]);
    } finally {
      await server.close();
    }
    expect(readdirSync(folder)).toEqual([".a.duckdb.lock", "a.duckdb"]);
  });

  it("a query while a run writes is answered from the published state", async ({ folder, db, bfa, sound }) => {
    const silent = await startRawServer(() => undefined);
    copyFileSync(sound.db, db);
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, silent.ca);
    const args = ["update", "--db", db, "--symbols", "BTCUSDT", "--unlisted", "--endpoint", silent.url, "--ca", ca];
    const running = startCli([...args, "--adopt-endpoint"], {});
    try {
      await silent.received(1);
      for (const question of [["query", "snapshot", formatDay(last)], ["status"], ["validate"]]) {
        const answer = await bfa(...question, "--db", db);
        expect(answer.code, answer.stderr).toBe(0);
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

  it("a process that has the file open for writing is named or waited for, and the file is left alone", async ({
    folder,
    db,
    bfa,
    start,
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
    const waiting = [
      ["update", "--date", formatDay(last)],
      ["import", sound.db],
    ].map((args) => start(...args, "--wait", "600"));
    await Promise.all(
      waiting.map(({ untilPrinted }) => untilPrinted(`waiting up to 600 s: ${db} is in use by process`)),
    );
    waitedFor.closeSync();
    for (const { code, stderr } of await Promise.all(waiting.map(({ done }) => done))) expect(code, stderr).toBe(0);
  });

  it("concurrent queries are all answered", async ({ db, start, sound }) => {
    copyFileSync(sound.db, db);
    const answers = await Promise.all([1, 2, 3, 4].map(() => start("query", "counts").done));
    expect(answers.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(new Set(answers.map(({ stdout }) => stdout)).size).toBe(1);
  });
});

describe("a damaged file", () => {
  /** Every command ends by itself with one line, or with an answer if the damage doesn't affect it. */
  async function expectNoCrash(bfa: Bfa, db: string, what: string): Promise<void> {
    const before = readFileSync(db);
    for (const args of [
      ["query", "snapshot", formatDay(last)],
      ["validate"],
      ["update", "--date", formatDay(last), "--symbols", "BTCUSDT"],
    ]) {
      // If the damage ends the process, this fails and names the signal.
      const { code, stderr } = await bfa(...args);
      const context = `${what}, ${args.join(" ")}: ${String(code)}\n${stderr}`;
      expect([0, 1, 3], context).toContain(code);
      expect(stderr, context).not.toContain("unexpected error");
      if (code === 3) expect(stderr.trimEnd().split("\n").length, context).toBeLessThanOrEqual(2);
      writeFileSync(db, before);
    }
  }

  it.for([0, 0.5])("truncated to %d bytes: is named, and crashes nothing", async (length, { db, bfa, sound }) => {
    copyFileSync(sound.db, db);
    const size = statSync(db).size;
    truncateSync(db, length > 0 && length < 1 ? Math.floor(size * length) : length);
    await expectNoCrash(bfa, db, `cut to ${length}`);
  });

  it.for([0, 1])("overwritten in places (seed %d): is named, and crashes nothing", async (seed, { db, bfa, sound }) => {
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
  it("of a new file are those that the user's umask allows", async ({ db, start }) => {
    const mask = process.umask(0o077);
    try {
      expect((await start("update", "--date", formatDay(last)).done).code).toBe(0);
    } finally {
      process.umask(mask);
    }
    expect(statSync(db).mode & 0o777).toBe(0o600);
  });

  /** The superuser may write to read-only files unless this capability is dropped. */
  const humble = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : [];
  const isHumbled = humble.length === 0 || spawnSync("setpriv", [...humble.slice(1), "true"]).status === 0;

  function bfaHumble(env: NodeJS.ProcessEnv, ...args: string[]) {
    const command = [...humble, process.execPath, CLI, ...args];
    return spawnSync("env", command, { env: { ...process.env, ...env }, encoding: "utf8" });
  }

  it.skipIf(!isHumbled).for(["file", "folder"])(
    "on a read-only %s make a run fail with one line, and queries work",
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
        const answer = bfaHumble(env, "query", "snapshot", formatDay(last), "--db", db);
        expect(answer.status, answer.stderr).toBe(0);
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
