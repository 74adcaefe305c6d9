import { DuckDBInstance } from "@duckdb/node-api";
import { parse } from "csv-parse/sync";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import { QUERY_NAMES, type QueryName } from "../../src/query/registry.js";
import { replicaTest, syntheticWorld } from "../support/fixture.js";

const last = dayAt(Date.now()) - 1;
const first = last - 40;
const { source } = syntheticWorld({ seed: 5, symbols: 6, from: first, through: last });
/** A file that a run filled with everything it can hold, in a separate folder. */
let made: string | undefined;
const it = replicaTest({ history: source }).extend("filled", async ({ db, root, replica, bfa }) => {
  if (made === undefined) {
    for (const args of [["update", "--lookback", "41"], ["volumes"], ["contracts", "--url", replica.contractsUrl]]) {
      const { code, stderr } = await bfa(...args);
      expect(code, stderr).toBe(0);
    }
    made = join(root, "made.duckdb");
    copyFileSync(db, made);
  }
  copyFileSync(made, db);
  return db;
});

/** In SQL: the start of a formula, an escape sequence, a C1 control, a bidirectional override, and ends of lines. */
const HOSTILE = ["'=1+1'", "chr(27) || '[2J'", "chr(155)", "chr(8238)", "chr(10) || '=1+1'"].join(" || ");

/** Arguments with which each query answers. */
const DAY = formatDay(last - 3);
const QUERIES: Record<QueryName, string[]> = {
  snapshot: [DAY],
  timeline: ["BTCUSDT", "--rows"],
  range: [formatDay(last - 5), DAY],
  counts: [],
  listings: [],
  delistings: [],
  universe: [DAY, "--min-age", "0"],
  volume: ["BTCUSDT"],
  top: [DAY, "--window", "3"],
  market: [],
  condition: [DAY],
  contracts: [],
  holes: [],
  changes: [],
  sql: ["SELECT * FROM daily_availability, contracts, runs, symbols, store_info LIMIT 50"],
};

/** A folder to verify that isn't the whole project. */
const FOLDER = fileURLToPath(new URL("files", import.meta.url));

const COMMANDS: string[][] = [
  ...QUERY_NAMES.map((name) => ["query", name, ...QUERIES[name]]),
  ["status"],
  ["validate"],
  ["files", "--from", DAY, "--to", DAY],
  ["universe", "--from", formatDay(last - 9), "--to", DAY, "--rebalance", "daily", "--top", "3", "--min-age", "0"],
  ["verify", FOLDER],
];

const FORMATS = ["table", "csv", "json"];

/** The text columns of the file's tables. */
const TEXTS = `
  SELECT table_name, column_name FROM duckdb_columns() JOIN duckdb_tables() USING (table_oid, table_name)
  WHERE data_type = 'VARCHAR' ORDER BY ALL`;

/** Puts hostile characters before every text in a file's columns, and returns the columns as `table.column`. */
async function makeHostile(file: string, chosen: (column: string) => boolean): Promise<string[]> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    const texts = (await connection.runAndReadAll(TEXTS))
      .getRows()
      .map(([table, column]) => [String(table), String(column)] as const);
    const columns = texts.filter(([, column]) => chosen(column));
    for (const [table, column] of columns) {
      await connection.run(`UPDATE ${table} SET ${column} = ${HOSTILE} || ${column}`);
    }
    return columns.map((names) => names.join("."));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

describe("a text in a file from somebody else", () => {
  it.for([
    ["names of symbols", (column: string) => column === "symbol", "availability.symbol"],
    ["all others", (column: string) => column !== "symbol", "runs.command"],
  ] as const)(
    "controls no terminal and is no formula, whichever command shows it: %s",
    async ([, chosen, one], { filled, bfa }) => {
      expect(await makeHostile(filled, chosen)).toContain(one);
      let answered = 0;
      for (const args of COMMANDS) {
        for (const format of FORMATS) {
          const { code, stdout, stderr } = await bfa(...args, "--format", format);
          const context = `${args.join(" ")} as ${format}: ${stdout}${stderr}`;
          expect(`${stdout}${stderr}`.replaceAll("\n", ""), context).not.toMatch(/[\p{Cc}\p{Cf}]/u);
          if (format === "csv") {
            const fields = parse(stdout).flat();
            expect(
              fields.filter((field) => field.startsWith("=")),
              context,
            ).toEqual([]);
          }
          if (code === 0) answered++;
        }
      }
      // Many commands refuse such a file; the SQL statement at least shows the text.
      expect(answered).toBeGreaterThanOrEqual(FORMATS.length);
    },
  );
});
