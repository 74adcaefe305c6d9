import { DuckDBInstance } from "@duckdb/node-api";
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { describe, expect } from "vitest";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import { CLI, listenTo, runCli, summaryOf, type RunningCli, UNHURRIED } from "../support/cli.js";
import { rowsOf } from "../support/database.js";
import { replicaTest, syntheticWorld } from "../support/fixture.js";
import { startAt, stepsOf } from "../support/killed-at-steps.js";
import { available, startRawServer } from "../support/raw-server.js";
import { written } from "../support/working-copy.js";

const last = dayAt(Date.now()) - 100;
const { source, symbols } = syntheticWorld({ seed: 11, symbols: 8, from: last - 40, through: last });
const day = (back: number) => ["update", "--date", formatDay(last - back), "--json"];

const DAYS = "SELECT count(DISTINCT date)::INTEGER FROM daily_availability";

const it = replicaTest({ history: source })
  .extend("made", { scope: "file" }, async ({ root, replicaThread: { url, listUrl, ca } }) => {
    const made = join(root, "made");
    mkdirSync(made);
    writeFileSync(join(made, "ca.pem"), ca);
    const env = { BFA_DB: join(made, "a.duckdb"), BFA_ENDPOINT: url, BFA_LIST_ENDPOINT: listUrl };
    expect(await runCli([...day(5), "--ca", join(made, "ca.pem")], env)).toMatchObject({ code: 0, stderr: "" });
    return made;
  })
  /** The file after a run over one day, with its lock: what that run left, copied. */
  .extend("filled", ({ made, folder, db }) => {
    for (const name of ["a.duckdb", ".a.duckdb.lock"]) copyFileSync(join(made, name), join(folder, name));
    return db;
  })
  .extend("daysIn", () => async (file: string) => (await rowsOf(file, DAYS))[0]?.[0]);

/** Runs statements on a file, as its owner may. */
async function execute(file: string, ...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    for (const statement of statements) await connection.run(statement);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const may = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const mayMount = may("unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt");
const mayChangeUser = may("setpriv", "--reuid=12345", "--regid=12345", "--clear-groups", "true");
const mayInject = may("strace", "-f", "-qq", "-P", "/", "-e", "inject=fcntl:error=ENOLCK", "true");

/** Runs the CLI through another command. */
function through(env: NodeJS.ProcessEnv, [command = "", ...prefix]: string[], ...args: string[]): RunningCli {
  return listenTo(
    spawn(command, [...prefix, process.execPath, CLI, ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}

describe("what users put into the file", () => {
  it("survives a run that compacts it", async ({ filled, bfa, daysIn }) => {
    await execute(
      filled,
      "CREATE SCHEMA mine",
      "CREATE TABLE mine.notes AS SELECT i AS id, repeat('note ', 40) || i AS text FROM range(30000) AS t(i)",
      "COMMENT ON TABLE mine.notes IS 'mine'",
      "CREATE UNIQUE INDEX by_id ON mine.notes (id)",
      "CREATE VIEW mine.liquid AS SELECT symbol FROM daily_availability WHERE file_size_bytes > 10000",
      "CREATE MACRO twice(x) AS 2 * x",
      "CREATE TYPE mood AS ENUM ('calm', 'wild')",
      "CREATE SEQUENCE counting START 7",
      "CREATE TABLE garbage AS SELECT uuid() AS u FROM range(200000)",
      // As after a compaction long ago, so that another one is due.
      "UPDATE store_info SET compacted_rows = 1, compacted_bytes = 1",
      "DROP TABLE garbage",
    );
    const size = statSync(filled).size;
    expect(await bfa(...day(3))).toMatchObject({ code: 0, stderr: "" });
    expect(statSync(filled).size).toBeLessThan(size / 2);
    expect(await daysIn(filled)).toBe(2);
    expect(
      await rowsOf(
        filled,
        `SELECT (SELECT count(*)::INT FROM mine.notes), (SELECT max(text) FROM mine.notes WHERE id = 3),
          (SELECT comment FROM duckdb_tables() WHERE table_name = 'notes'),
          (SELECT count(*)::INT FROM duckdb_indexes() WHERE index_name = 'by_id'),
          (SELECT count(*) > 0 FROM mine.liquid), twice(4), 'wild'::mood::VARCHAR,
          (SELECT start_value::INT FROM duckdb_sequences() WHERE sequence_name = 'counting')`,
      ),
    ).toEqual([[30_000, `${"note ".repeat(40)}3`, "mine", 1, true, 8, "wild", 7]]);
  });
});

describe("the file's location", () => {
  it("a link stays a link, and its target is written", async ({ filled, folder, bfa, daysIn }) => {
    const link = join(folder, "link.duckdb");
    symlinkSync(filled, link);
    expect(await bfa(...day(3), "--db", link)).toMatchObject({ code: 0, stderr: "" });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(await daysIn(filled)).toBe(2);
  });

  it.runIf(mayMount)(
    "a mounted file is written in place, which is said once, and a reader makes a run wait",
    async ({ filled, folder, env, daysIn }) => {
      const mounted = join(folder, "mounted.duckdb");
      writeFileSync(mounted, "");
      const mount = ["unshare", "-rm", "bash", "-c", 'mount --bind "$0" "$1" && exec "${@:2}"', filled, mounted];
      const { ino } = statSync(filled);
      const notice = `bfa: ${mounted} is written in place, because it is a mount point: it can't be read until this run has ended\n`;
      const result = await through({ ...env, BFA_DB: mounted }, mount, ...day(3)).done;
      expect(result).toMatchObject({ code: 0, stderr: notice });
      expect(await daysIn(filled)).toBe(2);
      expect(statSync(filled).ino).toBe(ino);
      const reader = await DuckDBInstance.create(filled, { access_mode: "READ_ONLY" });
      const refused = await through({ ...env, BFA_DB: mounted }, mount, ...day(1)).done;
      expect(refused).toMatchObject({ code: 3, stdout: "" });
      expect(refused.stderr).toContain(`is in use by process ${process.pid}`);
      const waiting = through({ ...env, BFA_DB: mounted }, mount, ...day(1), "--wait", "600");
      await waiting.untilPrinted(`waiting up to 600 s: ${mounted} is in use`);
      reader.closeSync();
      const waited = await waiting.done;
      expect(waited.code, waited.stderr).toBe(0);
      expect(waited.stderr.split(notice)).toHaveLength(2);
      expect(await daysIn(filled)).toBe(3);
    },
  );

  it.runIf(mayChangeUser)(
    "another user's file keeps its owner and its mode when root writes it",
    async ({ filled, folder, bfa }) => {
      chownSync(filled, 12345, 12346);
      chmodSync(filled, 0o640);
      rmSync(join(folder, ".a.duckdb.lock"));
      expect(await bfa(...day(3))).toMatchObject({ code: 0, stderr: "" });
      for (const name of ["a.duckdb", ".a.duckdb.lock"]) {
        expect(statSync(join(folder, name)), name).toMatchObject({ uid: 12345, gid: 12346, mode: 0o100640 });
      }
    },
  );

  it.runIf(mayChangeUser)(
    "another user's file that may be written is written in place",
    async ({ filled, folder, root, ca, env, daysIn }) => {
      for (const path of [root, folder]) chmodSync(path, 0o777);
      for (const path of [filled, join(folder, ".a.duckdb.lock")]) chmodSync(path, 0o666);
      chmodSync(ca, 0o644);
      const other = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"];
      const result = await through({ ...env, HOME: "/" }, other, ...day(3)).done;
      expect(result.code, result.stderr).toBe(0);
      expect(result.stderr).toContain("is written in place, because it belongs to another user");
      expect(statSync(filled)).toMatchObject({ uid: 0, mode: 0o100666 });
      expect(await daysIn(filled)).toBe(2);
    },
  );

  it("a file system without hard links works too", async ({ folder, db, env, start, daysIn }) => {
    const hook = join(folder, "no-links.cjs");
    writeFileSync(
      hook,
      `const fs = require("node:fs");
      fs.linkSync = () => { throw Object.assign(new Error("EPERM: operation not permitted, link"), { code: "EPERM" }); };
      require("node:module").syncBuiltinESMExports();`,
    );
    env["NODE_OPTIONS"] = `--require ${hook}`;
    for (const back of [3, 2]) expect(await start(...day(back)).done).toMatchObject({ code: 0, stderr: "" });
    expect(await daysIn(db)).toBe(2);
  });

  it.runIf(mayInject)("a file system without locks is named as such", async ({ filled, folder, env }) => {
    const before = readFileSync(filled);
    const paths = ["-P", filled, "-P", join(folder, ".a.duckdb.lock")];
    const strace = ["strace", "-f", "-qq", "-o", "/dev/null", ...paths, "-e", "inject=fcntl:error=ENOLCK"];
    const { code, stderr } = await through(env, strace, ...day(3)).done;
    expect(code, stderr).toBe(3);
    expect(stderr).toMatch(/^bfa: the file system of .*a\.duckdb has no locks.*\n$/);
    expect(readFileSync(filled).equals(before)).toBe(true);
  });
});

describe("what others leave or do", () => {
  it("a log beside the file goes into it first", async ({ filled, bfa, daysIn }) => {
    const script = `
      const { DuckDBInstance } = require("@duckdb/node-api");
      (async () => {
        const connection = await (await DuckDBInstance.create(process.argv[1])).connect();
        await connection.run("CREATE TABLE kept AS SELECT 42 AS answer");
        process.kill(process.pid, "SIGKILL");
      })();`;
    expect(spawnSync(process.execPath, ["-e", script, filled]).signal).toBe("SIGKILL");
    expect(existsSync(`${filled}.wal`)).toBe(true);
    expect(await bfa(...day(3))).toMatchObject({ code: 0, stderr: "" });
    expect(existsSync(`${filled}.wal`)).toBe(false);
    expect(await daysIn(filled)).toBe(2);
    expect(await rowsOf(filled, "SELECT answer FROM kept")).toEqual([[42]]);
  });

  it("a file that changes while it is copied is copied again; one that keeps changing is left alone", async ({
    filled,
    folder,
    env,
    start,
    daysIn,
  }) => {
    const hook = join(folder, "changes.cjs");
    const changing = (times: number) => {
      writeFileSync(
        hook,
        `const fs = require("node:fs"), files = require("node:fs/promises"), { copyFile } = files;
        let left = ${times};
        files.copyFile = async (from, ...rest) => {
          await copyFile(from, ...rest);
          if (left-- > 0) fs.utimesSync(from, 1, 1e9 + left);
        };
        require("node:module").syncBuiltinESMExports();`,
      );
      env["NODE_OPTIONS"] = `--require ${hook}`;
    };
    changing(4);
    expect(await start(...day(3)).done).toMatchObject({ code: 0, stderr: "" });
    changing(5);
    const { code, stderr } = await start(...day(2)).done;
    expect(code).toBe(3);
    expect(stderr).toMatch(/^bfa: .*a\.duckdb keeps changing: wait for its other writer to end, or stop it\n$/);
    expect(await daysIn(filled)).toBe(2);
    expect(readdirSync(folder).sort()).toEqual([".a.duckdb.lock", "a.duckdb", "changes.cjs"]);
  });

  it("a file that is replaced while a run writes stays, and the run's rows are kept beside it", async ({
    filled,
    folder,
    ca,
    bfa,
    start,
    daysIn,
  }) => {
    const held: TLSSocket[] = [];
    // Only the later of two days has to wait for its answer.
    const server = await startRawServer((socket, head) => {
      if (head.includes(formatDay(last - 3))) held.push(socket);
      else socket.write(available());
    });
    const backup = join(folder, "backup");
    copyFileSync(filled, backup);
    let result;
    try {
      const trusted = readFileSync(ca);
      writeFileSync(ca, server.ca);
      const days = ["--from", formatDay(last - 4), "--to", formatDay(last - 3), "--source", "head"];
      const where = ["--endpoint", server.url, "--adopt-endpoint", "--symbols", String(symbols[0]), "--unlisted"];
      const running = start("backfill", "--json", ...days, ...where, ...UNHURRIED);
      await server.received(2);
      // Until the run writes to its copy, it would make another one, of the new file.
      await expect.poll(() => existsSync(`${written(filled)}.wal`)).toBe(true);
      renameSync(backup, filled);
      for (const socket of held) socket.write(available());
      result = await running.done;
      writeFileSync(ca, trusted);
    } finally {
      await server.close();
    }
    expect(result).toMatchObject({ code: 3, stdout: "" });
    expect(result.stderr).toContain(`was replaced during this run: its rows are in ${filled}.unpublished`);
    expect(await daysIn(filled)).toBe(1);
    await takeOver(result.stderr, bfa);
    expect(await daysIn(filled)).toBe(3);
  });

  it("a killed run's copy of another state is kept, and the command that imports its rows is printed", async ({
    filled,
    folder,
    env,
    bfa,
    daysIn,
  }) => {
    const [base, earlier] = [join(folder, "base"), join(folder, "a.duckdb.unpublished")];
    copyFileSync(filled, base);
    writeFileSync(earlier, "of an earlier run");
    // The only rename of a run that doesn't compact is the one that publishes.
    const killed = startAt({ args: day(3), env }, "rename 1 before", "SIGKILL");
    expect(await killed.done).toMatchObject({ signal: "SIGKILL" });
    // The file's state is no longer the one that the copy was made from.
    renameSync(base, filled);
    const next = await bfa(...day(1));
    expect(next.code, next.stderr).toBe(0);
    expect(next.stderr).toContain(`import them with: bfa import ${earlier}-2\n`);
    expect(readFileSync(earlier, "utf8")).toBe("of an earlier run");
    expect(await daysIn(filled)).toBe(2);
    await takeOver(next.stderr, bfa);
    expect(await daysIn(filled)).toBe(3);
    expect(readdirSync(folder).filter((name) => name.startsWith(".a.duckdb.run-"))).toEqual([]);
  });

  /** Runs the import command that a message names. */
  async function takeOver(message: string, bfa: (...args: string[]) => Promise<{ code: number | null }>) {
    const [, path = ""] = /import them with: bfa import (\S+)/.exec(message) ?? [];
    expect(await bfa("import", path)).toMatchObject({ code: 0 });
  }
});

describe("a run with nothing due", () => {
  it("copies nothing and leaves the file as it is", async ({ filled, folder, env, bfa }) => {
    const backfill = ["backfill", "--from", formatDay(last - 9), "--to", formatDay(last)];
    expect(await bfa(...backfill)).toMatchObject({ code: 0 });
    const base = join(folder, "base");
    copyFileSync(filled, base);
    const before = readFileSync(filled);
    const { steps } = await stepsOf({ args: backfill, env, db: filled, base });
    expect(steps.filter((step) => !/^(unlock|detach)/.test(step))).toEqual([]);
    expect(readFileSync(filled).equals(before)).toBe(true);
    expect(summaryOf(await bfa(...backfill, "--json"))).toMatchObject({ outcome: "nothing-to-do" });
  });
});
