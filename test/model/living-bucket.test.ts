import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dayOf } from "../../src/calendar/day.js";
import type { ListPage } from "../../src/vision/list-page.js";
import { ListPageReader } from "../../src/vision/list-page-reader.js";
import { answersOf } from "./answers.js";
import type { BucketFile } from "./history.js";
import { startLivingBucket, type Fault, type LivingBucket } from "./living-bucket.js";
import type { Probe } from "./probes.js";

const D = dayOf("2020-01-01");
const PREFIX = "data/futures/um/daily/klines/BTCUSDT/1m/";
const file: BucketFile = { size: 1234, modified: Date.parse("2020-01-02T08:00:00Z"), etag: "ab".repeat(16) };

let bucket: LivingBucket;
let files: Map<number, BucketFile>;
let fault: Fault | undefined;
let probes: Probe[];

beforeEach(async () => {
  files = new Map([D, D + 1, D + 2].map((day) => [day, file]));
  fault = undefined;
  probes = [];
  const served = {
    filesOf: () => [...files],
    fileOf: (_symbol: string, day: number) => files.get(day),
    folders: () => ["BTCUSDT", "ETHUSDT", "币安人生USDT"],
    faultOf: () => fault,
    answered: (probe: Probe) => probes.push(probe),
  };
  bucket = await startLivingBucket(served, 2);
});
afterEach(() => bucket.close());

function head(date: string): Promise<Response> {
  return fetch(`${bucket.endpoint}/${PREFIX}BTCUSDT-1m-${date}.zip`, { method: "HEAD" });
}

async function page(prefix: string, after: string, delimiter?: "/"): Promise<ListPage> {
  const query = new URLSearchParams({ "list-type": "2", prefix, "start-after": after });
  if (delimiter !== undefined) query.set("delimiter", delimiter);
  const response = await fetch(`${bucket.listEndpoint}?${query.toString()}`);
  const request = { prefix, after, maxKeys: 1000, ...(delimiter !== undefined && { delimiter }) };
  const reader = new ListPageReader(request);
  reader.push(Buffer.from(await response.arrayBuffer()));
  return reader.finish();
}

describe("the living bucket", () => {
  it("answers HEADs with its current contents, and records each", async () => {
    const there = await head("2020-01-01");
    expect(there.status).toBe(200);
    expect(Object.fromEntries(there.headers)).toMatchObject({
      "content-length": "1234",
      "last-modified": "Thu, 02 Jan 2020 08:00:00 GMT",
      etag: `"${file.etag}"`,
    });
    files.delete(D);
    expect((await head("2020-01-01")).status).toBe(404);
    fault = 503;
    expect((await head("2020-01-01")).status).toBe(503);
    fault = "reset";
    await expect(head("2020-01-01")).rejects.toThrow();
    expect(probes.map((probe) => probe.type === "head" && probe.answer)).toEqual([
      { type: "available", file },
      { type: "missing" },
      { type: "failed", status: 503 },
      { type: "failed", status: "reset" },
    ]);
  });

  it("lists keys page by page, and each page covers its days", async () => {
    const first = await page(PREFIX, `${PREFIX}BTCUSDT-1m-2019-12-31`);
    expect(first.others.map(({ size }) => size)).toEqual([1234, 91]);
    expect(first.truncated).toBe(true);
    const second = await page(PREFIX, first.others.at(-1)?.key ?? "");
    const third = await page(PREFIX, second.others.at(-1)?.key ?? "");
    expect(third.truncated).toBe(false);
    expect(probes.map((probe) => probe.type === "list" && [probe.from, probe.to, probe.files?.size])).toEqual([
      [D - 1, D, 1],
      [D + 1, D + 1, 1],
      [D + 2, Infinity, 1],
    ]);
    const cells = answersOf(probes, D + 3).cells.get("BTCUSDT");
    expect(
      [...(cells ?? [])].map(([day, { files, failed }]) => [day - D, files.length, files[0]?.size, failed]),
    ).toEqual([
      [-1, 1, undefined, false],
      [0, 1, 1234, false],
      [1, 1, 1234, false],
      [2, 1, 1234, false],
      [3, 1, undefined, false],
    ]);
  });

  it("says nothing about a symbol whose listing broke off", async () => {
    const first = await page(PREFIX, "");
    fault = 503;
    await expect(page(PREFIX, first.others.at(-1)?.key ?? "")).rejects.toThrow();
    const cells = answersOf(probes, D + 1).cells.get("BTCUSDT");
    expect([...(cells?.values() ?? [])].every(({ files, failed }) => files.length === 0 && failed)).toBe(true);
  });

  it("lists its folders", async () => {
    const root = "data/futures/um/daily/klines/";
    const first = await page(root, "", "/");
    const last = await page(root, first.prefixes.at(-1) ?? "", "/");
    expect([...first.prefixes, ...last.prefixes]).toEqual([
      `${root}BTCUSDT/`,
      `${root}ETHUSDT/`,
      `${root}币安人生USDT/`,
    ]);
    expect(answersOf(probes, D).folders).toEqual(new Set(["BTCUSDT", "ETHUSDT", "币安人生USDT"]));
  });
});
