/**
 * The database file read by DuckDB's own Python client, of another version than the one that this package has.
 *
 *     pip install duckdb==1.4.0
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyPath, fileKey } from "../../src/vision/object-key.js";
import { ENDPOINTS } from "../../src/vision/endpoints.js";
import { D0, dayUnit, writerFor } from "../support/store.js";
import { temporaryFolder } from "../support/database.js";
import { announce, versionOf } from "./programs.js";

const version = versionOf("python3", ["-c", "import duckdb; print('duckdb ' + duckdb.__version__)"]);
announce("DuckDB's Python client", version);

const SCRIPT = `
import duckdb, json, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
answer = connection.sql("SELECT * FROM daily_availability ORDER BY symbol")
print(json.dumps({"columns": answer.columns, "rows": [[str(cell) for cell in row] for row in answer.fetchall()]}))
`;
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

describe.skipIf(version === undefined)("DuckDB's Python client", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeAll(() => {
    folder = temporaryFolder();
  });
  afterAll(() => {
    folder.remove();
  });

  it("reads all eight columns by name", async () => {
    const file = join(folder.path, "a.duckdb");
    const { store, writer } = await writerFor(file, ["BTCUSDT", "币安人生USDT"]);
    await writer.commit([
      dayUnit(D0, [
        { symbol: 0, size: 49_321 },
        { symbol: 1, size: 0 },
      ]),
    ]);
    await store.close();
    const { stdout, stderr } = spawnSync("python3", ["-c", SCRIPT, file], { encoding: "utf8" });
    expect(stderr).toBe("");
    const url = (symbol: string) => ENDPOINTS.download + keyPath(fileKey(DEFAULT_DATASET, symbol, D0));
    expect(JSON.parse(stdout)).toEqual({
      columns: [
        ...["date", "symbol", "available", "file_size_bytes"],
        ...["last_modified", "url", "status_code", "probe_timestamp"],
      ],
      rows: [
        ["2024-03-01", "BTCUSDT", "True", "49321", "2024-03-02 10:00:00", url("BTCUSDT"), "200", "2026-01-01 00:00:00"],
        ["2024-03-01", "币安人生USDT", "False", "None", "None", url("币安人生USDT"), "404", "2026-01-01 00:00:00"],
      ],
    });
  });
});
