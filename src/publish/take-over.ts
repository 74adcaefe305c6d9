import { constants, copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { PublicationError, UsageError } from "../errors.js";
import { ownTablesOf } from "../store/catalog.js";
import { openForWriting, type WritableStore } from "../store/database.js";
import { defectOf } from "../store/defects.js";
import { endpointsIn, otherBucket } from "../store/endpoints.js";
import { textLiteral } from "../store/instance.js";
import { numberOf } from "../store/numbers.js";
import type { TableName } from "../store/schema/own-names.js";
import { inTransaction } from "../store/transaction.js";
import { plural } from "../text/numbers.js";

/** Maximum rows of a table: 30 times those of a whole market. Even a small file can contain any number of rows. */
const MAX_ROWS = 50_000_000;

/** A publication's database that was downloaded and has the right SHA-256. */
export interface Fetched {
  /** Its path in a private folder. */
  path: string;
  /** The folder. */
  scratch: string;
  /** Number of rows according to the manifest. */
  rowCount: number;
  /** Name of the publication in messages. */
  name: string;
}

/**
 * Migrates a publication's database to this package's schema and checks it: its tables are plain tables, its rows are
 * possible results of a probe, and its counts match its rows. Its publisher may be malicious.
 *
 * @throws PublicationError PUBLICATION_DAMAGED; StoreError like `openForWriting`
 */
export async function checkFetched({ path, scratch, rowCount, name }: Fetched): Promise<void> {
  const store = await openForWriting({ file: name, path, scratch, isReplaceable: false });
  try {
    const { connection } = store;
    for (const table of await ownTablesOf(connection, "store")) {
      const rows = await numberOf(connection, `SELECT count(*) FROM ${table}`);
      if (rows > MAX_ROWS) throw damaged(name, `its ${table} has ${rows} rows, more than the maximum of ${MAX_ROWS}`);
    }
    const counted = await numberOf(connection, "SELECT count(*) FROM availability");
    if (counted !== rowCount) throw damaged(name, `it has ${counted} rows, but its manifest has ${rowCount}`);
    const defect = await defectOf(connection);
    if (defect !== undefined) throw damaged(name, defect);
  } finally {
    await store.close();
  }
}

/** What a store can know that a publication lacks, by the rows of one table. */
interface Loss {
  /** SQL of the number of things that would be lost. */
  count: string;
  says(count: number, publication: string): string;
}

/** Says that things are not in a publication, such as `2 captures of contracts are not in public`. */
const lacking = (noun: string, rest: string, orElse: "" | " or newer here" = "") => {
  return (count: number, publication: string) =>
    `${plural(count, noun)} ${rest} ${count === 1 ? "is" : "are"} not in ${publication}${orElse}`;
};

/** What would be lost with the rows of each table; undefined if that is nothing of its own. */
const LOSSES: Readonly<Record<TableName, Loss | undefined>> = {
  availability: {
    count: `SELECT count(*) FROM availability AS own LEFT JOIN other.main.availability AS published USING (date, symbol)
      WHERE published.symbol IS NULL OR published.probe_timestamp < own.probe_timestamp`,
    says: (count, publication) => `${count} of its cells are not in ${publication} or were probed later`,
  },
  // Counted from the cells.
  daily_symbol_counts: undefined,
  unsettled_days: undefined,
  // Runs and their units are how the rest was found out.
  runs: undefined,
  units: undefined,
  symbols: {
    count: "SELECT count(*) FROM (SELECT symbol FROM symbols EXCEPT SELECT symbol FROM other.main.symbols)",
    says: lacking("symbol", "of it"),
  },
  changes: {
    count: `SELECT count(*) FROM (SELECT date, symbol, kind FROM changes
      EXCEPT SELECT date, symbol, kind FROM other.main.changes)`,
    says: lacking("change", "of it"),
  },
  store_info: {
    count: `SELECT count(*) FROM store_info AS own, other.main.store_info AS published
      WHERE own.symbols_discovered_at > coalesce(published.symbols_discovered_at, '-infinity'::TIMESTAMP)`,
    says: (_, publication) => `its symbols were listed later than those of ${publication}`,
  },
  contract_captures: {
    count: `SELECT count(*) FROM (SELECT captured_at FROM contract_captures
      EXCEPT SELECT captured_at FROM other.main.contract_captures)`,
    says: lacking("capture", "of contracts"),
  },
  // What the captures contain.
  contracts: undefined,
  volume_files: {
    // A month's file takes the place of its days' files.
    count: `SELECT count(*) FROM volume_files AS own WHERE NOT EXISTS (
      FROM other.main.volume_files AS published WHERE published.symbol = own.symbol AND published.fetched_at >= own.fetched_at
        AND CASE WHEN published.source = own.source THEN published.from_date = own.from_date
          ELSE published.source = 'monthly' AND own.from_date BETWEEN published.from_date AND published.to_date END)`,
    says: lacking("file", "of volumes", " or newer here"),
  },
  daily_volumes: {
    count: `SELECT count(*) FROM (SELECT date, symbol FROM daily_volumes
      EXCEPT SELECT date, symbol FROM other.main.daily_volumes)`,
    says: lacking("bar", "of it"),
  },
  volume_spans: {
    count: `SELECT count(*) FROM
      (SELECT symbol, from_date + unnest(range(to_date - from_date + 1))::INTEGER AS date FROM volume_spans) AS own
      WHERE NOT EXISTS (FROM other.main.volume_spans AS published
        WHERE published.symbol = own.symbol AND own.date BETWEEN published.from_date AND published.to_date)`,
    says: lacking("day", "of known volumes"),
  },
  volume_differences: {
    count: `SELECT count(*) FROM (SELECT date, symbol, column_name FROM volume_differences
      EXCEPT SELECT date, symbol, column_name FROM other.main.volume_differences)`,
    says: lacking("difference", "of volumes"),
  },
};

/**
 * Replaces the rows of a store with those of a checked database, in one transaction. Users' own tables and views stay.
 *
 * @param store the store, open for writing
 * @throws UsageError when the store has data that the publication lacks
 */
export async function takeOver(store: WritableStore, fetched: Fetched): Promise<void> {
  const { connection, scratch } = store;
  // The store's instance can access only its own folder.
  const copy = join(scratch, "pulled.duckdb");
  copyFileSync(fetched.path, copy, constants.COPYFILE_FICLONE);
  await connection.run(`ATTACH ${textLiteral(copy)} AS other (READ_ONLY)`);
  try {
    await refuseLoss(connection, store.file, fetched.name);
    const former = await numberOf(connection, "SELECT count(*) FROM availability");
    await inTransaction(connection, async () => {
      for (const table of await ownTablesOf(connection, "other")) {
        await connection.run(`DELETE FROM ${table}`);
        await connection.run(`INSERT INTO ${table} BY NAME SELECT * FROM other.main.${table}`);
      }
      // This makes maintenance rewrite the file without the former rows.
      if (former > 0) await connection.run("UPDATE store_info SET compacted_rows = 0");
    });
  } finally {
    await connection.run("DETACH other");
    rmSync(copy);
  }
}

async function refuseLoss(connection: DuckDBConnection, file: string, name: string): Promise<void> {
  const reasons: string[] = [];
  for (const loss of Object.values(LOSSES)) {
    if (loss === undefined) continue;
    const count = await numberOf(connection, loss.count);
    if (count > 0) reasons.push(loss.says(count, name));
  }
  const own = await endpointsIn(connection, "store_info");
  const published = await endpointsIn(connection, "other.main.store_info");
  const different = own && published && otherBucket(own, published);
  if (different !== undefined) reasons.push(`it was filled from ${different.known}, but ${name} from another server`);
  if (reasons.length === 0) return;
  throw new UsageError(
    `${file} would lose data: ${reasons.join("; ")}. Name another file with --db, or keep this one current with \`bfa update\``,
  );
}

function damaged(name: string, reason: string): PublicationError {
  return new PublicationError("PUBLICATION_DAMAGED", `the database of ${name} can't be used: ${reason}`);
}
