import { DuckDBInstance } from "@duckdb/node-api";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TLSSocket } from "node:tls";
import { pathToFileURL } from "node:url";
import { describe, expect } from "vitest";
import { dayAt, dayOf, formatDay, type Day } from "../../src/calendar/day.js";
import { NO_CHANGES } from "../../src/store/write/changes.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";
import { GRACE_MS, patient, runAlone, runCli, startCli, summaryOf, UNHURRIED } from "../support/cli.js";
import { rowsOf, soundness, tableOf } from "../support/database.js";
import { replicaTest, syntheticWorld } from "../support/fixture.js";
import { available, startRawServer, status } from "../support/raw-server.js";
import { withReplica } from "../support/replica.js";
import { truthOf } from "../support/truth.js";

const yesterday = dayAt(Date.now()) - 1;
const { firstPeriod } = DEFAULT_DATASET;
/** The first day that is not final when it was probed today. */
const firstProvisional = yesterday + 2 - DEFAULT_DATASET.finality.afterDays;
const { history, symbols, source } = syntheticWorld({ seed: 7, symbols: 5, from: yesterday - 60, through: yesterday });

const it = replicaTest({ history: source })
  // The folder is not there yet either.
  .extend("db", ({ folder }) => join(folder, "new", "a.duckdb"))
  .extend("update", ({ bfa }) => {
    return (...args: string[]) => bfa("update", ...args);
  })
  // The first update of an empty file, which takes longest, is made once.
  .extend("filled", { scope: "file" }, async ({ replicaThread, counted, root }) => {
    const [file, ca] = [join(root, "filled.duckdb"), join(root, "filled.pem")];
    writeFileSync(ca, replicaThread.ca);
    const { url, listUrl } = replicaThread;
    const env = { BFA_DB: file, BFA_ENDPOINT: url, BFA_LIST_ENDPOINT: listUrl, BFA_CA: ca };
    return { env, file, ...(await counted(() => runCli(["update", "--json"], env))) };
  })
  // The same day twice, over HTTP/2 and unpooled.
  .extend("twice", { scope: "file" }, async ({ counted, filled, root }) => {
    const db = join(root, "twice.duckdb");
    const run = async (...args: string[]) => {
      const line = ["update", "--date", formatDay(yesterday - 30), "--db", db, "--json", ...args];
      const { result, stats } = await counted(() => runCli(line, filled.env));
      const times = await rowsOf(db, "SELECT min(probe_timestamp)::VARCHAR FROM daily_availability");
      return {
        result,
        times,
        table: await tableOf(db),
        sound: await soundness(db),
        stats,
      };
    };
    return { first: await run("--http2", "--connections", "2"), second: await run("--no-pool") };
  })
  .extend("expectTable", ({ db }) => async (from: Day, to: Day, names: readonly string[] = symbols, file = db) => {
    expect(await tableOf(file)).toEqual(truthOf(history, names, from, to));
    expect(await soundness(file)).toEqual({ wrongCounts: 0, duplicates: 0 });
  });

describe("bfa update", () => {
  it("fills an empty file with the whole past of every perpetual, cell by cell", async ({
    filled: { file, result },
    expectTable,
  }) => {
    expect(result.code).toBe(0);
    // Nothing had to be looked up, so the summary doesn't mention look-ups.
    expect(result.stderr).not.toContain("looked up");
    await expectTable(firstPeriod, yesterday, symbols, file);
    const summary = summaryOf(result);
    const cellCount = symbols.length * (yesterday - firstPeriod + 1);
    expect(summary).toMatchObject({
      command: "update",
      outcome: "whole",
      from: formatDay(firstPeriod),
      to: formatDay(yesterday),
      symbol_count: symbols.length,
      sources: ["list"],
      probes: cellCount,
      failed: 0,
      replays: 0,
      retries: 0,
      rows_written: cellCount,
      units_written: symbols.length,
      changes: NO_CHANGES,
      failures: [],
    });
    const last = summary.conditions.at(-1);
    expect(last).toMatchObject({ condition: "provisional", to: formatDay(yesterday) });
    expect(dayOf(last?.from ?? "")).toBeLessThanOrEqual(firstProvisional);
    expect(summary.available + summary.missing).toBe(summary.probes);
  });

  it("probes a given day by HEAD over at most the given number of connections", async ({
    replica,
    update,
    expectTable,
  }) => {
    const date = formatDay(yesterday - 30);
    const result = await update("--date", date, "--connections", "5", "--threads", "3", "--json");
    expect(result.code).toBe(0);
    await expectTable(yesterday - 30, yesterday - 30);
    expect(summaryOf(result)).toMatchObject({
      sources: ["head"],
      conditions: [{ condition: "final", from: date, to: date }],
    });
    const stats = await replica.stats();
    expect(stats.requests.head).toBe(symbols.length);
    expect(stats.maxOpen).toBeLessThanOrEqual(5);
    expect(summaryOf(result).connections_opened).toBe(stats.handshakes);
  });

  describe("when run twice, over HTTP/2 and unpooled", () => {
    const truth = truthOf(history, symbols, yesterday - 30, yesterday - 30);

    it("gives the same table", ({ twice: { first, second } }) => {
      for (const { result, table, sound } of [first, second]) {
        expect(result.code, result.stderr).toBe(0);
        expect(table).toEqual(truth);
        expect(sound).toEqual({ wrongCounts: 0, duplicates: 0 });
      }
      expect(first.stats.handshakes).toBeLessThanOrEqual(2);
      expect(second.stats.handshakes).toBe(symbols.length);
    });

    it("changes nothing but the probe times", ({ twice: { first, second } }) => {
      expect(summaryOf(second.result)).toMatchObject({ changes: NO_CHANGES, rows_written: symbols.length });
      expect(second.table).toEqual(first.table);
      expect(second.times).not.toEqual(first.times);
    });
  });

  it("probes again what is provisional, and holes, and leaves alone what is final", async ({
    db,
    update,
    expectTable,
    filled,
  }) => {
    mkdirSync(dirname(db));
    copyFileSync(filled.file, db);
    const [[first] = []] = await rowsOf(db, "SELECT max(probe_timestamp)::VARCHAR FROM daily_availability");
    const { probes, outcome } = summaryOf(await update("--json"));
    expect(outcome).toBe("whole");
    const again = `probe_timestamp > TIMESTAMP '${String(first)}'`;
    const provisional = `date >= DATE '${formatDay(firstProvisional)}'`;
    expect(
      await rowsOf(
        db,
        `SELECT count(*)::INT, bool_and(${provisional} OR NOT available) FROM daily_availability WHERE ${again}`,
      ),
    ).toEqual([[probes, true]]);
    expect(
      await rowsOf(db, `SELECT count(*)::INT FROM daily_availability WHERE ${provisional} AND NOT (${again})`),
    ).toEqual([[0]]);
    await expectTable(firstPeriod, yesterday);
  });

  it("refuses a symbol that the bucket does not list, and suggests the nearest name, unless told otherwise", async ({
    db,
    update,
  }) => {
    const date = ["--date", formatDay(yesterday - 30)];
    const refused = await update(...date, "--symbols", "ETHUSDT,BTCUSDTT");
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain(
      "the bucket does not list BTCUSDTT: did you mean BTCUSDT? The option unlisted takes it anyway",
    );
    expect(await tableOf(db)).toEqual([]);
    expect((await update(...date, "--symbols", "btcusdt")).stderr).toContain("did you mean BTCUSDT?");
    expect(await update(...date, "--symbols", "BTCUSDTT", "--unlisted")).toMatchObject({ code: 0 });
  });

  it("takes symbols from a list, from a file and by quote asset", async ({ folder, update, expectTable }) => {
    const date = ["--date", formatDay(yesterday - 30)];
    await update(...date, "--symbols", "BTCUSDT,ETHUSDT,NOSUCHUSDT", "--unlisted");
    await expectTable(yesterday - 30, yesterday - 30, ["BTCUSDT", "ETHUSDT", "NOSUCHUSDT"]);
    const file = join(folder, "symbols.txt");
    writeFileSync(file, "# two\nBTCUSDT\r\n\nETHUSDC\n");
    const other = join(folder, "b.duckdb");
    await update(...date, "--symbols-file", file, "--quote", "USDC", "--unlisted", "--db", other);
    await expectTable(yesterday - 30, yesterday - 30, ["ETHUSDC"], other);
  });

  it("lists the bucket once and remembers its symbols", async ({ filled, replica, db, update }) => {
    expect(filled.stats.requests.list).toBeGreaterThan(0);
    mkdirSync(dirname(db));
    copyFileSync(filled.file, db);
    await update("--date", formatDay(yesterday));
    expect((await replica.stats()).requests.list).toBe(0);
    expect(await rowsOf(db, "SELECT count(*) FROM symbols")).toEqual([[BigInt(history.folders.length)]]);
  });

  it("looks up each host exactly once for all threads", async ({ replica, folder, db, ca }) => {
    const log = join(folder, "lookups");
    const hook = join(folder, "hook.mjs");
    writeFileSync(log, "");
    writeFileSync(
      hook,
      `import dns from "node:dns"; import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module";
       for (const [from, name] of [[dns, "lookup"], [dns.promises, "lookup"]]) {
         const original = from[name];
         from[name] = function (host, ...rest) {
           fs.appendFileSync(${JSON.stringify(log)}, host + "\\n");
           return original.call(this, host, ...rest);
         };
       }
       syncBuiltinESMExports();`,
    );
    const result = await runAlone(["update", "--lookback", "3", "--threads", "3", "--source", "list", "--json"], {
      NODE_OPTIONS: `--import ${pathToFileURL(hook).href}`,
      BFA_DB: db,
      BFA_ENDPOINT: replica.url.replace("127.0.0.1", "localhost"),
      BFA_LIST_ENDPOINT: replica.listUrl.replace("127.0.0.1", "localhost"),
      BFA_CA: ca,
    });
    expect(result.code).toBe(0);
    expect(summaryOf(result).dns_lookups).toBe(1);
    expect(readFileSync(log, "utf8")).toBe("localhost\n");
  });

  it("reports a failed warm-up, continues, and fails every probe for that reason", async ({ db }) => {
    const args = ["update", "--symbols", "BTCUSDT,ETHUSDT", "--date", formatDay(yesterday), "--json", "--retries", "0"];
    const result = await runCli([...args, "--endpoint", "https://no-such-host.invalid", "--db", db]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("no-such-host.invalid can't be resolved");
    const { failures, failed, rows_written } = summaryOf(result);
    expect({ failed, rows_written }).toEqual({ failed: 2, rows_written: 0 });
    expect(failures.map(({ symbol, kind }) => `${symbol} ${kind}`).sort()).toEqual(["BTCUSDT dns", "ETHUSDT dns"]);
    expect(await tableOf(db)).toEqual([]);
  });

  it("journals a replaced file with its old and new facts", async ({ db, ca }) => {
    const day = yesterday - 30;
    const file = { symbol: "BTCUSDT", day, size: 2000, lastModified: 1_700_000_000_000 };
    const other = { ...file, symbol: "ETHUSDT" };
    const run = async (files: (typeof file)[]) => {
      return await withReplica({ history: { type: "listed", files } }, async (small) => {
        writeFileSync(ca, small.ca);
        const args = ["update", "--date", formatDay(day), "--db", db, "--ca", ca, "--endpoint", small.url, "--json"];
        return summaryOf(await runCli([...args, "--symbols", "BTCUSDT,ETHUSDT"]));
      });
    };
    expect(await run([file, other])).toMatchObject({ changes: NO_CHANGES, outcome: "whole" });
    expect(await run([{ ...file, size: 3000, lastModified: 1_700_000_005_000 }, other])).toMatchObject({
      changes: { late: 0, replaced: 1, removed: 0 },
    });
    const columns = "kind, symbol, old_size_bytes::INT, new_size_bytes::INT";
    expect(await rowsOf(db, `SELECT ${columns} FROM changes`)).toEqual([["replaced", "BTCUSDT", 2000, 3000]]);
  });
});

describe("bfa update and days that are not published", () => {
  /** Runs updates against a server on which these days of two symbols are published. */
  const itAgainst = it.extend("against", ({ db, ca }) => async (days: readonly Day[], ...args: string[]) => {
    const files = days.flatMap((day) =>
      ["BTCUSDT", "ETHUSDT"].map((symbol) => ({ symbol, day, size: 2000, lastModified: 1_700_000_000_000 })),
    );
    return await withReplica({ history: { type: "listed", files } }, async (small) => {
      writeFileSync(ca, small.ca);
      const endpoints = ["--endpoint", small.url, "--list-endpoint", small.listUrl, "--ca", ca, "--db", db];
      const result = await runCli(["update", ...endpoints, "--json", ...args]);
      expect(result.code, result.stderr).toBe(0);
      return summaryOf(result);
    });
  });

  itAgainst.for(["head", "list"])(
    "writes what was answered and says that they are unpublished as long as they are, by %s",
    async (source, { db, against }) => {
      const recent = ["--lookback", "3", "--source", source];
      const [first, last] = [formatDay(yesterday - 2), formatDay(yesterday)];
      expect(await against([yesterday - 2, yesterday - 1], ...recent)).toMatchObject({
        outcome: "whole",
        rows_written: 6,
        conditions: [
          { condition: "provisional", from: first, to: formatDay(yesterday - 1) },
          { condition: "unpublished", from: last, to: last },
        ],
      });
      const yesterdays = `SELECT available FROM daily_availability WHERE date = DATE '${last}'`;
      expect(await rowsOf(db, yesterdays)).toEqual([[false], [false]]);
      expect(await against([yesterday - 2, yesterday - 1, yesterday], ...recent)).toMatchObject({
        rows_written: 6,
        conditions: [{ condition: "provisional", from: first, to: last }],
        changes: NO_CHANGES,
      });
      expect(await rowsOf(db, yesterdays)).toEqual([[true], [true]]);
    },
  );

  itAgainst("believes an absence once a day is final", async ({ against }) => {
    const date = formatDay(yesterday - 100);
    const summary = await against([yesterday - 101], "--date", date);
    expect(summary).toMatchObject({
      conditions: [{ condition: "final", from: date, to: date }],
      missing: 2,
      rows_written: 2,
    });
  });
});

describe("bfa update and failures", () => {
  const day = formatDay(yesterday - 10);

  it("writes every answered cell and no other, and names every failure", async ({ db, ca }) => {
    const server = await startRawServer((socket, head) => {
      socket.write(head.includes(`ETHUSDT-1m-${day}`) ? status(500) : available());
    });
    try {
      writeFileSync(ca, server.ca);
      const args = [
        "update",
        "--endpoint",
        server.url,
        "--ca",
        ca,
        "--db",
        db,
        "--symbols",
        "BTCUSDT,ETHUSDT",
        ...UNHURRIED,
        "--retries",
        "0",
        "--json",
      ];
      const result = await runCli([...args, "--date", formatDay(yesterday - 9), "--lookback", "3"]);
      expect(result.code).toBe(1);
      const summary = summaryOf(result);
      expect(summary).toMatchObject({ outcome: "failed", probes: 6, available: 5, failed: 1, rows_written: 5 });
      expect(summary.failures).toEqual([
        {
          symbol: "ETHUSDT",
          date: day,
          days: 1,
          kind: "status",
          code: "HTTP_500",
          message: expect.any(String) as string,
          cause: null,
        },
      ]);
      const cells = await rowsOf(db, "SELECT date::VARCHAR, symbol FROM daily_availability ORDER BY ALL");
      expect(cells).toEqual([
        [formatDay(yesterday - 11), "BTCUSDT"],
        [formatDay(yesterday - 11), "ETHUSDT"],
        [day, "BTCUSDT"],
        [formatDay(yesterday - 9), "BTCUSDT"],
        [formatDay(yesterday - 9), "ETHUSDT"],
      ]);
      expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
      const human = await runCli([...args.slice(0, -1), "--date", day]);
      expect(human.stdout).toContain("1 failed: status HTTP_500");
      expect(human.stdout).toContain(`ETHUSDT ${day}`);
    } finally {
      await server.close();
    }
  });

  it("retries what may pass, unless told not to, and counts the retries", async ({ db, ca }) => {
    let answers = 0;
    const server = await startRawServer((socket) => socket.write(++answers % 2 === 1 ? status(503) : available()));
    try {
      writeFileSync(ca, server.ca);
      const args = ["update", "--endpoint", server.url, "--ca", ca, "--db", db, "--symbols", "BTCUSDT", "--date", day];
      const strict = summaryOf(await runCli([...args, ...UNHURRIED, "--json", "--retries", "0"]));
      expect(strict).toMatchObject({ failed: 1, retries: 0, requests: 1 });
      answers = 0;
      const retried = summaryOf(await runCli([...args, ...UNHURRIED, "--json"]));
      expect(retried).toMatchObject({ outcome: "whole", failed: 0, retries: 1, requests: 2 });
    } finally {
      await server.close();
    }
  });

  it("says that an http:// endpoint is not encrypted", async ({ db }) => {
    const args = [
      "update",
      "--endpoint",
      "http://127.0.0.1:1",
      "--db",
      db,
      "--symbols",
      "BTCUSDT",
      "--date",
      day,
      "--retries",
      "0",
    ];
    const { code, stderr } = await runCli(args);
    expect(code).toBe(1);
    expect(stderr).toContain("bfa: --endpoint http://127.0.0.1:1 is not encrypted");
  });

  it("exits with 130 when interrupted, and prints the command to continue", async ({ db, ca }) => {
    // Some days are answered immediately, and the rest only after the signal.
    const held: TLSSocket[] = [];
    let isHolding = true;
    const server = await startRawServer((socket) => {
      if (isHolding && server.requests.length > 40) held.push(socket);
      else socket.write(available());
    });
    try {
      writeFileSync(ca, server.ca);
      const names = Array.from({ length: 8 }, (_, i) => `S${i}USDT`).join(",");
      const args = ["update", "--endpoint", server.url, "--ca", ca, "--db", db, "--symbols", names, "--json"];
      const few = ["--connections", "4", "--threads", "1", "--lookback", "200"];
      const running = startCli([...args, ...few, ...UNHURRIED], patient(GRACE_MS));
      await server.received(41);
      running.child.kill("SIGINT");
      await running.untilPrinted("finishing the current units");
      isHolding = false;
      for (const socket of held) socket.write(available());
      const result = await running.done;
      expect(result.code, result.stderr).toBe(130);
      expect(result.stderr).toContain("continue with: bfa update --endpoint");
      const summary = summaryOf(result);
      expect(summary.outcome).toBe("interrupted");
      expect(summary.units_written).toBeGreaterThan(0);
      expect(summary.probes).toBe(summary.units_written * 8);
      expect(await rowsOf(db, "SELECT count(*)::INT FROM daily_availability")).toEqual([[summary.probes]]);
      expect(await rowsOf(db, "SELECT outcome FROM runs")).toEqual([["interrupted"]]);
    } finally {
      await server.close();
    }
  });
});

describe("bfa update and wrong usage", () => {
  const tomorrow = formatDay(yesterday + 2);
  it.for<[args: string[], message: string]>([
    [["--date", "2024-02-30"], "is not a date"],
    [["--date", "yesterday"], "is not a date"],
    [["--date", tomorrow], "has not ended yet"],
    [["--date", "2019-09-24"], "before 2019-09-25"],
    [["--lookback", "0"], "whole number"],
    [["--lookback", "1.5"], "whole number"],
    [["--threads", "0"], "whole number"],
    [["--threads", "1e3"], "whole number"],
    [["--connections", "99999"], "whole number"],
    [["--timeout", "-1"], "whole number"],
    [["--retries", "many"], "whole number"],
    [["--symbols", "BTC/USDT"], "is not a symbol"],
    [["--symbols", "BTC\u001b[2JUSDT"], "is not a symbol"],
    [["--symbols", ","], "is not a symbol"],
    [["--symbols-file", "/no/such/file"], "can't be read"],
    [["--ca", "/no/such/file"], "can't be read"],
    [["--endpoint", "not a url"], "is not a URL"],
    [["--endpoint", "ftp://x"], "neither https nor http"],
    [["--endpoint", "https://x/path"], "must have no path"],
    [["--endpoint", "https://u:p@x"], "only scheme"],
    [["--source", "guess"], "is not one of auto, head, list"],
    [["--no-such-option"], "there is no option --no-such-option"],
    [["extra"], "takes no arguments, but got"],
    [["--db", ""], "needs a value"],
    [["--date", "2024-01-01", "--date", "2024-01-02"], "more than once"],
    [["--symbols", "AAUSDT", "--symbols-file", "x"], "can't be combined"],
  ])("%j exits with 2 and one line, before any work", async ([args, message], { replica, db, update }) => {
    const result = await update(...args);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain(message);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    await expect(rowsOf(db, "SELECT 1")).rejects.toThrow();
    expect((await replica.stats()).connections).toBe(0);
  });
});

describe("bfa update and a file that can't be used", () => {
  it("says who holds it, and exits with 3", async ({ db, update, filled }) => {
    mkdirSync(dirname(db));
    copyFileSync(filled.file, db);
    const instance = await DuckDBInstance.create(db);
    try {
      const result = await update("--date", formatDay(yesterday));
      expect(result).toMatchObject({ code: 3, stdout: "" });
      expect(result.stderr).toContain(String(process.pid));
    } finally {
      instance.closeSync();
    }
  });

  it("leaves a file alone that is not a database, and exits with 3", async ({ folder, update }) => {
    const notes = join(folder, "notes.txt");
    writeFileSync(notes, "these are notes");
    expect(await update("--date", formatDay(yesterday), "--db", notes)).toMatchObject({ code: 3, stdout: "" });
    expect(readFileSync(notes, "utf8")).toBe("these are notes");
  });
});
