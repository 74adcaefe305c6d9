import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";
import type { ProberSettings } from "../../src/probe/prober.js";
import type { ProbeRows, Row } from "../../src/rows/columns.js";
import type { RowSink } from "../../src/rows/sink.js";
import { fileIndex, type History } from "../../src/replica/history.js";
import type { Replica } from "../../src/replica/replica.js";

/** One row of a probe. */
export type ProbeRow = Row<ProbeRows>;

/** A sink that collects the rows and never blocks. */
export function keepingSink(): RowSink & { rows: ProbeRow[]; flushes: number } {
  const sink = {
    rows: [] as ProbeRow[],
    flushes: 0,
    add: (row: ProbeRow) => {
      sink.rows.push(row);
    },
    ready: () => undefined,
    flush: () => {
      sink.flushes++;
    },
  };
  return sink;
}

/** Settings of a prober for a replica. */
export function settingsFor(replica: Replica): ProberSettings {
  return {
    dataset: DEFAULT_DATASET,
    endpoint: replica.url,
    listEndpoint: replica.listUrl,
    connections: 4,
    http2Connections: 0,
    pooled: true,
    // Long enough that no slow machine reaches it.
    timeoutMs: 600_000,
    retries: 0,
    ca: replica.ca,
    proxies: { endpoint: undefined, listEndpoint: undefined },
    addresses: {},
  };
}

/** The expected rows without probe times: the history's files on these days. */
export function expectedRows(history: History, symbols: readonly string[], from: number, to: number) {
  return symbols.flatMap((symbol, symbolIndex) => {
    const folder = history.folders.find((one) => one.symbol === symbol);
    return Array.from({ length: to - from + 1 }, (_, offset) => {
      const day = from + offset;
      const file = folder === undefined ? -1 : fileIndex(folder, day);
      const size = folder?.sizes[file];
      return size === undefined
        ? { symbolIndex, day, status: 404, size: 0, lastModified: 0 }
        : { symbolIndex, day, status: 200, size, lastModified: (folder?.uploaded[file] ?? 0) * 1000 };
    });
  });
}

/** Rows sorted by symbol and day, without probe times. */
export function comparable(rows: readonly ProbeRow[]) {
  return [...rows]
    .sort((a, b) => a.symbolIndex - b.symbolIndex || a.day - b.day)
    .map(({ symbolIndex, day, status, size, lastModified }) => ({ symbolIndex, day, status, size, lastModified }));
}
