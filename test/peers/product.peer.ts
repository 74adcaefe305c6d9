import { readFileSync, statSync } from "node:fs";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { request } from "undici";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunSummary } from "../../src/run/summary.js";
import { BUCKET } from "../../src/replica/bucket.js";
import { createCertificate } from "../../src/replica/certificate.js";
import { dayOf, formatDay } from "../../src/calendar/day.js";
import { keyPath, fileKey } from "../../src/vision/object-key.js";
import { runAlone } from "../support/cli.js";
import { rowsOf, soundness, temporaryFolder } from "../support/database.js";
import { startNginx } from "./nginx.js";
import { announce, freePort, startProgram, versionOf } from "./programs.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

/*
 * The product itself against independent servers: HEAD against nginx (tested with 1.22.1), LIST against moto (5.2.1).
 * Only the certificates are from the embedded replica.
 */
const nginxVersion = versionOf("nginx", ["-v"]);
const motoVersion = versionOf("python3", ["-c", "import moto; print(moto.__version__)"]);
announce("nginx", nginxVersion);
announce("moto", motoVersion);

const day = dayOf("2024-03-01");
const symbols = Array.from({ length: 327 }, (_, i) => (i === 7 ? "币安人生USDT" : `S${i}USDT`));
const there = symbols.filter((_, i) => i % 9 !== 4);

let folder: ReturnType<typeof temporaryFolder>;
let db: string;
beforeEach(() => {
  folder = temporaryFolder();
  db = join(folder.path, "a.duckdb");
});
afterEach(() => {
  folder.remove();
});
const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
});

async function table(): Promise<unknown[]> {
  const columns = "symbol, available, file_size_bytes::INT, epoch_ms(last_modified)::DOUBLE, status_code::INT";
  return await rowsOf(db, `SELECT date::VARCHAR, ${columns} FROM daily_availability ORDER BY date, symbol`);
}

describe.skipIf(nginxVersion === undefined)("bfa update against nginx", () => {
  it("finds what the files are, over no more sockets than allowed", async () => {
    const path = (symbol: string) => join(folder.path, "files", fileKey(DEFAULT_DATASET, symbol, day));
    for (const [i, symbol] of there.entries()) {
      await mkdir(dirname(path(symbol)), { recursive: true });
      await writeFile(path(symbol), Buffer.alloc(1000 + i * 37));
      await utimes(path(symbol), 1_709_400_000 + i, 1_709_400_000 + i);
    }
    const certificate = await createCertificate();
    const nginx = await startNginx(folder.path, certificate);
    const ca = join(folder.path, "ca.pem");
    const list = join(folder.path, "symbols.txt");
    await writeFile(ca, certificate.ca);
    await writeFile(list, symbols.join("\n"));
    const args = ["update", "--date", formatDay(day), "--symbols-file", list, "--endpoint", nginx.url, "--ca", ca];
    const result = await runAlone([...args, "--db", db, "--connections", "24", "--json"]);
    await nginx.stop();
    expect(result.code, result.stderr).toBe(0);
    expect(await table()).toEqual(
      [...symbols].sort().map((symbol) => {
        if (!there.includes(symbol)) return [formatDay(day), symbol, false, null, null, 404];
        const { size, mtimeMs } = statSync(path(symbol));
        return [formatDay(day), symbol, true, size, mtimeMs, 200];
      }),
    );
    expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
    const requests = readFileSync(nginx.accessLog, "utf8")
      .split("\n")
      .filter((line) => line.includes("/klines/"));
    const sockets = new Set(requests.map((line) => line.split(" ")[0]));
    expect(requests).toHaveLength(symbols.length);
    expect(sockets.size).toBeLessThanOrEqual(24);
    expect((JSON.parse(result.stdout) as RunSummary).connections_opened).toBe(sockets.size);
  });
});

describe.skipIf(motoVersion === undefined)("bfa discover and backfill by LIST against moto", () => {
  it("finds the symbols and every file, page by page", async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const moto = await startProgram("moto_server", ["-H", "127.0.0.1", "-p", String(port)], () => request(url));
    stops.push(moto.stop);
    const put = async (key: string, bytes: number) => {
      const { statusCode, body } = await request(`${url}/${BUCKET}${keyPath(key)}`, {
        method: "PUT",
        body: Buffer.alloc(bytes),
      });
      await body.dump();
      expect(statusCode).toBe(200);
    };
    await request(`${url}/${BUCKET}`, { method: "PUT" }).then(({ body }) => body.dump());
    // More than a page of 1,000 keys for the first, few for the others, holes in each.
    const days = { BTCUSDT: 620, 币安人生USDT: 30, ETHUSDT: 5 };
    const wanted: unknown[] = [];
    for (const [symbol, count] of Object.entries(days)) {
      for (let i = 0; i < count; i++) {
        const missing = i % 11 === 3;
        if (!missing) await put(fileKey(DEFAULT_DATASET, symbol, day + i), 100 + i);
        if (!missing) await put(`${fileKey(DEFAULT_DATASET, symbol, day + i)}.CHECKSUM`, 92);
        wanted.push([symbol, formatDay(day + i), !missing, missing ? null : 100 + i]);
      }
    }
    const env = { BFA_DB: db, BFA_ENDPOINT: url, BFA_LIST_ENDPOINT: `${url}/${BUCKET}` };
    const discovered = await runAlone(["discover", "--json"], env);
    expect(JSON.parse(discovered.stdout)).toMatchObject({ added: ["BTCUSDT", "ETHUSDT", "币安人生USDT"] });
    const range = ["--from", formatDay(day), "--to", formatDay(day + 619)];
    const result = await runAlone(["backfill", ...range, "--source", "list", "--json"], env);
    expect(result.code, result.stderr).toBe(0);
    expect(JSON.parse(result.stdout)).toMatchObject({ foreign_keys: 0, probes: 3 * 620, sources: ["list"] });
    const rows = await rowsOf(
      db,
      "SELECT symbol, date::VARCHAR, available, file_size_bytes::INT FROM daily_availability ORDER BY symbol, date",
    );
    const expected = new Map(wanted.map((row) => [String((row as string[]).slice(0, 2)), row]));
    expect(rows.filter((row) => expected.has(String(row.slice(0, 2))))).toEqual(
      [...expected.values()].sort((a, b) => (String(a) < String(b) ? -1 : 1)),
    );
    expect(rows.filter((row) => !expected.has(String(row.slice(0, 2)))).every((row) => row[2] === false)).toBe(true);
    expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
  });
});
