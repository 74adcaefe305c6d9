import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { outputError } from "../../store/output-error.js";
import { plural } from "../../text/numbers.js";
import type { CommandBody } from "./command-body.js";
import { showRun } from "./run-command.js";

/** Days that the demo probes: nobody would wait for the whole history. */
const DAYS = 3;

/** Number of rows shown of each table. */
const ROWS_SHOWN = 5;

/** Simulated round-trip time, ms: that of a server in the same country. */
const ROUND_TRIP_MS = 10;

/** How the demo prints rows. */
const TABLE = { format: "table", json: undefined, out: undefined } as const;

/**
 * How many days ago the last day is. Some files are days late, so those of a later day could have future upload times.
 */
const DAYS_AGO = 8;

/** `bfa demo` */
const demoCommand: CommandBody<object> = {
  builder: (yargs) => yargs.example("$0 demo", "327 symbols, three days; keeps the database in a temporary folder"),
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
  say("Starting an embedded Binance Vision with a synthetic history of 327 symbols ...");
  const history = { type: "synthetic", through: last } as const;
  const replica = await startReplicaThread({ history, rttMs: ROUND_TRIP_MS });
  try {
    say(`It serves ${plural(replica.files, "file")} at ${replica.url}, ${ROUND_TRIP_MS} ms away.\n`);
    // A proxy couldn't reach this machine.
    process.env["no_proxy"] = "*";
    // Use a name, so that there is something to look up.
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
All of this data is made up. The database is ${db}; query it further:
  bfa query counts --db ${db}
  bfa status --db ${db}

A page with the demo's data, to open in a browser:
  ${page}

Next, the real thing, from Binance Vision:
  bfa update                        the whole history at first, then what is due: run it daily
  bfa query snapshot ${formatDay(last)}     what was there on a day
  bfa publish public                such a page, and the index for others to use
  bfa help                          everything else`);
  // npx and `npm run` don't make it a command of the shell.
  if (process.env["npm_command"] !== undefined) {
    say("\nIf bfa is not a command yet: npm install -g binance-futures-availability, or npm link in a checkout");
  }
}

/** Creates a folder that is kept. */
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

/** Publishes the database into a folder beside it, and returns the path of the page. */
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
