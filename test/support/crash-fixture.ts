import { DuckDBInstance } from "@duckdb/node-api";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import { runCli } from "./cli.js";
import { temporaryFolder } from "./database.js";
import { replicaTest, syntheticWorld } from "./fixture.js";
import type { Crash } from "./killed-at-steps.js";

// Old enough that no cell probed today is due again.
const last = dayAt(Date.now()) - 90;
const first = last - 120;
const middle = first + 30;
const { source } = syntheticWorld({ seed: 3, symbols: 4, from: first, through: last });

/** Leaves so much garbage in a file that any run on it ends with a compaction. */
async function fillWithGarbage(file: string): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    await connection.run("CREATE TABLE garbage AS SELECT uuid() AS u FROM range(200000); CHECKPOINT");
    await connection.run("DROP TABLE garbage; UPDATE store_info SET compacted_rows = 1, compacted_bytes = 1");
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The commands that write a file. Each starts with a file that has the first days, and adds more. */
export const CRASH_COMMANDS = ["update", "backfill", "sweep", "import"] as const;

export type CrashCommand = (typeof CRASH_COMMANDS)[number];

const ARGS = {
  update: ["update", "--date", formatDay(middle + 9), "--lookback", "9", "--source", "head"],
  backfill: ["backfill", "--from", formatDay(first), "--to", formatDay(last), "--source", "list"],
  sweep: ["sweep"],
};

/** The test function for commands that are killed; `crash` prepares a command to kill, with its own folder. */
export const crashTest = replicaTest({ history: source })
  .extend("files", { scope: "file" }, async ({ replicaThread }, { onCleanup }) => {
    const { path, remove } = temporaryFolder();
    onCleanup(remove);
    const { url, listUrl, ca } = replicaThread;
    const env = { BFA_ENDPOINT: url, BFA_LIST_ENDPOINT: listUrl, BFA_CA: join(path, "ca.pem") };
    writeFileSync(env.BFA_CA, ca);
    const [base, whole] = [join(path, "base.duckdb"), join(path, "whole.duckdb")];
    for (const [db, to] of [[base, middle] as const, [whole, last] as const]) {
      const args = ["backfill", "--db", db, "--from", formatDay(first), "--to", formatDay(to), "--source", "list"];
      expect(await runCli(args, env)).toMatchObject({ code: 0 });
    }
    await fillWithGarbage(base);
    return { base, whole };
  })
  .extend("crash", ({ files: { base, whole }, env, db }) => {
    return (command: CrashCommand): Crash => ({
      args: command === "import" ? ["import", whole] : ARGS[command],
      ...{ env, db, base },
    });
  });
