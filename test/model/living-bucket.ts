import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { formatDay, parseDay, type Day } from "../../src/calendar/day.js";
import type { BucketFile } from "./history.js";
import type { KeyAnswer, Probe } from "./probes.js";

/** How a request fails. */
export type Fault = number | "reset";

/** Contents of the server, looked up for each request, so that they can change at any time. */
export interface Served {
  filesOf(symbol: string): readonly [Day, BucketFile][];
  fileOf(symbol: string, day: Day): BucketFile | undefined;
  folders(): readonly string[];
  /** The fault for a request, given by its symbol ("" for the folders) and its day or first day. */
  faultOf(request: { method: "HEAD" | "GET"; symbol: string; day: Day }): Fault | undefined;
  /** Called after a request was answered, before the next answer. */
  answered(probe: Probe): void;
  /**
   * Formats an upload time (ms) for a list page.
   *
   * @default S3's format, with fractional seconds
   */
  listedTime?: ((modified: number) => string) | undefined;
}

/** A server that implements the parts of HTTP and S3 that the product uses. */
export interface LivingBucket {
  endpoint: string;
  listEndpoint: string;
  close(): Promise<void>;
}

const ROOT = "data/futures/um/daily/klines/";
const FILE = /^data\/futures\/um\/daily\/klines\/([^/]+)\/1m\/\1-1m-(\d{4}-\d{2}-\d{2})\.zip$/;
const SYMBOL_PREFIX = /^data\/futures\/um\/daily\/klines\/([^/]+)\/1m\/$/;

/**
 * Starts a bucket on 127.0.0.1.
 *
 * @param pageKeys maximum keys per page, whatever the request says: S3 may return fewer than requested
 */
export async function startLivingBucket(served: Served, pageKeys = 1000): Promise<LivingBucket> {
  const server = createServer((request, response) => {
    answer(served, pageKeys, request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    listEndpoint: `${endpoint}/bucket`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function answer(served: Served, pageKeys: number, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://bucket");
  if (request.method === "GET" && url.searchParams.get("list-type") === "2") {
    const prefix = url.searchParams.get("prefix") ?? "";
    if (prefix === ROOT) listFolders(served, pageKeys, url.searchParams, response);
    else listSymbol(served, pageKeys, prefix, url.searchParams, response);
  } else if (request.method === "HEAD") {
    headFile(served, decodeURIComponent(url.pathname.slice(1)), response);
  } else {
    response.writeHead(400).end();
  }
}

function headFile(served: Served, key: string, response: ServerResponse): void {
  const [, symbol, date] = FILE.exec(key) ?? [];
  const day = parseDay(date ?? "");
  if (symbol === undefined || day === undefined) {
    response.writeHead(404, { "content-length": 0 }).end();
    return;
  }
  const fault = served.faultOf({ method: "HEAD", symbol, day });
  const file = served.fileOf(symbol, day);
  const result: KeyAnswer =
    fault !== undefined
      ? { type: "failed", status: fault }
      : file === undefined
        ? { type: "missing" }
        : { type: "available", file };
  if (fault !== undefined) fail(response, fault);
  else if (file === undefined) response.writeHead(404, { "content-type": "application/xml" }).end();
  else response.writeHead(200, headersOf(file)).end();
  served.answered({ type: "head", symbol, day, answer: result });
}

function headersOf(file: BucketFile): Record<string, string | number> {
  return {
    "content-type": "application/zip",
    "content-length": file.size,
    "last-modified": new Date(file.modified).toUTCString(),
    etag: `"${file.etag}"`,
  };
}

function listSymbol(
  served: Served,
  pageKeys: number,
  prefix: string,
  query: URLSearchParams,
  response: ServerResponse,
): void {
  const symbol = SYMBOL_PREFIX.exec(prefix)?.[1] ?? "";
  const after = startOf(query);
  const stem = `${prefix}${symbol}-1m-`;
  const keyOf = (day: Day): string => `${stem}${formatDay(day)}.zip`;
  const from = firstDayAfter(after, stem, keyOf);
  const fault = served.faultOf({ method: "GET", symbol, day: from });
  if (fault !== undefined) {
    fail(response, fault);
    served.answered({ type: "list", symbol, from, to: Infinity, files: undefined });
    return;
  }
  const files = new Map(served.filesOf(symbol));
  const keys = [...files]
    .flatMap(([day, file]) => [
      { key: keyOf(day), file },
      { key: `${keyOf(day)}.CHECKSUM`, file: { ...file, size: 91 } },
    ])
    .filter(({ key }) => key > after);
  const page = keys.slice(0, Math.min(pageKeys, Number(query.get("max-keys") ?? "1000")));
  const truncated = page.length < keys.length;
  const lastKey = page.at(-1)?.key ?? "";
  const to = truncated ? (parseDay(lastKey.slice(stem.length, stem.length + 10)) ?? from) : Infinity;
  const { listedTime = (modified: number) => new Date(modified).toISOString() } = served;
  const contents = page.map(
    ({ key, file }) =>
      `<Contents><Key>${key}</Key><LastModified>${listedTime(file.modified)}</LastModified>` +
      `<ETag>&quot;${file.etag}&quot;</ETag><Size>${file.size}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
  );
  sendPage(response, query, { prefix, items: contents, truncated, last: lastKey });
  const spoken = new Map([...files].filter(([day]) => day >= from && day <= to));
  served.answered({ type: "list", symbol, from, to, files: spoken });
}

/** The first day whose file name sorts after an item. */
function firstDayAfter(after: string, stem: string, keyOf: (day: Day) => string): Day {
  const day = parseDay(after.slice(stem.length, stem.length + 10));
  if (!after.startsWith(stem) || day === undefined) return -Infinity;
  return keyOf(day) > after ? day : day + 1;
}

function listFolders(served: Served, pageKeys: number, query: URLSearchParams, response: ServerResponse): void {
  const after = startOf(query);
  const fault = served.faultOf({ method: "GET", symbol: "", day: 0 });
  if (fault !== undefined) {
    fail(response, fault);
    served.answered({ type: "folders", after, names: undefined, last: false });
    return;
  }
  const all = served
    .folders()
    .map((name) => `${ROOT}${name}/`)
    .filter((group) => Buffer.compare(Buffer.from(group), Buffer.from(after)) > 0);
  const page = all.slice(0, Math.min(pageKeys, Number(query.get("max-keys") ?? "1000")));
  const truncated = page.length < all.length;
  const items = page.map((group) => `<CommonPrefixes><Prefix>${group}</Prefix></CommonPrefixes>`);
  sendPage(response, query, { prefix: ROOT, items, truncated, last: page.at(-1) ?? "" });
  const names = page.map((group) => group.slice(ROOT.length, -1));
  served.answered({ type: "folders", after, names, last: !truncated });
}

/** Where a page begins: the token takes precedence over start-after. */
function startOf(query: URLSearchParams): string {
  const token = query.get("continuation-token");
  return token === null ? (query.get("start-after") ?? "") : Buffer.from(token, "base64url").toString();
}

function sendPage(
  response: ServerResponse,
  query: URLSearchParams,
  page: { prefix: string; items: readonly string[]; truncated: boolean; last: string },
): void {
  const token = Buffer.from(page.last).toString("base64url");
  const delimiter = query.get("delimiter");
  const body =
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
    `<Name>bucket</Name><Prefix>${page.prefix}</Prefix><KeyCount>${page.items.length}</KeyCount>` +
    `<MaxKeys>${query.get("max-keys") ?? "1000"}</MaxKeys>` +
    (delimiter === null ? "" : `<Delimiter>${delimiter}</Delimiter>`) +
    `<IsTruncated>${String(page.truncated)}</IsTruncated>` +
    (page.truncated ? `<NextContinuationToken>${token}</NextContinuationToken>` : "") +
    `${page.items.join("")}</ListBucketResult>`;
  response.writeHead(200, { "content-type": "application/xml", "content-length": Buffer.byteLength(body) }).end(body);
}

function fail(response: ServerResponse, fault: Fault): void {
  if (fault === "reset") response.socket?.resetAndDestroy();
  else response.writeHead(fault, { "content-length": 0 }).end();
}
