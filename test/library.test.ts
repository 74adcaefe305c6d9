import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, vi } from "vitest";
import { DAY_MS, dayAt, dayOf } from "../src/calendar/day.js";
import * as library from "../src/index.js";
import { startReplica } from "../src/replica.js";
import { replicaTest, syntheticWorld } from "./support/fixture.js";

const { source, symbols } = syntheticWorld({
  ...{ seed: 11, symbols: 12, from: dayOf("2024-02-20"), through: dayOf("2024-03-10") },
});
const it = replicaTest({ history: source });

const {
  backfill,
  classifySymbol,
  compare,
  importFile,
  openAvailability,
  planBackfill,
  discover,
  publish,
  pull,
  sweep,
  universeMatrix,
  update,
} = library;

describe("wrong usage", () => {
  it("of a run rejects with a UsageError that names the option, before any work", async ({ db }) => {
    const file = { symbol: "BTCUSDT", date: "2024-03-01", bytes: 50_000 };
    const wrong: [option: string, call: () => Promise<unknown>][] = [
      ["threads", () => update({ db, threads: 0 })],
      ["lookback", () => update({ db, lookback: 1.5 })],
      ["date", () => update({ db, date: "2999-01-01" })],
      ["date", () => update({ db, date: 20240301 as unknown as string })],
      ["date", () => update({ db, date: new Date(NaN) })],
      ["minAge", () => update({ db, minAge: 90 } as { db: string })],
      ["from", () => backfill({ db, from: "2024-03-02", to: "2024-03-01" })],
      ["ca", () => backfill({ db, ca: "/etc/ssl/ca.pem" })],
      ["signal", () => planBackfill({ db, signal: "now" as unknown as AbortSignal })],
      ["onEvent", () => discover({ db, onEvent: 5 as unknown as () => void })],
      ["symbols", () => sweep({ db, symbols: ["BTCUSDT"] } as { db: string })],
      ["waitMs", () => importFile({ db, file: "b.duckdb", waitMs: -1 })],
      ["file", () => importFile({ db } as { db: string; file: string })],
      ["file", () => openAvailability("")],
      ["folder", () => publish(db, "")],
      ["signal", () => publish(db, "public", { signal: 5 as unknown as AbortSignal })],
      ["source", () => pull(5 as unknown as string, db)],
      ["waitMs", () => pull("public", db, { waitMs: -1 })],
      ["limit", () => compare(db, db, { limit: 0.5 })],
      ["symbols", () => compare(db, db, { symbols: ["BTCUSDT"] } as object)],
      ["rttMs", () => startReplica({ rttMs: -1 })],
      ["history.symbols", () => startReplica({ history: { type: "synthetic", symbols: 0 } })],
      ["history.files.bytes", () => startReplica({ history: { type: "files", files: [{ ...file, bytes: 5 }] } })],
      ["faults.reset", () => startReplica({ faults: { reset: 2 } })],
      ["faults", () => startReplica({ faults: 5 as never })],
      ["history", () => startReplica({ history: [] as never })],
    ];
    for (const [option, call] of wrong) {
      await expect(call(), option).rejects.toMatchObject({ name: "UsageError", code: "USAGE", option });
    }
    await expect(update(undefined as unknown as { db: string })).rejects.toThrow("the options are missing");
    await expect(update({ db, ca: "/etc/ssl/ca.pem" })).rejects.toThrow("not the path of a file");
    expect(existsSync(db)).toBe(false);
  });

  it("of a query rejects with a UsageError that names the argument", async ({ db, folder, replica }) => {
    const { url: endpoint, listUrl: listEndpoint, ca } = replica;
    await backfill({ db, endpoint, listEndpoint, ca, from: "2024-02-20", to: new Date("2024-03-10T23:59:59Z") });
    await using file = await openAvailability(db);
    const out = join(folder, "a.csv");
    const wrong: [option: string, call: () => Promise<unknown>][] = [
      ["date", () => file.snapshot({ date: 20240301 as unknown as string })],
      ["date", () => file.snapshot({} as { date: string })],
      ["minAge", () => file.snapshot({ date: "2024-03-01", minAge: 90 } as { date: string })],
      ["minAge", () => file.universe({ date: "2024-03-01", minAge: "90" as never })],
      ["allowPartial", () => file.snapshot({ date: "2024-03-01", allowPartial: "" as never })],
      ["allowPartial", () => file.files({ date: "2024-03-01", allowPartial: "5" as never })],
      ["from", () => file.counts({ from: "2024-03-02", to: "2024-03-01" })],
      ["checks", () => file.validate({ checks: ["hole" as "holes"] })],
      ["checks", () => file.validate({ checks: [] })],
      ["from", () => file.validate({ from: "2999-01-01" })],
      ["share", () => file.validate({ share: 2 })],
      ["minAge", () => file.validate({ minAge: 90 } as object)],
      ["maxAgeMs", () => file.staleness({ maxAgeMs: 5 })],
      ["format", () => file.export({ format: "json" as "csv", out })],
      ["from", () => file.export({ format: "csv", out, from: "2024-03-02", to: "2024-03-01" })],
      ["quote", () => file.export({ format: "csv", out, quote: "EUR" })],
      ["statement", () => file.stream({} as { statement: string }).next()],
    ];
    for (const [option, call] of wrong) {
      await expect(call(), option).rejects.toMatchObject({ name: "UsageError", option });
    }
    await expect(file.snapshot("2024-03-01" as unknown as { date: string })).rejects.toThrow(
      'give the options in one object, not "2024-03-01"',
    );
  });
});

it("the wrong argument of a helper is refused by name", () => {
  const refusal = (option: string): unknown => expect.objectContaining({ name: "UsageError", option });
  expect(() => universeMatrix([{ date: "2024-01-01" }] as never)).toThrow(refusal("rows"));
  expect(() => universeMatrix(5 as never)).toThrow(refusal("rows"));
  expect(() => classifySymbol(undefined as never)).toThrow(refusal("symbol"));
});

describe("an open file", () => {
  it("answers through its methods what the command answers", async ({ db, folder, replica, bfa }) => {
    const { url: endpoint, listUrl: listEndpoint, ca } = replica;
    const where = { db, endpoint, listEndpoint, ca };
    await backfill({ ...where, from: "2024-02-20", to: "2024-03-10", quote: undefined });
    await using file = await openAvailability(db);
    const json = async (...args: string[]): Promise<unknown> => JSON.parse((await bfa(...args, "--json")).stdout);
    expect(await file.snapshot({ date: new Date("2024-03-01T23:00:00Z"), quote: undefined })).toEqual(
      await json("query", "snapshot", "2024-03-01"),
    );
    expect(await file.status()).toEqual(await json("status"));
    expect(await file.validate()).toEqual(await json("validate"));
    expect(await file.staleness({ maxAgeMs: 3_600_000 })).not.toEqual([]);
    const statement = "SELECT symbol, count(*) AS days FROM daily_availability GROUP BY ALL ORDER BY ALL";
    const { columns, rows } = await file.sql({ statement });
    expect(columns).toEqual(["symbol", "days"]);
    const streamed = [];
    for await (const row of file.stream({ statement })) streamed.push(row);
    expect(streamed).toEqual(rows);
    expect(rows.map(({ symbol }) => symbol)).toEqual([...symbols].sort());
    const exported = await file.export({ format: "parquet", out: join(folder, "a.parquet"), from: "2024-03-10" });
    expect(exported).toMatchObject({ format: "parquet", row_count: symbols.length });
    const imported = await importFile({ db: join(folder, "b.duckdb"), file: db });
    expect(imported).toMatchObject({ imported_count: 20 * symbols.length, refused_count: 0, ignored_columns: [] });
  });
});

it("a file that has been closed says so", async ({ db, replica }) => {
  const { url: endpoint, listUrl: listEndpoint, ca } = replica;
  await update({ db, endpoint, listEndpoint, ca, date: "2024-03-01" });
  const file = await openAvailability(db);
  await file.close();
  await file.close();
  const closed = { name: "UsageError", message: `${db} has been closed: open it again` };
  await expect(file.snapshot({ date: "2024-03-01" })).rejects.toMatchObject(closed);
  await expect(file.sql({ statement: "SELECT 1" })).rejects.toMatchObject(closed);
  await expect(file.status()).rejects.toMatchObject(closed);
  await expect(file.files()).rejects.toMatchObject(closed);
  await expect(file.stream({ statement: "SELECT 1" }).next()).rejects.toMatchObject(closed);
});

it("starts a replica that has only what was uploaded by now, unless a last day is given", async () => {
  const today = dayAt(Date.now());
  const yesterday = new Date((today - 1) * DAY_MS);
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    const filesAt = async (hour: number, to?: Date): Promise<number> => {
      vi.setSystemTime(today * DAY_MS + hour * 3_600_000);
      await using replica = await startReplica({ history: { type: "synthetic", from: yesterday, to, symbols: 3 } });
      return replica.files;
    };
    expect(await filesAt(8)).toBe(0);
    expect(await filesAt(8, yesterday)).toBeGreaterThan(0);
    expect(await filesAt(8, yesterday)).toBe(await filesAt(23, yesterday));
  } finally {
    vi.useRealTimers();
  }
});

describe("a run that fails", () => {
  it("rejects with its summary, also in a loop, and resolves with it on request", async ({ db }) => {
    await using replica = await startReplica({
      history: { type: "files", files: [{ symbol: "BTCUSDT", date: "2024-03-01", bytes: 50_000 }] },
      faults: { status500: 1 },
    });
    const { url: endpoint, ca } = replica;
    const options = { db, endpoint, ca, symbols: ["BTCUSDT"], date: "2024-03-01", retries: 0 };
    const failed = { name: "RunFailedError", code: "RUN_FAILED", summary: { outcome: "failed", failed: 1 } };
    await expect(update(options)).rejects.toMatchObject(failed);
    const received: string[] = [];
    const looping = (async () => {
      for await (const { type } of update(options)) if (type !== "progress") received.push(type);
    })();
    await expect(looping).rejects.toMatchObject(failed);
    expect(received).toEqual(["dns", "planned", "failure", "probed", "publishing", "done"]);
    expect(await update({ ...options, reject: false })).toMatchObject(failed.summary);
  });
});
