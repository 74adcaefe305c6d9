import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it, onTestFinished } from "vitest";
import { importInto } from "../../src/store/import-into.js";
import { temporaryFolder } from "../support/database.js";

it("an import ends in one line when the other file needs more memory than is allowed", async () => {
  const folder = temporaryFolder();
  onTestFinished(folder.remove);
  const other = join(folder.path, "other.duckdb");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  // The newest format of a file holds 2 GB of text in 1 MB.
  await connection.run(
    `ATTACH '${other}' AS other (STORAGE_VERSION 'v1.4.0'); USE other;
      CREATE TABLE daily_availability (date DATE, symbol VARCHAR USING COMPRESSION zstd, available BOOLEAN,
        file_size_bytes BIGINT, last_modified TIMESTAMP, status_code INTEGER, probe_timestamp TIMESTAMP)`,
  );
  for (let part = 0; part < 20; part++) {
    await connection.run(
      `INSERT INTO daily_availability SELECT '2024-03-01', repeat('x', 1000000) || range, false, NULL, NULL, 404, '2025-01-01'
        FROM range(100)`,
    );
  }
  connection.closeSync();
  instance.closeSync();
  await expect(importInto(join(folder.path, "a.duckdb"), other)).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringMatching(/can't be read: Out of Memory Error: [^\n]*$/) as string,
  });
});
