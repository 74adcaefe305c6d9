import { Pool } from "undici";
import type { History } from "../../src/replica/history.js";
import { listQuery, parseListPage, type ListRequest } from "../../src/vision/list-page.js";
import { fileKey, symbolPrefix } from "../../src/vision/object-key.js";
import type { Side } from "../frame/comparison.js";
import type { BenchServer } from "../servers/server.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

/*
 * What a backfill by LIST can't do without, each alone on one thread: fetching the pages, and parsing them. A run does
 * both on several threads, and writes at the same time.
 */

const PAGE_FILES = 500;
const CONNECTIONS = 32;

/** The listing requests of a whole history, symbol by symbol. */
function pageRequests(history: History, symbols: readonly string[]): ListRequest[] {
  const wanted = new Set(symbols);
  return history.folders
    .filter(({ symbol }) => wanted.has(symbol))
    .flatMap(({ symbol, days }) =>
      Array.from({ length: Math.ceil(days.length / PAGE_FILES) }, (_, page) => {
        const last = days[page * PAGE_FILES - 1];
        const after =
          last === undefined
            ? symbolPrefix(DEFAULT_DATASET, symbol)
            : `${fileKey(DEFAULT_DATASET, symbol, last)}.CHECKSUM`;
        return { prefix: symbolPrefix(DEFAULT_DATASET, symbol), after, maxKeys: 2 * PAGE_FILES };
      }),
    );
}

/** Fetching every page once and dropping its bytes. */
export function fetchSide(server: BenchServer, history: History, symbols: readonly string[]): Side {
  const requests = pageRequests(history, symbols);
  return {
    name: `fetching its ${requests.length} pages alone, 1 thread`,
    role: "bound",
    run: async () => {
      const startedAt = performance.now();
      await fetchAll(server, requests, () => undefined);
      return { values: { elapsed: (performance.now() - startedAt) / 1000 }, work: undefined };
    },
  };
}

/** Parsing as many pages, fetched before: a page of each symbol as often as it takes. */
export function parseSide(server: BenchServer, history: History, symbols: readonly string[]): Side {
  const requests = pageRequests(history, symbols);
  const ofSymbol = new Map<string, ListRequest[]>();
  for (const request of requests) ofSymbol.set(request.prefix, [...(ofSymbol.get(request.prefix) ?? []), request]);
  return {
    name: `parsing its ${requests.length} pages alone, 1 thread`,
    role: "bound",
    run: async () => {
      let elapsed = 0;
      await fetchAll(
        server,
        [...ofSymbol.values()].flatMap((pages) => pages.slice(0, 1)),
        (request, bytes) => {
          const startedAt = performance.now();
          for (let page = ofSymbol.get(request.prefix)?.length ?? 0; page > 0; page--) {
            parseListPage(new TextDecoder("utf-8", { fatal: true }).decode(bytes), request);
          }
          elapsed += performance.now() - startedAt;
        },
      );
      return { values: { elapsed: elapsed / 1000 }, work: undefined };
    },
  };
}

async function fetchAll(
  { listUrl = "", ca }: BenchServer,
  requests: readonly ListRequest[],
  onPage: (request: ListRequest, bytes: Buffer) => void,
): Promise<void> {
  const { origin, pathname } = new URL(listUrl);
  const pool = new Pool(origin, { connections: CONNECTIONS, ...(ca === undefined ? {} : { connect: { ca } }) });
  try {
    const queue = requests[Symbol.iterator]();
    const fetchSome = async () => {
      for (const request of queue) {
        const { statusCode, body } = await pool.request({
          path: `${pathname}?${listQuery(request)}`,
          method: "GET",
        });
        if (statusCode !== 200) throw new Error(`a page was answered with ${statusCode}`);
        onPage(request, Buffer.from(await body.arrayBuffer()));
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, fetchSome));
  } finally {
    await pool.destroy();
  }
}
