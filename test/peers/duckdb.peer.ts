/**
 * The database file read by other versions of DuckDB's own clients than the one in this package: the oldest that is
 * supported and the newest. The clients are given by where they are installed, separated by colons:
 *
 *     python3 -m venv /tmp/old && /tmp/old/bin/pip install duckdb==1.4.2
 *     python3 -m venv /tmp/new && /tmp/new/bin/pip install duckdb
 *     npm install --prefix /tmp/old-node @duckdb/node-api@1.4.2-r.1
 *     npm install --prefix /tmp/new-node @duckdb/node-api
 *     DUCKDB_PYTHONS=/tmp/old/bin/python:/tmp/new/bin/python DUCKDB_NODES=/tmp/old-node:/tmp/new-node npm run test:peers
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { maintain } from "../../src/store/maintain.js";
import { openStore } from "../../src/store/open.js";
import { UnitWriter } from "../../src/store/write/commit.js";
import { keyPath, fileKey } from "../../src/vision/object-key.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";
import { ENDPOINTS } from "../../src/vision/endpoints.js";
import { temporaryFolder } from "../support/database.js";
import { D0, dayUnit, symbolUnit, writerFor } from "../support/store.js";
import { announce, versionOf } from "./programs.js";

const SYMBOLS = ["BTCUSDT", "币安人生USDT", ...Array.from({ length: 298 }, (_, at) => `S${at}USDT`)];
const DAYS = 230;

/** Everything that is read: each row of each table, and the inputs of a query. */
const QUESTIONS = [
  `SELECT count(*), count(DISTINCT symbol), sum(file_size_bytes), sum(epoch(last_modified)), min(url), max(url),
    sum(status_code), sum(epoch(probe_timestamp)), count(*) FILTER (available) FROM daily_availability`,
  `SELECT count(*), sum(available_count), sum(probed_count) FROM daily_symbol_counts`,
  `SELECT (SELECT count(*) FROM (SELECT * FROM units)), (SELECT count(*) FROM (SELECT * FROM runs)),
    (SELECT count(*) FROM (SELECT * FROM symbols)), (SELECT count(*) FROM (SELECT * FROM changes)),
    (SELECT schema_version FROM store_info)`,
  `SELECT * FROM daily_availability WHERE date = '2024-03-01' AND symbol IN ('BTCUSDT', '币安人生USDT') ORDER BY symbol`,
];

const PYTHON = `
import duckdb, json, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
answers = [connection.sql(question) for question in json.loads(sys.argv[2])]
print(json.dumps([[[None if cell is None else str(cell) for cell in row] for row in a.fetchall()] for a in answers]))
`;

const NODE = `
const { DuckDBInstance } = require(process.argv[3] + "/node_modules/@duckdb/node-api");
(async () => {
  const instance = await DuckDBInstance.create(process.argv[1], { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const answers = [];
  for (const question of JSON.parse(process.argv[2])) {
    const rows = (await connection.runAndReadAll(question)).getRows();
    answers.push(rows.map((row) => row.map((cell) => (cell === null ? null : String(cell)))));
  }
  console.log(JSON.stringify(answers));
})();
`;

/** A client: its version, and how to query a file with it. */
interface Client {
  name: string;
  ask: (file: string) => string[][][];
}

function client(program: string, version: string | undefined, args: readonly string[], more: readonly string[] = []) {
  const place = more.at(-1) ?? program;
  announce(`DuckDB in ${place}`, version);
  if (version === undefined) return [];
  const ask = (file: string): string[][][] => {
    const given = [...args, file, JSON.stringify(QUESTIONS), ...more];
    const { stdout, stderr } = spawnSync(program, given, { encoding: "utf8" });
    expect(stderr).toBe("");
    return JSON.parse(stdout) as string[][][];
  };
  return [{ name: `${version} (${place})`, ask }];
}

const listed = (name: string, fallback: string) =>
  (process.env[name] ?? fallback).split(":").filter((path) => path !== "");

const clients: Client[] = [
  ...listed("DUCKDB_PYTHONS", "python3").flatMap((python) =>
    client(python, versionOf(python, ["-c", "import duckdb; print('duckdb ' + duckdb.__version__)"]), ["-c", PYTHON]),
  ),
  ...listed("DUCKDB_NODES", "").flatMap((folder) => {
    const print = `console.log("duckdb " + require(${JSON.stringify(folder)} + "/node_modules/@duckdb/node-api").version())`;
    return client(process.execPath, versionOf(process.execPath, ["-e", print]), ["-e", NODE], [folder]);
  }),
];

describe.skipIf(clients.length === 0)("a file read by another DuckDB", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  const file = (name: string) => join(folder.path, `${name}.duckdb`);

  beforeAll(async () => {
    folder = temporaryFolder();
    const small = await writerFor(file("small"), SYMBOLS);
    await small.writer.commit([
      dayUnit(D0, [
        { symbol: 0, size: 49_321 },
        { symbol: 1, size: 0 },
      ]),
    ]);
    await small.store.close();
    for (const name of ["written", "compacted", "updated"]) {
      const { store, writer } = await writerFor(file(name), SYMBOLS);
      const cells = (symbol: number) =>
        Array.from({ length: DAYS }, (_, at) => ({ day: D0 + at, size: (symbol * 7919 + at * 104_729) % 90_000 }));
      await writer.commit(SYMBOLS.map((_, symbol) => symbolUnit(symbol, cells(symbol))));
      if (name !== "written") await maintain(store);
      await store.close();
    }
    // Rows that are rewritten leave deleted ones in their row groups, on which 1.4.0 and 1.4.1 fail.
    for (let day = D0 + DAYS - 5; day < D0 + DAYS + 25; day++) {
      const store = await openStore(file("updated"));
      const writer = await UnitWriter.create(store, { runId: 1, symbols: SYMBOLS });
      const cells = SYMBOLS.map((_, symbol) => ({ symbol, size: (symbol * 31 + day) % 90_000 }));
      await writer.commit([4, 3, 2, 1, 0].map((back) => dayUnit(day - back, cells)));
      await maintain(store);
      await store.close();
    }
  });
  afterAll(() => {
    folder.remove();
  });

  it.each(clients)("$name reads the eight columns by name", ({ ask }) => {
    const url = (symbol: string) => ENDPOINTS.download + keyPath(fileKey(DEFAULT_DATASET, symbol, D0));
    const [rows] = ask(file("small")).slice(-1);
    expect(rows?.map((row) => row.map((cell) => (cell as string | null)?.toLowerCase() ?? null))).toEqual(
      [
        ["2024-03-01", "BTCUSDT", "True", "49321", "2024-03-02 10:00:00", url("BTCUSDT"), "200", "2026-01-01 00:00:00"],
        ["2024-03-01", "币安人生USDT", "False", null, null, url("币安人生USDT"), "404", "2026-01-01 00:00:00"],
      ].map((row) => row.map((cell) => cell?.toLowerCase() ?? null)),
    );
  });

  it.each(["written", "compacted", "updated"])("a file that was %s: all give the same answer", (name) => {
    const answers = clients.map(({ ask }) => {
      const [rows, counts, others] = ask(file(name));
      return [rows, counts, others].map((answer) => answer?.map((row) => row.map(plain)));
    });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    const [all] = answers[0]?.[0] ?? [];
    const days = name === "updated" ? DAYS + 25 : DAYS;
    expect(all?.slice(0, 2)).toEqual([String(SYMBOLS.length * days), String(SYMBOLS.length)]);
  });
});

/** Numbers as every client prints them. */
function plain(cell: string): string {
  return /^[\d.]+$/.test(cell) ? String(Number(cell)) : cell;
}
