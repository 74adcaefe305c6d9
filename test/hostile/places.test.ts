import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DuckDBInstance } from "@duckdb/node-api";
import { openStore } from "../../src/store/open.js";
import { publish } from "../../src/publish/publish.js";
import { CLI, runCli, UNMEASURED } from "../support/cli.js";
import { temporaryFolder } from "../support/database.js";
import { D0, dayUnit, writerFor } from "../support/store.js";

let folder: ReturnType<typeof temporaryFolder>;
let db: string;
let publication: string;
beforeAll(async () => {
  folder = temporaryFolder();
  db = join(folder.path, "a.duckdb");
  const { store, writer } = await writerFor(db, ["BTCUSDT"]);
  await writer.commit([dayUnit(D0, [{ symbol: 0, size: 100 }])]);
  await store.close();
  publication = join(folder.path, "public");
  await publish(db, publication);
});
afterAll(() => {
  folder.remove();
});

/** A folder with nothing in it. */
function emptyFolder(name: string): string {
  const path = join(folder.path, name);
  mkdirSync(path);
  return path;
}

const onLinux = it.skipIf(process.platform !== "linux");

/** What a universe needs. */
const UNIVERSE = ["--from", "2024-03-01", "--to", "2024-03-02"];

describe("links that others have made", () => {
  it("are not followed by an export or an answer; a published file is a file", async () => {
    const place = emptyFolder("links");
    const elsewhere = join(folder.path, "elsewhere");
    writeFileSync(elsewhere, "theirs");
    const out = join(place, "o.csv");
    symlinkSync(elsewhere, out);
    for (let pid = 1; pid < 2000; pid++) symlinkSync(elsewhere, `${out}.${process.pid + pid}.part`);
    for (const args of [
      ["export"],
      ["query", "sql", "SELECT 1"],
      ["files", "--allow-partial"],
      ["verify", place, "--allow-partial"],
      ["status"],
      ["validate"],
    ]) {
      rmSync(out);
      symlinkSync(elsewhere, out);
      const { code, stderr } = await runCli([...args, "--db", db, "--out", out]);
      expect(code, stderr).toBe(args[0] === "verify" ? 1 : 0);
      expect(lstatSync(out).isFile()).toBe(true);
      expect(readFileSync(elsewhere, "utf8")).toBe("theirs");
    }
  });

  it.each(["a.duckdb.wal", "a.duckdb.wal.checkpoint", "a.duckdb.wal.recovery", ".a.duckdb.lock.wal"])(
    "in place of the log %s are refused, and left alone",
    async (name) => {
      const elsewhere = join(folder.path, "no-log");
      writeFileSync(elsewhere, "theirs");
      const log = join(folder.path, name);
      symlinkSync(elsewhere, log);
      try {
        await expect(openStore(db)).rejects.toMatchObject({ code: "STORE_UNUSABLE" });
        // Readers don't need the lock.
        const code = name.startsWith(".") ? 0 : 3;
        expect(await runCli(["query", "counts", "--db", db])).toMatchObject({ code });
        expect([lstatSync(log).isSymbolicLink(), readFileSync(elsewhere, "utf8")]).toEqual([true, "theirs"]);
      } finally {
        rmSync(log);
      }
    },
  );

  it("in place of a publication, its lock, a pull's folder or a database are left alone", async () => {
    const place = emptyFolder("published");
    const theirs = emptyFolder("theirs");
    writeFileSync(join(theirs, "kept"), "theirs");
    const { files } = JSON.parse(readFileSync(join(publication, "manifest.json"), "utf8")) as {
      files: { path: string; sha256: string }[];
    };
    const sum = files.find(({ path }) => path === "availability.duckdb")?.sha256.slice(0, 16) ?? "";
    const own = join(place, "own.duckdb");
    const planted: [link: string, to: string, code: number, args: string[]][] = [
      ["public", theirs, 2, ["publish", join(place, "public"), "--db", db]],
      ["public", join(theirs, "kept"), 2, ["publish", join(place, "public"), "--db", db]],
      [".public.lock", join(theirs, "kept"), 3, ["publish", join(place, "public"), "--db", db]],
      [".public.publish-abcdef", theirs, 0, ["publish", join(place, "public"), "--db", db]],
      [`.own.duckdb.pull-${sum}`, theirs, 2, ["pull", publication, "--db", own]],
      ["own.duckdb", join(theirs, "nothing"), 0, ["pull", publication, "--db", own]],
      [".own.duckdb.run-abcdef", theirs, 0, ["pull", publication, "--db", own]],
    ];
    for (const [link, to, wanted, args] of planted) {
      rmSync(place, { recursive: true });
      mkdirSync(place);
      symlinkSync(to, join(place, link));
      const { code, stderr } = await runCli(args);
      expect(code, `${link}: ${stderr}`).toBe(wanted);
      expect(readdirSync(theirs)).toEqual(["kept"]);
      expect(readFileSync(join(theirs, "kept"), "utf8")).toBe("theirs");
    }
  });
});

describe("what is not a regular file", () => {
  onLinux("is refused in one line wherever a file is read or written", async () => {
    const pipe = join(folder.path, "pipe");
    spawnSync("mkfifo", [pipe]);
    for (const special of [pipe, "/dev/zero"]) {
      for (const args of [
        ["query", "counts", "--db", special],
        ["status", "--db", special],
        ["update", "--db", special],
        ["import", special, "--db", db],
        ["update", "--symbols-file", special, "--db", db],
        ["update", "--ca", special, "--db", db],
        ["replica", "--spans", special],
        ["replica", "--days", "1", "--symbols", "1", "--ca-file", special],
        ["export", "--out", special, "--format", "csv", "--db", db],
        ["volumes", "--db", special],
        ["contracts", "--from-file", special, "--db", db],
        ["files", "--universe", special, "--db", db],
        ["files", "--from-verify", special, "--db", db],
        ["universe", "--definition", special, "--db", db],
        ["universe", ...UNIVERSE, "--definition-out", special, "--db", db],
        ["compare", special, db],
      ]) {
        const { code, stdout, stderr } = await runCli(args);
        expect({ code, stdout, lines: stderr.trimEnd().split("\n").length }, `${args.join(" ")}: ${stderr}`).toEqual({
          code: expect.toSatisfy((value: number) => value === 2 || value === 3) as number,
          stdout: "",
          lines: 1,
        });
        expect(stderr).toContain("regular file");
      }
      for (const args of [
        ["verify", special, "--db", db],
        ["publish", special, "--db", db],
        ["pull", special, "--db", db],
      ]) {
        const { code, stdout, stderr } = await runCli(args);
        expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
        expect(stderr).toMatch(/^bfa: .*\n$/);
      }
    }
  });

  onLinux("is refused inside a publication too, and never waited for", async () => {
    for (const name of ["availability.duckdb", "manifest.json"]) {
      const theirs = join(folder.path, `theirs-${name}`);
      cpSync(publication, theirs, { recursive: true });
      rmSync(join(theirs, name));
      spawnSync("mkfifo", [join(theirs, name)]);
      for (const args of [
        ["pull", theirs, "--db", join(folder.path, "pulled.duckdb")],
        ["compare", theirs, db],
      ]) {
        const { code, stdout, stderr } = await runCli(args);
        expect([2, 3], stderr).toContain(code);
        expect({ stdout, stderr }).toEqual({ stdout: "", stderr: expect.stringMatching(/^bfa: .*\n$/) as string });
      }
    }
    expect(existsSync(join(folder.path, "pulled.duckdb"))).toBe(false);
  });

  onLinux("in a folder of downloads is named, and not opened", async () => {
    const downloads = emptyFolder("downloads");
    spawnSync("mkfifo", [join(downloads, "BTCUSDT-1m-2024-03-01.zip")]);
    symlinkSync("/dev/zero", join(downloads, "BTCUSDT-1m-2024-03-02.zip"));
    symlinkSync(downloads, join(downloads, "round"));
    const { code, stdout } = await runCli(["verify", downloads, "--md5", "--allow-partial", "--json", "--db", db]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      skipped: expect.arrayContaining([
        { path: "BTCUSDT-1m-2024-03-01.zip", why: "not a regular file" },
        { path: "BTCUSDT-1m-2024-03-02.zip", why: "a symbolic link" },
        { path: "round", why: "a symbolic link" },
      ]) as unknown,
    });
  });

  onLinux("and has no end is read from stdin only up to the maximum size of a file", () => {
    for (const args of [
      ["query", "sql", "-", "--db", db],
      ["files", "--universe", "-", "--db", db],
    ]) {
      const command = ["-c", 'exec "$@" </dev/zero', "sh", process.execPath, CLI, ...args];
      const { status, stderr } = spawnSync("sh", command, { encoding: "utf8" });
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: expect.stringMatching(/^bfa: .*more than.*\n$/) as string,
      });
    }
  });
});

describe("a database", () => {
  it.each([
    ["--definition-out", () => ["universe", ...UNIVERSE, "--db", db]],
    ["--ca-file", () => ["replica", "--days", "1", "--symbols", "1"]],
    ["--out", () => ["status", "--db", db]],
  ])("is not replaced by %s", async (option, argsFor) => {
    const own = join(folder.path, "own.duckdb");
    cpSync(db, own);
    const { code, stderr } = await runCli([...argsFor(), option, own]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `bfa: ${option} ${own} is a DuckDB database: name another file\n`,
    });
    expect(readFileSync(own).equals(readFileSync(db))).toBe(true);
  });
});

describe("a machine that runs short of something", () => {
  /** Runs the CLI in a shell with a limit. */
  function limited(limit: string, ...args: string[]) {
    return spawnSync("bash", ["-c", `${limit}; exec "$@"`, "bash", process.execPath, CLI, ...args], {
      env: { ...process.env, ...UNMEASURED },
      encoding: "utf8",
    });
  }

  onLinux("of room for a file: exit 3, one line, the old file and nothing else", () => {
    const place = emptyFolder("full");
    const out = join(place, "o.csv");
    writeFileSync(out, "before");
    // A new process inherits that the limit's signal is ignored, so that writing fails instead.
    const limit = "trap '' XFSZ; ulimit -f 8";
    const endless = ["query", "sql", "SELECT range, repeat('x', 100) FROM range(100000)", "--db", db, "--out", out];
    const { status, stderr } = limited(limit, ...endless);
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: expect.stringMatching(/^bfa: .*can't be written: .*\n$/) as string,
    });
    expect([readdirSync(place), readFileSync(out, "utf8")]).toEqual([["o.csv"], "before"]);
  });

  onLinux("of room for a database or a publication: exit 3, one line, and nothing left", () => {
    const place = emptyFolder("small");
    const own = join(place, "own.duckdb");
    // More than the lock needs, and less than a database.
    const limit = "trap '' XFSZ; ulimit -f 64";
    for (const args of [
      ["publish", join(place, "public"), "--db", db],
      ["pull", publication, "--db", own],
      ["import", db, "--db", own],
    ]) {
      const { status, stdout, stderr } = limited(limit, ...args);
      expect({ status, stdout, stderr }).toEqual({
        ...{ status: 3, stdout: "" },
        stderr: expect.stringMatching(/^bfa: .*(can't be written|is full).*\n$/) as string,
      });
      expect(readdirSync(place).filter((name) => !name.endsWith(".lock"))).toEqual([]);
    }
    // A working copy of an existing database.
    cpSync(db, own);
    const { status, stderr } = limited(limit, "import", db, "--db", own);
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: expect.stringMatching(/^bfa: the disk of .* is full.*\n$/) as string,
    });
    expect(readdirSync(place).filter((name) => !name.endsWith(".lock"))).toEqual(["own.duckdb"]);
  });

  onLinux.each([
    ["descriptors", "ulimit -n 32", ["query", "counts"], /too many open files/],
    // DuckDB's library or its first query, depending on how many arenas the C library's allocator has reserved by then.
    ["address space", "ulimit -v 1048576", ["query", "counts"], /segment|Out of Memory/],
    ["address space", "ulimit -v 1048576", ["update"], /address space limit .* 1\.0 GiB/],
    ["address space", "ulimit -v 1048576", ["pull", "https://127.0.0.1:1"], /address space limit .* 1\.0 GiB/],
  ])("of %s (%s, %j): one line", (_, limit, args, message) => {
    const { status, stdout, stderr } = limited(limit, ...args, "--db", db);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^bfa: .*\n$/);
    expect(stderr).toMatch(message);
    expect(status).toBe(stderr.includes("Out of Memory") ? 3 : 1);
  });

  it("of a folder for temporary files: one line", async () => {
    const TMPDIR = join(folder.path, "none", "none");
    for (const args of [
      ["demo"],
      ["replica", "--days", "1", "--symbols", "1"],
      ["export", "--out", "-", "--format", "csv"],
    ]) {
      const { code, stderr } = await runCli(args, { TMPDIR, BFA_DB: db });
      expect([1, 2, 3], stderr).toContain(code);
      expect(stderr).toMatch(/^bfa: .*can't be written.*\n$/);
    }
  });
});

describe("names in a file from somebody else", () => {
  it("never reach a CSV file, a terminal or JSON as commands", async () => {
    const file = join(folder.path, "names.duckdb");
    const { store } = await writerFor(file, ["BTCUSDT"]);
    await store.close();
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    await connection.run(
      `INSERT INTO availability (date, symbol, available, file_size_bytes, last_modified, status_code, probe_timestamp)
        VALUES ('2024-03-01', '=a' || chr(27) || chr(155) || chr(8238), true, 100, '2024-03-02', 200, '2026-01-01')`,
    );
    connection.closeSync();
    instance.closeSync();
    const out = join(folder.path, "names.csv");
    expect(await runCli(["export", "--db", file, "--out", out])).toMatchObject({ code: 3 });
    expect(existsSync(out)).toBe(false);
    for (const format of ["table", "csv", "json", "ndjson"]) {
      const sql = ["query", "sql", "SELECT symbol FROM daily_availability", "--db", file, "--format", format];
      const { code, stdout, stderr } = await runCli(sql);
      expect(code, stderr).toBe(0);
      expect(stdout.replaceAll("\n", "") + stderr.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      if (format === "csv") expect(stdout).not.toMatch(/^=/m);
    }
    for (const args of [["status"], ["validate"], ["query", "counts"], ["query", "snapshot", "2024-03-01"]]) {
      const { stdout, stderr } = await runCli([...args, "--db", file]);
      expect(stdout.replaceAll("\n", "") + stderr.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

describe("a password in a URL", () => {
  it("is masked in every message", async () => {
    const urls = [
      "https://u:hunter2@h",
      "ftp://u:hunter2@h",
      "https:u:hunter2@h",
      "u:hunter2@h",
      "https://h/?k=hunter2",
    ];
    const given = urls.flatMap((url) => [
      ["update", "--db", db, "--endpoint", url],
      ["validate", "--db", db, "--exchange-url", url],
      ["contracts", "--db", db, "--url", url],
      ["files", "--db", db, "--endpoint", url],
      ["pull", url, "--db", db],
    ]);
    const odd = [
      // Read in the same way as the URLs above.
      ["update", "--db", db, "--list-endpoint", urls[0] ?? ""],
      ["update", "--db", db, "--contracts-url", urls[0] ?? ""],
      ["update", "--endpont", urls[0] ?? ""],
      ["update", urls[0] ?? ""],
      ["update", "--db", db, "--notify", "ftp://u:hunter2@h"],
      ["pull", "http://u:hunter2@h/x?k=hunter2#hunter2", "--db", db],
    ];
    for (const args of [...given, ...odd]) {
      const { code, stdout, stderr } = await runCli(args);
      expect(code, args.join(" ")).toBe(2);
      expect(stdout + stderr).not.toContain("hunter2");
    }
  });
});
