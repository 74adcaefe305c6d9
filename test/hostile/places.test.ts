import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DuckDBInstance } from "@duckdb/node-api";
import { openStore } from "../../src/store/open.js";
import { CLI, runAlone } from "../support/cli.js";
import { temporaryFolder } from "../support/database.js";
import { D0, dayUnit, writerFor } from "../support/store.js";

let folder: ReturnType<typeof temporaryFolder>;
let db: string;
beforeAll(async () => {
  folder = temporaryFolder();
  db = join(folder.path, "a.duckdb");
  const { store, writer } = await writerFor(db, ["BTCUSDT"]);
  await writer.commit([dayUnit(D0, [{ symbol: 0, size: 100 }])]);
  await store.close();
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

describe("links that others made beforehand", () => {
  it("are not followed by an export or an answer; what is published is a file", async () => {
    const place = emptyFolder("links");
    const elsewhere = join(folder.path, "elsewhere");
    writeFileSync(elsewhere, "theirs");
    const out = join(place, "o.csv");
    symlinkSync(elsewhere, out);
    for (let pid = 1; pid < 2000; pid++) symlinkSync(elsewhere, `${out}.${process.pid + pid}.part`);
    for (const args of [["export"], ["query", "sql", "SELECT 1"]]) {
      const { code, stderr } = await runAlone([...args, "--db", db, "--out", out]);
      expect(code, stderr).toBe(0);
      expect(lstatSync(out).isFile()).toBe(true);
      expect(readFileSync(elsewhere, "utf8")).toBe("theirs");
    }
  });

  it("in the place of a log are refused, and left alone", async () => {
    const elsewhere = join(folder.path, "no-log");
    writeFileSync(elsewhere, "theirs");
    symlinkSync(elsewhere, `${db}.wal`);
    try {
      await expect(openStore(db)).rejects.toMatchObject({ code: "STORE_UNUSABLE" });
      expect(await runAlone(["query", "counts", "--db", db])).toMatchObject({ code: 3, stdout: "" });
      expect(readFileSync(elsewhere, "utf8")).toBe("theirs");
    } finally {
      spawnSync("rm", [`${db}.wal`]);
    }
  });
});

describe("what is no regular file", () => {
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
      ]) {
        const { code, stdout, stderr } = await runAlone(args);
        expect({ code, stdout, lines: stderr.trimEnd().split("\n").length }, `${args.join(" ")}: ${stderr}`).toEqual({
          code: expect.toSatisfy((value: number) => value === 2 || value === 3) as number,
          stdout: "",
          lines: 1,
        });
        expect(stderr).toContain("regular file");
      }
    }
  });
});

describe("a machine that is short of something", () => {
  /** Runs the CLI in a shell after a limit was set. */
  function limited(limit: string, ...args: string[]) {
    return spawnSync("bash", ["-c", `${limit}; exec "$@"`, "bash", process.execPath, CLI, ...args], {
      encoding: "utf8",
    });
  }

  onLinux("of room for a file: exit 3, one line, the old file and nothing else", () => {
    const place = emptyFolder("full");
    const out = join(place, "o.csv");
    writeFileSync(out, "before");
    // A new process inherits that the signal of the limit is ignored, so that writing fails instead.
    const limit = "trap '' XFSZ; ulimit -f 8";
    const endless = ["query", "sql", "SELECT range, repeat('x', 100) FROM range(100000)", "--db", db, "--out", out];
    const { status, stderr } = limited(limit, ...endless);
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: expect.stringMatching(/^bfa: .*can't be written: .*\n$/) as string,
    });
    expect([readdirSync(place), readFileSync(out, "utf8")]).toEqual([["o.csv"], "before"]);
  });

  it("of a folder for temporary files: one line", async () => {
    const TMPDIR = join(folder.path, "none", "none");
    for (const args of [
      ["demo"],
      ["replica", "--days", "1", "--symbols", "1"],
      ["export", "--out", "-", "--format", "csv"],
    ]) {
      const { code, stderr } = await runAlone(args, { TMPDIR, BFA_DB: db });
      expect([1, 2, 3], stderr).toContain(code);
      expect(stderr).toMatch(/^bfa: .*can't be written.*\n$/);
    }
  });
});

describe("names in a file that others made", () => {
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
    expect(await runAlone(["export", "--db", file, "--out", out])).toMatchObject({ code: 3 });
    expect(existsSync(out)).toBe(false);
    for (const format of ["table", "csv", "json", "ndjson"]) {
      const sql = ["query", "sql", "SELECT symbol FROM daily_availability", "--db", file, "--format", format];
      const { code, stdout, stderr } = await runAlone(sql);
      expect(code, stderr).toBe(0);
      expect(stdout.replaceAll("\n", "") + stderr.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      if (format === "csv") expect(stdout).not.toMatch(/^=/m);
    }
    for (const args of [["status"], ["validate"], ["query", "counts"], ["query", "snapshot", "2024-03-01"]]) {
      const { stdout, stderr } = await runAlone([...args, "--db", file]);
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
      ["update", "--db", db, "--list-endpoint", url],
      ["validate", "--db", db, "--exchange-url", url],
    ]);
    for (const args of [...given, ["update", "--endpont", urls[0] ?? ""], ["update", urls[0] ?? ""]]) {
      const { code, stdout, stderr } = await runAlone(args);
      expect(code, args.join(" ")).toBe(2);
      expect(stdout + stderr).not.toContain("hunter2");
    }
  });
});
