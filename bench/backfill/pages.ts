import { Pool } from "undici";
import type { History } from "../../src/replica/history.js";
import { ListPageReader, type FileKeys } from "../../src/vision/list-page-reader.js";
import { listQuery, type ListRequest } from "../../src/vision/list-request.js";
import { fileKey, fileKeyStem, symbolPrefix } from "../../src/vision/object-key.js";
import type { Side } from "../frame/comparison.js";
import type { BenchServer } from "../servers/server.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

/*
 * The unavoidable parts of a backfill by LIST, each alone on one thread: fetching the pages and parsing them. A run
 * does both on several threads, and writes at the same time.
 */

const PAGE_FILES = 500;
const CONNECTIONS = 32;
/** Bytes in a TLS record, and so in one read of the socket. */
const CHUNK_BYTES = 16_384;

/** A page to fetch and parse. */
interface Wanted {
  request: ListRequest;
  keys: FileKeys;
}

/** The LIST requests for a whole history, symbol by symbol. */
function pageRequests(history: History, symbols: readonly string[]): Wanted[] {
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
        return {
          request: { prefix: symbolPrefix(DEFAULT_DATASET, symbol), after, maxKeys: 2 * PAGE_FILES },
          keys: { dataset: DEFAULT_DATASET, stem: fileKeyStem(DEFAULT_DATASET, symbol) },
        };
      }),
    );
}

/** Fetches every page once and discards its bytes. */
export function fetchSide(server: BenchServer, history: History, symbols: readonly string[]): Side {
  const requests = pageRequests(history, symbols);
  return {
    name: `only fetching the ${requests.length} pages, 1 thread`,
    role: "bound",
    run: async () => {
      const startedAt = performance.now();
      await fetchAll(server, requests, () => undefined);
      return { values: { elapsed: (performance.now() - startedAt) / 1000 }, work: undefined };
    },
  };
}

/** Parses the same number of pages, fetched before: one page of each symbol, repeatedly. */
export function parseSide(server: BenchServer, history: History, symbols: readonly string[]): Side {
  const requests = pageRequests(history, symbols);
  const ofSymbol = new Map<string, Wanted[]>();
  for (const one of requests) ofSymbol.set(one.keys.stem, [...(ofSymbol.get(one.keys.stem) ?? []), one]);
  return {
    name: `only parsing the ${requests.length} pages, 1 thread`,
    role: "bound",
    run: async () => {
      let elapsed = 0;
      await fetchAll(
        server,
        [...ofSymbol.values()].flatMap((pages) => pages.slice(0, 1)),
        (wanted, bytes) => {
          const startedAt = performance.now();
          for (let page = ofSymbol.get(wanted.keys.stem)?.length ?? 0; page > 0; page--) parsePage(wanted, bytes);
          elapsed += performance.now() - startedAt;
        },
      );
      return { values: { elapsed: elapsed / 1000 }, work: undefined };
    },
  };
}

/** Parses a page in chunks like those from a socket. */
function parsePage({ request, keys }: Wanted, bytes: Buffer): void {
  const reader = new ListPageReader(request, keys);
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) reader.push(bytes.subarray(at, at + CHUNK_BYTES));
  reader.finish();
}

async function fetchAll(
  { listUrl = "", ca }: BenchServer,
  requests: readonly Wanted[],
  onPage: (wanted: Wanted, bytes: Buffer) => void,
): Promise<void> {
  const { origin, pathname } = new URL(listUrl);
  const pool = new Pool(origin, { connections: CONNECTIONS, ...(ca === undefined ? {} : { connect: { ca } }) });
  try {
    const queue = requests[Symbol.iterator]();
    const fetchSome = async () => {
      for (const wanted of queue) {
        const { statusCode, body } = await pool.request({
          path: `${pathname}?${listQuery(wanted.request)}`,
          method: "GET",
        });
        if (statusCode !== 200) throw new Error(`a page was answered with ${statusCode}`);
        onPage(wanted, Buffer.from(await body.arrayBuffer()));
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, fetchSome));
  } finally {
    await pool.destroy();
  }
}
