import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { StoreError } from "../../src/errors.js";
import { toStoreError } from "../../src/store/duckdb-error.js";

const OTHER = "Catalog Error: no such thing";

describe("toStoreError", () => {
  it.each([
    [
      "STORE_LOCKED",
      'IO Error: Could not set lock on file "/data/a.duckdb": Conflicting lock is held in node (PID 41)',
      "/data/a.duckdb is in use by process 41",
    ],
    ["STORE_LOCKED", 'IO Error: Could not set lock on file "/data/a.duckdb"', "in use by another process"],
    ["STORE_NOT_DUCKDB", 'IO Error: The file "/data/a.duckdb" exists, but it is not a valid DuckDB database file!', ""],
    [
      "STORE_NOT_DUCKDB",
      "IO Error: Corrupt database file: computed checksum 1 does not match",
      "not a complete DuckDB file",
    ],
    [
      "STORE_NEWER_SCHEMA",
      "IO Error: it was created with a newer version of DuckDB",
      "update binance-futures-availability",
    ],
    ["STORE_UNUSABLE", "ENOSPC: no space left on device, write", "the disk of /data/a.duckdb is full"],
    ["STORE_UNUSABLE", "EACCES: permission denied, mkdir '/data'", "change its permissions"],
    ["STORE_UNUSABLE", `${OTHER}\nLINE 1`, `/data/a.duckdb can't be used: ${OTHER}`],
  ])("%s of %j", (code, text, message) => {
    const error = new Error(text);
    const found = toStoreError("/data/a.duckdb", error);
    expect(found).toMatchObject({ name: "StoreError", code, cause: error });
    expect(found.message).toContain(message);
    expect(found.message).not.toContain("\n");
  });

  it("passes a StoreError unchanged", () => {
    const error = new StoreError("STORE_FOREIGN", "of something else");
    expect(toStoreError("/data/a.duckdb", error)).toBe(error);
  });

  it.each([
    "/mnt/quota/a.duckdb",
    "/mnt/Permission denied/a.duckdb",
    "/data/corrupt-test.duckdb",
    "/data/no space left",
    "/is a directory/newer version/checksum.duckdb",
    "quota.duckdb",
    "corrupt/a.duckdb",
    "./EPERM",
  ])("is not misled by the words in the path %s", (file) => {
    const absolute = file.startsWith("/") ? file : `${process.cwd()}/${file.replace("./", "")}`;
    const folder = dirname(file);
    for (const text of [
      `IO Error: can't do it with "${absolute}"`,
      `IO Error: can't do it with ${absolute}.wal`,
      `ENOTDIR: not a directory, mkdir '${folder}'`,
      `ENOENT: no such file or directory, open '${file}'`,
      `EEXIST: file already exists, link '${file}.41.new' -> '${file}'`,
      OTHER,
    ]) {
      const found = toStoreError(file, new Error(text));
      expect(found.message).toBe(`${file} can't be used: ${text}`);
      expect(found.code).toBe("STORE_UNUSABLE");
    }
  });

  it("still finds DuckDB's words beside such a path", () => {
    const found = toStoreError(
      "/mnt/quota/a.duckdb",
      new Error('IO Error: "/mnt/quota/a.duckdb" is not a valid DuckDB database file'),
    );
    expect(found.code).toBe("STORE_NOT_DUCKDB");
  });
});
