import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runAlone, startCli, summaryOf } from "../support/cli.js";
import { soundness, tableOf, temporaryFolder } from "../support/database.js";

/** Longer than the time limit of a request. */
const STOPPED_MS = 20_000;
const HISTORY = ["--seed", "5", "--symbols", "12", "--through", "2024-06-30", "--days", "200"];

it.each(["head", "list"])("a server that stalls for 20 s costs time and nothing else, by %s", async (source) => {
  const { path, remove } = temporaryFolder();
  const replica = startCli(["replica", "--json", "--rtt", "20", ...HISTORY]);
  try {
    const [line] = (await once(replica.child.stdout, "data")) as [string];
    const { url, listUrl, caFile } = JSON.parse(line) as { url: string; listUrl: string; caFile: string };
    const ca = join(path, "ca.pem");
    writeFileSync(ca, readFileSync(caFile));
    const env = { BFA_ENDPOINT: url, BFA_LIST_ENDPOINT: listUrl, BFA_CA: ca };
    const args = ["backfill", "--json", "--from", "2024-01-01", "--to", "2024-06-30", "--source", source];
    const [stopped, calm] = [join(path, "stopped.duckdb"), join(path, "calm.duckdb")];

    const running = startCli([...args, "--db", stopped, "--log-level", "info"], env);
    await running.untilPrinted('"type":"planned"');
    replica.child.kill("SIGSTOP");
    await sleep(STOPPED_MS);
    replica.child.kill("SIGCONT");
    const result = await running.done;
    // What failed for good is still due, and the next run gets it.
    expect([0, 1], result.stderr).toContain(result.code);
    const { available, missing, failed, probes, rows_written } = summaryOf(result);
    expect(available + missing + failed).toBe(probes);
    expect(rows_written).toBe(available + missing);
    expect((await runAlone([...args, "--db", stopped], env)).code).toBe(0);

    expect((await runAlone([...args, "--db", calm], env)).code).toBe(0);
    expect(await tableOf(stopped)).toEqual(await tableOf(calm));
    expect(await soundness(stopped)).toEqual({ wrongCounts: 0, duplicates: 0 });
  } finally {
    replica.child.kill("SIGCONT");
    replica.child.kill();
    await replica.done;
    remove();
  }
});
