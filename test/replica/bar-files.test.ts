import { createHash } from "node:crypto";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { dayOf, formatDay, DAY_MS } from "../../src/calendar/day.js";
import { createBucket } from "../../src/replica/bucket.js";
import { listedHistory } from "../../src/replica/files.js";
import { countFiles } from "../../src/replica/history.js";
import { syntheticHistory } from "../../src/replica/synthetic.js";
import { file, readListing } from "../support/replica.js";

const history = syntheticHistory({ through: dayOf("2023-03-10"), from: dayOf("2021-11-20"), symbols: 12, seed: 4 });
const bucket = createBucket(history);
const get = (key: string) => {
  const answer = bucket.answer({ method: "GET", target: `/${encodeURI(key)}` });
  const body = Buffer.from(answer.body());
  expect(body.length, key).toBe(answer.length);
  return { answer, body };
};
const keysUnder = (prefix: string) => {
  const target = `/data.binance.vision?list-type=2&max-keys=1000&prefix=${encodeURIComponent(prefix)}`;
  return readListing(Buffer.from(bucket.answer({ method: "GET", target }).body()).toString()).keys;
};
/** Rows of a file of 1d klines as texts, without its header. */
const rowsIn = (key: string): string[] => {
  const files = unzipSync(get(key).body);
  const [name = ""] = Object.keys(files);
  expect(Object.keys(files)).toEqual([key.slice(key.lastIndexOf("/") + 1).replace(/zip$/, "csv")]);
  const lines = Buffer.from(files[name] ?? [])
    .toString()
    .trimEnd()
    .split("\n");
  return lines[0]?.startsWith("open_time") === true ? lines.slice(1) : lines;
};

describe("the 1d klines of a replica", () => {
  it("agree with its 1-minute files: a bar per file, without trades if the file is flat, the same by month as by day", () => {
    let flat = 0;
    for (const { symbol, days, sizes } of history.folders) {
      const daily = `data/futures/um/daily/klines/${symbol}/1d/`;
      const monthly = `data/futures/um/monthly/klines/${symbol}/1d/`;
      const byDay = new Map<string, string>();
      for (const [place, day] of days.entries()) {
        const rows = rowsIn(`${daily}${symbol}-1d-${formatDay(day)}.zip`);
        expect(rows).toHaveLength(1);
        const [row = ""] = rows;
        const [openTime, , , , , volume, , , count] = row.split(",").map(Number);
        expect(openTime).toBe(day * DAY_MS);
        expect(count === 0).toBe((sizes[place] ?? 0) < 10_000);
        expect(volume === 0).toBe(count === 0);
        if (count === 0) flat++;
        byDay.set(formatDay(day), row);
      }
      const months = [...new Set([...byDay.keys()].map((date) => date.slice(0, 7)))].filter(
        (month) => month < "2023-03",
      );
      expect(keysUnder(monthly).filter((key) => key.endsWith(".zip"))).toEqual(
        months.map((month) => `${monthly}${symbol}-1d-${month}.zip`),
      );
      for (const month of months) {
        expect(rowsIn(`${monthly}${symbol}-1d-${month}.zip`)).toEqual(
          [...byDay].filter(([date]) => date.startsWith(month)).map(([, row]) => row),
        );
      }
    }
    expect(flat).toBeGreaterThan(100);
    expect(countFiles(history)).toBeGreaterThan(4000);
  });

  it("have checksums of exactly these zips, and a header from 2022 on", () => {
    for (const period of ["2021-12", "2022-01"]) {
      const key = `data/futures/um/monthly/klines/BTCUSDT/1d/BTCUSDT-1d-${period}.zip`;
      const { body, answer } = get(key);
      const digest = createHash("sha256").update(body).digest("hex");
      expect(get(`${key}.CHECKSUM`).body.toString()).toBe(`${digest}  BTCUSDT-1d-${period}.zip\n`);
      const csv = Buffer.from(Object.values(unzipSync(body))[0] ?? []).toString();
      expect(csv.startsWith("open_time,")).toBe(period === "2022-01");
      expect(answer.headers["ETag"]).toMatch(/^"[0-9a-f]{32}"$/);
    }
  });

  it("are the same in another replica, and differ if a 1-minute file does", () => {
    const key = "data/futures/um/daily/klines/BTCUSDT/1d/BTCUSDT-1d-2024-01-01.zip";
    const zipOf = (size: number) => {
      const other = createBucket(listedHistory([file("BTCUSDT", "2024-01-01", size)]));
      const answer = other.answer({ method: "GET", target: `/${key}` });
      return { bytes: Buffer.from(answer.body()), etag: answer.headers["ETag"] };
    };
    expect(zipOf(40_000)).toEqual(zipOf(40_000));
    expect(zipOf(40_001).bytes).not.toEqual(zipOf(40_000).bytes);
    expect(zipOf(40_001).etag).not.toBe(zipOf(40_000).etag);
  });

  it("have no file for a month that is not over", () => {
    expect(keysUnder("data/futures/um/monthly/klines/BTCUSDT/1d/").at(-1)).toContain("-1d-2023-02.zip.CHECKSUM");
    const target = "/data/futures/um/monthly/klines/BTCUSDT/1d/BTCUSDT-1d-2023-03.zip";
    expect(bucket.answer({ method: "GET", target }).status).toBe(404);
  });
});
