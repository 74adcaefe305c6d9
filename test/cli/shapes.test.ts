import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { dayOf } from "../../src/calendar/day.js";
import { UNHURRIED } from "../support/cli.js";
import { replicaTest, syntheticWorld } from "../support/fixture.js";
import { startRawServer, status } from "../support/raw-server.js";
import { shapeOf } from "../support/shape.js";

const FOLDER = fileURLToPath(new URL("__snapshots__/json/", import.meta.url));

const { source } = syntheticWorld({ seed: 11, symbols: 6, from: dayOf("2024-01-01"), through: dayOf("2024-03-31") });

/** Commands by the name of their snapshot. They run in this order, on one file. */
const COMMANDS: [name: string, ...args: string[]][] = [
  ["discover", "discover"],
  ["backfill-dry-run", "backfill", "--from", "2024-01-01", "--to", "2024-03-20", "--dry-run"],
  ["backfill", "backfill", "--from", "2024-01-01", "--to", "2024-03-20"],
  ["update", "update", "--date", "2024-03-21"],
  ["status", "status"],
  ["validate", "validate"],
  ["query-snapshot", "query", "snapshot", "2024-03-01"],
  ["query-timeline", "query", "timeline", "BTCUSDT"],
  ["query-range", "query", "range", "2024-03-01", "2024-03-10"],
  ["query-counts", "query", "counts"],
  ["query-listings", "query", "listings"],
  ["query-delistings", "query", "delistings"],
  ["query-condition", "query", "condition", "2024-03-01", "2024-03-10"],
  ["files", "files", "--date", "2024-03-01"],
  ["query-universe", "query", "universe", "2024-03-01", "--min-age", "0"],
  [
    "query-sql",
    "query",
    "sql",
    "SELECT count(*) AS n, [1, 2] AS list, {a: 1.5, b: NULL} AS struct, date '2024-01-01' AS d",
  ],
];

const it = replicaTest({ history: source });

async function expectShape(name: string, json: string): Promise<void> {
  const shape = JSON.stringify(shapeOf(JSON.parse(json)), undefined, 2);
  await expect(`${shape}\n`).toMatchFileSnapshot(`${FOLDER}${name}.json`);
}

it("what --json prints has the agreed keys and kinds", async ({ folder, db, bfa }) => {
  for (const [name, ...args] of COMMANDS) {
    const { code, stdout, stderr } = await bfa(...args, "--json");
    // A validation may have findings; its answer has a shape too.
    expect([0, 1], `${name}: ${stderr}`).toContain(code);
    await expectShape(name, stdout);
  }
  const verified = await bfa("verify", folder, "--date", "2024-03-01", "--symbol", "BTCUSDT", "--json");
  await expectShape("verify", verified.stdout);
  const other = join(folder, "other.duckdb");
  copyFileSync(db, other);
  const imported = await bfa("import", other, "--db", join(folder, "into.duckdb"), "--json");
  await expectShape("import", imported.stdout);
  const [published, pulled] = [join(folder, "public"), join(folder, "pulled.duckdb")];
  await expectShape("publish", (await bfa("publish", published, "--json")).stdout);
  await expectShape("pull", (await bfa("pull", published, "--db", pulled, "--json")).stdout);
  await bfa("backfill", "--from", "2024-01-01", "--to", "2024-03-22", "--db", pulled);
  await expectShape("compare", (await bfa("compare", published, pulled, "--json")).stdout);
});

it("a failure in --json has the agreed keys and kinds", async ({ ca, bfa }) => {
  const server = await startRawServer((socket) => socket.write(status(500)));
  try {
    writeFileSync(ca, server.ca);
    const strict = ["--unlisted", ...UNHURRIED, "--retries", "0", "--json"];
    const args = ["update", "--date", "2024-03-01", "--symbols", "BTCUSDT", "--endpoint", server.url, ...strict];
    await expectShape("update-failed", (await bfa(...args)).stdout);
  } finally {
    await server.close();
  }
});
