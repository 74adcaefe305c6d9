import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parquetPieces } from "../../src/cli/output/parquet.js";
import { sql, type SqlAnswer } from "../../src/query/sql.js";
import { DuckDBInstance } from "../../src/store/duckdb.js";
import { temporaryFolder } from "../support/database.js";
import { D0, dayUnit, writerFor } from "../support/store.js";

const FORMAT = "FORMAT parquet";

let folder: ReturnType<typeof temporaryFolder>;
let file: string;
const path = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = temporaryFolder();
  // Its name is also DuckDB's name of the database.
  file = path("some days.duckdb");
  const { store, writer } = await writerFor(file, ["BTCUSDT", "币安人生USDT"]);
  await writer.commit([
    dayUnit(D0, [
      { symbol: 0, size: 100 },
      { symbol: 1, size: 0 },
    ]),
    dayUnit(D0 + 1, [{ symbol: 0, size: 200 }]),
  ]);
  await store.close();
});
afterAll(() => {
  folder.remove();
});

async function asked<Result>(text: string, use: (answer: SqlAnswer) => Promise<Result>): Promise<Result> {
  const answer = await sql(file, text);
  try {
    return await use(answer);
  } finally {
    await answer.close();
  }
}

/** Names, types and values in a Parquet file. */
async function contents(parquet: string): Promise<unknown[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const found = [];
    for (const text of [`DESCRIBE FROM '${parquet}'`, `FROM '${parquet}'`]) {
      found.push((await connection.runAndReadAll(text)).getRowsJson());
    }
    return found;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

it.each([
  "SELECT * FROM daily_availability ORDER BY symbol DESC, date",
  "FROM availability SELECT symbol, date; -- the last word",
  'SELECT 1 AS a, 2 AS a, \'x"y\' AS "b""c" /* and */',
  'SELECT count(*) AS n FROM "some days".main.availability',
  "WITH t AS (SELECT range::INTEGER AS n FROM range(5000)) SELECT n, n::TINYINT % 7 AS small FROM t WHERE n < 100",
  "SELECT -1::BIGINT AS a, 18446744073709551615::UBIGINT AS b, 0.1::FLOAT AS c, 'nan'::DOUBLE AS d, true AS e",
  "SELECT DATE 'infinity' AS a, TIMESTAMP '2024-03-02 01:02:03.000004' AS b, TIMESTAMP_MS '2024-03-02' AS c, NULL::DATE AS d",
  "VALUES (1, 'one'), (2, NULL)",
])("%s: DuckDB writes the same file as its rows", async (text) => {
  const [copied, read] = [path("copied.parquet"), path("read.parquet")];
  await asked(text, async (answer) => {
    let isCopied = false;
    const copy: SqlAnswer["copy"] = async (...how) => (isCopied = (await answer.copy?.(...how)) === true);
    await writePieces(copied, parquetPieces({ ...answer, copy }));
    expect(isCopied).toBe(true);
  });
  await asked(text, (answer) => writePieces(read, parquetPieces({ ...answer, copy: undefined })));
  expect(await contents(copied)).toEqual(await contents(read));
});

it.each([
  ["a statement that isn't a SELECT", "DESCRIBE availability"],
  ["lists", "SELECT [1, 2] AS a"],
  ["JSON", "SELECT '{}'::JSON AS a"],
  ["decimals", "SELECT 0.1 AS a"],
  ["integers beyond 64 bits", "SELECT sum(1) AS a"],
])("leaves %s to the rows", async (_, text) => {
  const to = path("left.parquet");
  await asked(text, async (answer) => {
    expect(await answer.copy?.("c0", to, FORMAT)).toBe(false);
    expect(existsSync(to)).toBe(false);
    expect(await answer.rows.next()).toMatchObject({ done: false });
  });
});

it("leaves a value that can't be computed to the rows, which say so", async () => {
  const text = "SELECT CASE WHEN range = 990000 THEN error('no such day') ELSE range END AS n FROM range(1000000)";
  await asked(text, async (answer) => {
    await expect(writePieces(path("wrong.parquet"), parquetPieces(answer))).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("the statement failed after some of its rows") as string,
    });
  });
});

async function writePieces(to: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  writeFileSync(to, Buffer.concat(parts));
}
