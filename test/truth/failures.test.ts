import { join } from "node:path";
import { describe, expect } from "vitest";
import { formatDay } from "../../src/calendar/day.js";
import { backfill } from "../../src/run/backfill.js";
import { update } from "../../src/run/update.js";
import { rowsOf } from "../support/database.js";
import { available, startRawServer, status } from "../support/raw-server.js";
import { it } from "./support.js";

describe("a failure is a gap, and only where it happened", () => {
  it("one file answers 503 for five days: it is due until answered, and the rest of its day is there", async ({
    world,
  }) => {
    world.files("AUSDT BUSDT CUSDT", "2025-03-01", "2025-03-31");
    world.fault = ({ method, symbol, day }) =>
      method === "HEAD" && symbol === "BUSDT" && formatDay(day) === "2025-03-03" ? 503 : undefined;
    for (const date of ["2025-03-04", "2025-03-05", "2025-03-06"]) {
      world.at(date);
      const { outcome, failures } = await world.update({ source: "head", lookback: 2 });
      const wanted = date === "2025-03-06" ? [] : [["BUSDT", "2025-03-03", "HTTP_503"]];
      expect(failures.map(({ symbol, date: day, code }) => [symbol, day, code])).toEqual(wanted);
      expect(outcome).toBe(wanted.length > 0 ? "failed" : "whole");
    }
    const ofDay = "SELECT symbol FROM daily_availability WHERE date = DATE '2025-03-03' ORDER BY 1";
    expect((await rowsOf(world.db, ofDay)).flat()).toEqual(["AUSDT", "CUSDT"]);
    await expect(world.ask((file) => file.snapshot({ date: "2025-03-03" }))).rejects.toMatchObject({
      condition: "partial",
      unknown_symbols: ["BUSDT"],
    });
    world.fault = undefined;
    world.at("2025-03-09");
    expect(await world.update()).toMatchObject({ outcome: "whole" });
    expect((await rowsOf(world.db, ofDay)).flat()).toEqual(["AUSDT", "BUSDT", "CUSDT"]);
  });

  it("a key that answers 403 for weeks: only its own cell is unknown", async ({ world }) => {
    world.files("AUSDT BUSDT", "2025-03-01", "2025-03-31");
    world.fault = ({ method, symbol }) => (method === "HEAD" && symbol === "BUSDT" ? 403 : undefined);
    world.at("2025-03-20");
    expect(await world.update({ source: "head", lookback: 3 })).toMatchObject({ outcome: "failed", failed: 3 });
    const answer = await world.ask((file) => file.snapshot({ date: "2025-03-18", allowPartial: 1 }));
    expect(answer).toMatchObject({ unknown_symbols: ["BUSDT"], rows: [{ symbol: "AUSDT" }] });
  });

  it.for([
    ["a page of HTML", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n"],
    ["0 bytes", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"],
  ])("%s with 200 is a protocol failure, not a file", async ([, head], { folder }) => {
    const modified = "Last-Modified: Fri, 05 Mar 2021 10:12:13 GMT\r\n\r\n";
    const server = await startRawServer((socket) => socket.write(`${head}${modified}`));
    try {
      const db = join(folder, "a.duckdb");
      const options = {
        db,
        endpoint: server.url,
        ca: server.ca,
        symbols: ["BTCUSDT"],
        http2: false,
        retries: 0,
        timeoutMs: 600_000,
        reject: false,
      };
      expect(await update({ ...options, date: "2024-12-30" })).toMatchObject({
        outcome: "failed",
        rows_written: 0,
        failures: [{ kind: "protocol" }],
      });
    } finally {
      await server.close();
    }
  });

  it("three retries by default: what passes is counted, what does not ends the run as failed", async ({ folder }) => {
    let requestCount = 0;
    const server = await startRawServer((socket) =>
      socket.write(++requestCount <= 3 ? status(503) : available(50_000)),
    );
    try {
      const db = join(folder, "a.duckdb");
      const options = { db, endpoint: server.url, ca: server.ca, symbols: ["BTCUSDT"], http2: false };
      const day = { from: "2024-12-30", to: "2024-12-30" };
      expect(await backfill({ ...options, ...day })).toMatchObject({ outcome: "whole", retries: 3, requests: 4 });
    } finally {
      await server.close();
    }
  });
});
