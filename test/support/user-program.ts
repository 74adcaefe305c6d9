/** A typical first program of a user: a run against a replica, then a query. */
function program(database: string): string {
  return `
  const replica = await startReplica({
    history: { type: "files", files: [{ symbol: "BTCUSDT", date: "2024-03-01", bytes: 50_000 }] },
  });
  const { url: endpoint, listUrl: listEndpoint, ca } = replica;
  const summary = await update({ db: "${database}", endpoint, listEndpoint, ca, date: new Date("2024-03-01T12:00Z") });
  await replica.close();
  const db = await openAvailability("${database}");
  const { rows } = await db.snapshot({ date: "2024-03-01" });
  const { runs } = await db.status();
  await db.close();
  console.log(JSON.stringify([summary.outcome, rows[0].symbol, runs.length]));
`;
}

const IMPORTED = "openAvailability, update";

/** The program as an ES module, which writes `imported.duckdb`. */
export const ES_MODULE = `
  import { ${IMPORTED} } from "binance-futures-availability";
  import { startReplica } from "binance-futures-availability/replica";
  ${program("imported.duckdb")}`;

/** The program as CommonJS, which writes `required.duckdb`. */
export const COMMON_JS = `
  const { ${IMPORTED} } = require("binance-futures-availability");
  const { startReplica } = require("binance-futures-availability/replica");
  (async () => { ${program("required.duckdb")} })();`;

/** Output of both. */
export const PROGRAM_PRINTS = '["whole","BTCUSDT",1]\n';
