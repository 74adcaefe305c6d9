import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CommandModule } from "yargs";
import { outputError } from "../../store/output-error.js";
import { showRun } from "./run-command.js";

/** Days that the demo takes: the whole history would take longer than anyone looks. */
const DAYS = 3;

/** Rows of each table that the demo shows. */
const ROWS_SHOWN = 5;

/** Added round trip, ms: that of a server in the same country. */
const ROUND_TRIP_MS = 10;

/** How the demo prints rows. */
const TABLE = { format: "table", json: undefined, out: undefined } as const;

/** Days that its last day is ago: the files of a later one could be uploaded in the future, a few come days late. */
const DAYS_AGO = 8;

/** `bfa demo` */
const demoCommand: CommandModule = {
  command: "demo",
  describe: "Try it in a few seconds, without the internet: update and query a made-up Binance Vision",
  builder: (yargs) => yargs.example("$0 demo", "327 symbols, three days; the database stays in a temporary folder"),
  handler: demo,
};

async function demo(): Promise<void> {
  const [{ startReplicaThread }, { update }, { dayAt, formatDay }] = await Promise.all([
    import("../../threads/replica-thread.js"),
    import("../../run/update.js"),
    import("../../calendar/day.js"),
  ]);
  const last = dayAt(Date.now()) - DAYS_AGO;
  const db = join(makeFolder(), "availability.duckdb");
  say("Starting an embedded Binance Vision with a made-up history of 327 symbols ...");
  const history = { type: "synthetic", through: last } as const;
  const replica = await startReplicaThread({ history, rttMs: ROUND_TRIP_MS });
  try {
    say(`It serves ${replica.files.toLocaleString("en-US")} files at ${replica.url}, ${ROUND_TRIP_MS} ms away.\n`);
    // No proxy leads back to this machine.
    process.env["no_proxy"] = "*";
    // By name, so that there is something to look up.
    const named = (url: string) => url.replace("127.0.0.1", "localhost");
    const endpoints = {
      endpoint: named(replica.url),
      listEndpoint: named(replica.listUrl),
      contractsUrl: named(replica.contractsUrl),
      ca: replica.ca,
    };
    const display = {
      json: false,
      format: undefined,
      out: undefined,
      quiet: false,
      "log-level": "silent",
      notify: undefined,
    };
    await showRun(
      display,
      { db, ...endpoints, source: "head" as const, date: formatDay(last), lookback: DAYS },
      update,
    );
  } finally {
    await replica.close();
  }
  await showTables(db, last);
  const page = await publishPage(db);
  say(`
What you see is made up. The database is ${db}; ask it more:
  bfa query counts --db ${db}
  bfa status --db ${db}

Next, the real thing, from Binance Vision:
  bfa update                        the whole history at first, then what is due: run it daily
  bfa query snapshot ${formatDay(last)}     what was there on a day
  bfa publish public                such a page, and the index for others to use
  bfa help                          everything else

A page of what the demo made, to be opened in a browser:
  ${page}`);
}

/** A folder that stays. */
function makeFolder(): string {
  const parent = tmpdir();
  try {
    return mkdtempSync(join(parent, "bfa-demo-"));
  } catch (error) {
    throw outputError(parent, error);
  }
}

async function showTables(db: string, day: number): Promise<void> {
  const [{ openReader }, { ask }, snapshot, counts, { printAnswer }, { formatDay }] = await Promise.all([
    import("../../store/open.js"),
    import("../../query/ask.js"),
    import("../../query/snapshot.js"),
    import("../../query/counts.js"),
    import("../output/print-answer.js"),
    import("../../calendar/day.js"),
  ]);
  const store = await openReader(db);
  try {
    const { rows, ...there } = await ask(snapshot.default, store, {
      date: day,
      quote: undefined,
      contract: "perpetual",
      underlying: undefined,
      traded: false,
      filed: false,
      allowPartial: 0,
    });
    say(`\nSnapshot of ${formatDay(day)}, ${ROWS_SHOWN} of ${rows.length} symbols (bfa query snapshot):`);
    await printAnswer({ ...there, rowsName: "rows", rows: [rows.slice(0, ROWS_SHOWN)] }, TABLE);
    say("\nCounts (bfa query counts):");
    const counted = await ask(counts.default, store, { from: undefined, to: undefined, allowPartial: 0 });
    await printAnswer({ ...counted, rowsName: "rows", rows: [counted.rows] }, TABLE);
  } finally {
    await store.close();
  }
}

/** Publishes the database beside it, and gives the path of the page. */
async function publishPage(db: string): Promise<string> {
  const { publish } = await import("../../publish/publish.js");
  const folder = join(dirname(db), "public");
  await publish(db, folder);
  return join(folder, "index.html");
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export default demoCommand;
