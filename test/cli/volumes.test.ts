import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import { FLAT_BELOW_BYTES } from "../../src/vision/lives.js";
import type { RunSummary } from "../../src/run/summary.js";
import type { VolumesSummary } from "../../src/run/volumes.js";
import { type CliResult, runCli, UNHURRIED } from "../support/cli.js";
import { rowsOf } from "../support/database.js";
import { replicaTest, syntheticWorld } from "../support/fixture.js";
import { withReplica } from "../support/replica.js";

const yesterday = dayAt(Date.now()) - 1;
const { history, symbols, source } = syntheticWorld({
  seed: 5,
  symbols: 6,
  from: yesterday - 70,
  through: yesterday,
});
const folders = history.folders.filter(({ symbol }) => symbols.includes(symbol));

/** What the table must have: a bar for each 1-minute file, and whether the bar has trades. */
const truth = folders
  .flatMap(({ symbol, days, sizes }) =>
    Array.from(days, (day, place) => `${symbol} ${formatDay(day)} ${(sizes[place] ?? 0) >= FLAT_BELOW_BYTES}`),
  )
  .sort();
const tradedOf = async (db: string) =>
  (await rowsOf(db, "SELECT symbol, date, trade_count > 0 FROM daily_volumes"))
    .map((row) => row.map(String).join(" "))
    .sort();
const digestOf = async (db: string) =>
  (await rowsOf(db, "SELECT count(*)::INT, bit_xor(hash(v))::VARCHAR FROM daily_volumes AS v"))[0];
const soundness = async (db: string) =>
  (
    await rowsOf(
      db,
      `SELECT (SELECT count(*) - count(DISTINCT (date, symbol)) FROM daily_volumes)::INT,
        (SELECT count(*) FROM daily_volumes ANTI JOIN volume_spans ON daily_volumes.symbol = volume_spans.symbol
          AND date BETWEEN from_date AND to_date)::INT,
        (SELECT coalesce(sum(row_count), 0) FROM volume_files)::INT - (SELECT count(*) FROM daily_volumes)::INT`,
    )
  )[0];
const summaryOf = ({ stdout, stderr }: CliResult) => {
  expect(stdout, stderr).not.toBe("");
  return JSON.parse(stdout) as VolumesSummary;
};

const it = replicaTest({ history: source })
  /** A file with all volumes, which is made once. */
  .extend("whole", { scope: "file" }, async ({ replicaThread, counted, root }) => {
    const [file, ca] = [join(root, "whole.duckdb"), join(root, "whole.pem")];
    writeFileSync(ca, replicaThread.ca);
    const env = { BFA_ENDPOINT: replicaThread.url, BFA_LIST_ENDPOINT: replicaThread.listUrl, BFA_CA: ca };
    return { file, ...(await counted(() => runCli(["volumes", "--json", "--db", file], env))) };
  });

describe("bfa volumes", () => {
  it("fetches every bar, then only lists", async ({ whole, bfa, db, replica }) => {
    expect(whole.result.code, whole.result.stderr).toBe(0);
    const summary = summaryOf(whole.result);
    expect(summary).toMatchObject({ command: "volumes", outcome: "whole", rows_written: truth.length, failures: [] });
    expect(await tradedOf(whole.file)).toEqual(truth);
    expect(await soundness(whole.file)).toEqual([0, 0, 0]);
    expect(whole.stats.requests.get).toBe(2 * summary.files_fetched);

    copyFileSync(whole.file, db);
    await replica.resetStats();
    const second = await bfa("volumes");
    expect(second).toMatchObject({ code: 0 });
    expect(second.stdout).toContain("nothing to do");
    expect((await replica.stats()).requests).toMatchObject({ get: 0, head: 0 });
  });

  it("continues where it stopped after a kill at any time", async ({ whole, bfa, start, db, replica }) => {
    const { files_fetched: all } = summaryOf(whole.result);
    let fetched = 0;
    // Each file takes two requests.
    for (const kills of [Math.floor(all / 3), all]) {
      await replica.resetStats();
      const running = start("volumes", "--connections", "4");
      const isOver = () => running.child.exitCode !== null;
      while (!isOver() && (await replica.stats()).requests.get < kills) await new Promise((r) => setTimeout(r, 5));
      running.child.kill("SIGKILL");
      await running.done;
      fetched += (await replica.stats()).requests.get;
    }
    const rest = await bfa("volumes", "--json");
    expect(rest.code, rest.stderr).toBe(0);
    expect(await digestOf(db)).toEqual(await digestOf(whole.file));
    expect(await soundness(db)).toEqual([0, 0, 0]);
    expect(fetched).toBeGreaterThanOrEqual(all);
    expect(summaryOf(rest).files_fetched).toBeLessThanOrEqual(all);
  });

  it("gets every bar with retries from a server that fails now and then; without them it exits with 1 and continues later", async ({
    bfa,
    db,
    ca,
  }) => {
    const faults = { status500: 0.03, status503: 0.03, reset: 0.03, seed: 2 };
    await withReplica({ history: source, faults }, async (replica) => {
      writeFileSync(ca, replica.ca);
      const where = ["--endpoint", replica.url, "--list-endpoint", replica.listUrl, "--json", ...UNHURRIED];
      const symbolsOption = ["--symbols", symbols.slice(0, 5).join()];
      const failed = await bfa("volumes", ...where, ...symbolsOption, "--unlisted", "--retries", "0");
      expect(failed.code, failed.stderr).toBe(1);
      const { failures } = summaryOf(failed);
      expect(failures.length).toBeGreaterThan(0);
      for (const { kind } of failures) expect(["status", "closed", "reset"]).toContain(kind);
      expect(failed.stderr).toContain("failed; --retries repeats transient failures");
      expect(await soundness(db)).toEqual([0, 0, 0]);
      const retried = await bfa("volumes", ...where, ...symbolsOption, "--unlisted", "--retries", "10");
      expect(retried.code, retried.stderr).toBe(0);
      expect(await tradedOf(db)).toEqual(truth.filter((row) => symbols.slice(0, 5).includes(row.split(" ")[0] ?? "")));
    });
  });

  it("is part of an update once the file has volumes, for the symbols of the update", async ({ bfa, db, replica }) => {
    const [one = "", two = ""] = symbols;
    const without = await bfa("update", "--symbols", one, "--json");
    expect(without.code, without.stderr).toBe(0);
    expect(JSON.parse(without.stdout)).toMatchObject({ outcome: "whole", volumes: null });
    expect((await replica.stats()).requests.get).toBe(0);
    const begun = await bfa("volumes", "--symbols", one);
    expect(begun.code, begun.stderr).toBe(0);

    const left = await bfa("update", "--no-volumes", "--symbols", two, "--json");
    expect(JSON.parse(left.stdout)).toMatchObject({ outcome: "whole", volumes: null });
    const update = await bfa("update", "--symbols", two, "--json");
    expect(update.code, update.stderr).toBe(0);
    const ofTwo = truth.filter((row) => row.startsWith(`${two} `));
    const summary = JSON.parse(update.stdout) as RunSummary;
    expect(summary).toMatchObject({
      outcome: "whole",
      volumes: { symbols_asked: 1, rows_written: ofTwo.length, units_written: 1, failures: [] },
    });
    expect(await tradedOf(db)).toEqual(truth.filter((row) => [one, two].includes(row.split(" ")[0] ?? "")));
    expect(
      await rowsOf(db, "SELECT command, outcome, rows_written::INT FROM runs ORDER BY run_id DESC LIMIT 1"),
    ).toEqual([["update", "whole", summary.rows_written + ofTwo.length]]);

    const all = await bfa("update");
    expect(all.code, all.stderr).toBe(0);
    expect(all.stdout).toMatch(/ {2}volumes:\n.* fetched .*\n.* bars of \d+ symbols written\n.*, volumes [\d.]+ s,/);
    expect(await tradedOf(db)).toEqual(truth);
    expect(await soundness(db)).toEqual([0, 0, 0]);
  });

  it("leaves whole symbols when interrupted as part of an update, and says how to continue", async ({
    bfa,
    start,
    db,
    replica,
  }) => {
    expect((await bfa("volumes", "--symbols", symbols[0] ?? "")).code).toBe(0);
    await replica.resetStats();
    // Slow enough that any machine has work left when the signal comes.
    const slow = ["--connections", "1", "--no-http2", "--max-requests-per-second", "20"];
    const running = start("update", ...slow);
    while ((await replica.stats()).requests.get < 20) await new Promise((r) => setTimeout(r, 5));
    running.child.kill("SIGINT");
    const { code, stderr } = await running.done;
    expect({ code, stderr }).toMatchObject({ code: 130 });
    expect(stderr).toContain(`continue with: bfa update ${slow.join(" ")}`);
    expect(await soundness(db)).toEqual([0, 0, 0]);
    expect(await rowsOf(db, "SELECT command, outcome FROM runs ORDER BY run_id DESC LIMIT 1")).toEqual([
      ["update", "interrupted"],
    ]);
    expect(await bfa("update")).toMatchObject({ code: 0 });
    expect(await tradedOf(db)).toEqual(truth);
  });

  it("refuses what it can't use", async ({ bfa }) => {
    for (const args of [
      ["--source", "head"],
      ["--symbols", "BTC-USDT"],
    ]) {
      const { code, stdout } = await bfa("volumes", ...args);
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: "" });
    }
  });
});
