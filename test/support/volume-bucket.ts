import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { zipSync } from "fflate";
import { DAY_MS, dayOf, formatDay } from "../../src/calendar/day.js";

/** A bar as tests specify it; omitted values are derived from the date. */
export interface TestBar {
  date: string;
  close?: string;
  count?: number;
}

/** Key of a symbol's file for a month (`2024-01`) or a day. */
export function volumeKey(symbol: string, period: string): string {
  const cadence = period.length === 7 ? "monthly" : "daily";
  return `data/futures/um/${cadence}/klines/${symbol}/1d/${symbol}-1d-${period}.zip`;
}

/** A row of the CSV. */
export function csvRow({ date, close = "1.5", count = 7 }: TestBar): string {
  const open = dayOf(date) * DAY_MS;
  return `${open},1.0,2.0,0.5,${close},10.000,${open + DAY_MS - 1},15.00000,${count},4.000,6.00000,0`;
}

/** The dates of a month except those in `without`. */
export function datesOf(month: string, days: number, without: readonly string[] = []): string[] {
  const first = dayOf(`${month}-01`);
  return Array.from({ length: days }, (_, i) => formatDay(first + i)).filter((date) => !without.includes(date));
}

interface Stored {
  body: Buffer;
  lastModified: number;
}

/** A bucket over plain HTTP that tests fill themselves, with files that no replica would have. */
export class VolumeBucket {
  private readonly objects = new Map<string, Stored>();
  private readonly server = createServer((request, response) => {
    this.answer(new URL(request.url ?? "/", "http://x"), response);
  });
  /** Paths and queries of all requests. */
  readonly requests: string[] = [];
  /** Statuses to send instead of the next answers for a path; each is used once. */
  readonly statuses = new Map<string, number[]>();
  private clock = Date.UTC(2024, 5, 1);

  async start(): Promise<this> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get listUrl(): string {
    return `${this.url}/data.binance.vision`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  /** Puts an object. If it replaces an earlier version, its time is later. */
  put(key: string, body: Buffer | string): void {
    this.clock += 1000;
    this.objects.set(key, { body: Buffer.from(body), lastModified: this.clock });
  }

  remove(key: string): void {
    this.objects.delete(key);
  }

  /** Puts a valid file with its checksum. */
  putBars(symbol: string, period: string, bars: readonly TestBar[]): void {
    this.putZip(symbol, period, { [`${symbol}-1d-${period}.csv`]: Buffer.from(bars.map(csvRow).join("\n")) });
  }

  /** Puts a zip of any files, with a correct checksum. */
  putZip(symbol: string, period: string, files: Record<string, Buffer>): void {
    this.putFile(symbol, period, Buffer.from(zipSync(files)));
  }

  /** Puts any bytes as a file, with a correct checksum. */
  putFile(symbol: string, period: string, bytes: Buffer): void {
    const key = volumeKey(symbol, period);
    this.put(key, bytes);
    this.put(`${key}.CHECKSUM`, `${createHash("sha256").update(bytes).digest("hex")}  ${symbol}-1d-${period}.zip\n`);
  }

  /** Paths of objects requested by GET since the last call. */
  takeGets(): string[] {
    const gets = this.requests.filter((path) => path.startsWith("/data/")).map((path) => path.slice(1));
    this.requests.length = 0;
    return gets.sort();
  }

  private answer({ pathname, searchParams, search }: URL, response: ServerResponse): void {
    this.requests.push(pathname + search);
    const prefix = searchParams.get("prefix");
    const status = this.statuses.get(prefix ?? pathname.slice(1))?.shift();
    if (status !== undefined) response.writeHead(status).end();
    else if (prefix !== null) response.end(this.page(prefix, searchParams));
    else {
      const object = this.objects.get(decodeURIComponent(pathname.slice(1)));
      if (object === undefined) response.writeHead(404).end();
      else response.end(object.body);
    }
  }

  private page(prefix: string, query: URLSearchParams): string {
    const after = query.get("start-after") ?? "";
    const limit = Number(query.get("max-keys"));
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    if (query.get("delimiter") === "/") {
      const groups = [...new Set(keys.map((key) => key.slice(0, key.indexOf("/", prefix.length) + 1)))];
      const inner = groups.map((group) => `<CommonPrefixes><Prefix>${group}</Prefix></CommonPrefixes>`);
      return `<ListBucketResult><IsTruncated>false</IsTruncated>${inner.join("")}</ListBucketResult>`;
    }
    const contents = keys.slice(0, limit).map((key) => {
      const { body, lastModified } = this.objects.get(key) as Stored;
      const etag = createHash("md5").update(body).digest("hex");
      return (
        `<Contents><Key>${key}</Key><LastModified>${new Date(lastModified).toISOString()}</LastModified>` +
        `<ETag>&quot;${etag}&quot;</ETag><Size>${body.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`
      );
    });
    return `<ListBucketResult><IsTruncated>${keys.length > limit}</IsTruncated>${contents.join("")}</ListBucketResult>`;
  }
}
