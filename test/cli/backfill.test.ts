import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import type { RunPlan } from "../../src/run/plan.js";
import { dayAt, dayOf, formatDay } from "../../src/calendar/day.js";
import { NO_CHANGES } from "../../src/store/write/changes.js";
import { runCli, summaryOf, UNHURRIED } from "../support/cli.js";
import { tableOf } from "../support/database.js";
import { replicaTest, syntheticWorld } from "../support/fixture.js";
import { available, startRawServer, status, type Behaviour } from "../support/raw-server.js";
import { truthOf } from "../support/truth.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

const yesterday = dayAt(Date.now()) - 1;
const first = yesterday - 700;
/** The last day on which not even a hole is due once it was probed today. */
const lastFinal = yesterday + 1 - DEFAULT_DATASET.finality.holeAfterDays;
const { history, symbols, source } = syntheticWorld({ seed: 3, symbols: 12, from: first, through: yesterday });
const from = ["--from", formatDay(first)];

const it = replicaTest({ history: source }).extend("backfill", ({ bfa }) => {
  return (...args: string[]) => bfa("backfill", "--json", ...args);
});

describe("bfa backfill", () => {
  it("gives the same table by LIST and by HEAD, and it is correct cell by cell", async ({
    folder,
    db,
    backfill,
    expectSound,
  }) => {
    const truth = truthOf(history, symbols, first, yesterday);
    const listed = summaryOf(await backfill(...from, "--source", "list"));
    expect(listed).toMatchObject({ outcome: "whole", sources: ["list"], rows_written: truth.length, replays: 0 });
    expect(await tableOf(db)).toEqual(truth);
    await expectSound();
    const there = (rows: readonly string[]) => rows.filter((row) => row.split("|")[2] === "true").length;
    expect(listed).toMatchObject({ available: there(truth), missing: truth.length - there(truth) });
    // A request for each cell, but of fewer days: those around the first cell without a file.
    const other = join(folder, "b.duckdb");
    const [without = ""] = truth.flatMap((row) => (row.split("|")[2] === "false" ? row.split("|").slice(0, 1) : []));
    const since = Math.max(first, dayOf(without) - 25);
    const same = truthOf(history, symbols, since, since + 49);
    expect(there(same)).toBeGreaterThan(0);
    expect(same.length - there(same)).toBeGreaterThan(0);
    const days = ["--from", formatDay(since), "--to", formatDay(since + 49)];
    const probed = summaryOf(await backfill(...days, "--source", "head", "--db", other));
    expect(probed).toMatchObject({ outcome: "whole", sources: ["head"], requests: same.length + 1 });
    expect(await tableOf(other)).toEqual(same);
    await expectSound(other);
    expect(probed).toMatchObject({ available: there(same), missing: same.length - there(same) });
  });

  it("splits a single symbol's history into pages that are fetched in parallel", async ({ db, backfill }) => {
    const result = summaryOf(await backfill(...from, "--source", "list", "--symbols", "BTCUSDT"));
    expect(result.outcome).toBe("whole");
    expect(await tableOf(db)).toEqual(truthOf(history, ["BTCUSDT"], first, yesterday));
  });

  it("finds nothing to do when all is final and it is run again, and everything with --refresh", async ({
    backfill,
    expectSound,
  }) => {
    const since = lastFinal - 99;
    const range = ["--from", formatDay(since), "--to", formatDay(lastFinal)];
    await backfill(...range);
    const again = summaryOf(await backfill(...range));
    expect(again).toMatchObject({ outcome: "nothing-to-do", probes: 0, rows_written: 0, requests: 0, sources: [] });
    const refreshed = summaryOf(await backfill(...range, "--refresh"));
    expect(refreshed).toMatchObject({
      outcome: "whole",
      probes: symbols.length * (lastFinal - since + 1),
      changes: NO_CHANGES,
    });
    await expectSound();
  });

  it("fills the history of a new symbol and new days, and nothing else", async ({ db, backfill }) => {
    const to = lastFinal;
    await backfill("--from", formatDay(to - 99), "--to", formatDay(to - 10), "--symbols", "BTCUSDT");
    const result = summaryOf(
      await backfill("--from", formatDay(to - 99), "--to", formatDay(to), "--symbols", "BTCUSDT,ETHUSDT"),
    );
    expect(result).toMatchObject({ probes: 10 + 100, outcome: "whole" });
    expect(await tableOf(db)).toEqual(truthOf(history, ["BTCUSDT", "ETHUSDT"], to - 99, to));
  });

  it("prints its plan with --dry-run and probes nothing", async ({ replica, db, bfa, backfill }) => {
    const result = await backfill(...from, "--dry-run");
    expect(result.code, result.stderr).toBe(0);
    const plan = JSON.parse(result.stdout) as RunPlan;
    expect(plan).toMatchObject({ from: formatDay(first), to: formatDay(yesterday), symbol_count: symbols.length });
    const [final] = plan.steps;
    expect(final).toMatchObject({ source: "list", unit: "symbol", unit_count: symbols.length });
    expect(final?.head_requests).toBe(final?.cell_count);
    expect((await replica.stats()).requests).toMatchObject({ head: 0, list: 1 });
    expect(await tableOf(db)).toEqual([]);
    const text = await bfa("backfill", ...from, "--dry-run");
    expect(text.stdout).toMatch(/HEAD: .* requests.*\n.*LIST: .* requests.*\n.*chosen: LIST/);
    const quiet = await bfa("backfill", ...from, "--dry-run", "--quiet");
    expect(quiet).toMatchObject({ code: 0, stdout: "", stderr: "" });
  });

  it.for<[args: string[], message: string]>([
    [["--from", "2024-01-02", "--to", "2024-01-01"], "--from: the first day is after the last"],
    [["--from", "2019-09-24"], "before 2019-09-25"],
    [["--max-failure-rate", "101%"], "is not a share"],
  ])("%j exits with 2", async ([args, message], { backfill }) => {
    const result = await backfill(...args);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain(message);
  });
});

describe("bfa backfill and failures", () => {
  /** Runs a backfill against a server with this behaviour. */
  const itAgainst = it.extend("against", ({ db, ca }) => async (behave: Behaviour, ...args: string[]) => {
    const server = await startRawServer(behave);
    try {
      writeFileSync(ca, server.ca);
      const where = ["--db", db, "--endpoint", server.url, "--ca", ca];
      return await runCli(["backfill", "--json", ...where, ...UNHURRIED, ...args]);
    } finally {
      await server.close();
    }
  });
  const names = Array.from({ length: 20 }, (_, i) => `S${i}USDT`);
  const range = ["--from", formatDay(yesterday - 45), "--to", formatDay(yesterday - 21), "--symbols", names.join(",")];

  itAgainst("stops early when too many probes fail, and names what failed", async ({ against }) => {
    const result = await against((socket) => socket.write(status(500)), ...range, "--retries", "0");
    const summary = summaryOf(result);
    expect(result.code).toBe(1);
    expect(summary).toMatchObject({ outcome: "stopped-early", rows_written: 0 });
    expect(summary.probes).toBeLessThan(500);
    expect(summary.failures).toHaveLength(summary.failed);
    expect(summary.probes).toBe(summary.available + summary.missing + summary.failed);
  });

  itAgainst(
    "writes every other cell when few fail, and the next run probes only the failed ones",
    async ({ expectSound, against }) => {
      const bad = `S3USDT-1m-${formatDay(yesterday - 30)}`;
      const result = await against(
        (socket, head) => socket.write(head.includes(bad) ? status(500) : available()),
        ...range,
        "--retries",
        "0",
      );
      const summary = summaryOf(result);
      expect(result.code).toBe(1);
      expect(summary).toMatchObject({ outcome: "failed", failed: 1, probes: 500, rows_written: 499 });
      const resumed = summaryOf(await against((socket) => socket.write(available()), ...range));
      expect(resumed).toMatchObject({ outcome: "whole", probes: 1, rows_written: 1 });
      await expectSound();
    },
  );

  it("makes all threads back off together when the server asks for it", async ({ db, ca }) => {
    let slow = true;
    const server = await startRawServer((socket) => {
      // Only one 503: everything after it must still wait for the pause that it set.
      socket.write(slow ? status(503) : status(404));
      slow = false;
    });
    try {
      writeFileSync(ca, server.ca);
      const where = ["--db", db, "--endpoint", server.url, "--ca", ca];
      const few = ["--retries", "3", "--threads", "2", "--connections", "2"];
      const summary = summaryOf(await runCli(["backfill", "--json", ...where, ...range, ...few, ...UNHURRIED]));
      expect(summary).toMatchObject({ outcome: "whole", failed: 0, retries: 1, requests: 501 });
    } finally {
      await server.close();
    }
  });

  it("fails the whole symbol when one of its pages can't be trusted", async ({ db, ca }) => {
    const server = await startRawServer((socket) => {
      const body = "<ListBucketResult><IsTruncated>false</IsTruncated>";
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
    try {
      writeFileSync(ca, server.ca);
      const endpoints = ["--endpoint", server.url, "--list-endpoint", server.url, "--ca", ca, "--db", db];
      const result = await runCli([
        "backfill",
        "--json",
        ...endpoints,
        ...range,
        "--source",
        "list",
        "--unlisted",
        "--max-failure-rate",
        "100%",
      ]);
      const summary = summaryOf(result);
      expect(result.code).toBe(1);
      expect(summary).toMatchObject({ rows_written: 0, failed: 500, outcome: "failed" });
      expect(summary.failures[0]).toMatchObject({ days: 25, kind: "protocol", code: "LIST_TRUNCATED" });
    } finally {
      await server.close();
    }
  });

  it("writes every other symbol when one can't be listed, although thousands of its cells fail first", async ({
    db,
    ca,
  }) => {
    const xml = (content: string) => {
      const body = `<ListBucketResult>${content}<IsTruncated>false</IsTruncated></ListBucketResult>`;
      return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    };
    const waiting: (() => void)[] = [];
    let hasFailed = false;
    const server = await startRawServer((socket, head) => {
      // The first symbol to be listed.
      if (head.includes("S0USDT")) {
        socket.write(xml("<Contents><Key>oops</Key></Contents>"));
        hasFailed = true;
      } else waiting.push(() => socket.write(xml("")));
      // The others are answered after it.
      if (hasFailed) for (const answer of waiting.splice(0)) answer();
    });
    try {
      writeFileSync(ca, server.ca);
      const endpoints = ["--endpoint", server.url, "--list-endpoint", server.url, "--ca", ca, "--db", db];
      const by = ["--symbols", names.join(","), "--source", "list", "--unlisted", ...UNHURRIED];
      const summary = summaryOf(await runCli(["backfill", "--json", ...endpoints, ...by]));
      expect(summary).toMatchObject({ outcome: "failed", units_written: 19, failed: summary.probes / 20 });
      expect(new Set(summary.failures.map(({ symbol }) => symbol))).toEqual(new Set(["S0USDT"]));
    } finally {
      await server.close();
    }
  });

  it("stops early when no symbol can be listed", async ({ db, ca }) => {
    const server = await startRawServer((socket) => socket.write(status(403)));
    try {
      writeFileSync(ca, server.ca);
      const endpoints = ["--endpoint", server.url, "--list-endpoint", server.url, "--ca", ca, "--db", db];
      const by = ["--symbols", names.join(","), "--source", "list", "--unlisted", "--connections", "2"];
      const summary = summaryOf(await runCli(["backfill", "--json", ...endpoints, ...by, ...UNHURRIED]));
      expect(summary).toMatchObject({ outcome: "stopped-early", rows_written: 0 });
      expect(new Set(summary.failures.map(({ symbol }) => symbol)).size).toBeLessThan(10);
    } finally {
      await server.close();
    }
  });
});
