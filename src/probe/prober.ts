import type { Counters } from "../rows/counters.js";
import type { CellFailure, Retry } from "../rows/failure.js";
import type { Shard, ShardResult } from "../rows/shard.js";
import type { RowSink, VolumeSink } from "../rows/sink.js";
import type { Dataset } from "../vision/dataset.js";
import type { HeadContext } from "./head.js";
import { HeadProber } from "./head-prober.js";
import type { ListContext } from "./list.js";
import { discoverFolders, type DiscoveryOutcome } from "./list-folders.js";
import { runListShard } from "./list-prober.js";
import type { AddressTable } from "./net/addresses.js";
import { Concurrency } from "./net/concurrency.js";
import { Deadlines } from "./net/deadlines.js";
import { createLine, type ConnectionOptions, type Line } from "./net/pool.js";
import type { Proxy } from "./net/proxy.js";
import type { ProberContext } from "./prober-context.js";
import type { Traffic } from "./traffic.js";
import { runVolumeShard, type VolumeContext } from "./volume-prober.js";

/** How a prober connects to the bucket. */
export interface ProberSettings {
  dataset: Dataset;
  /** Origin of HEADs. */
  endpoint: string;
  /** URL of the bucket for LISTs. */
  listEndpoint: string;
  /** Maximum number of sockets for each origin. */
  connections: number;
  /** Maximum number of sockets for HEADs over HTTP/2; 0 doesn't offer it. */
  http2Connections: number;
  /** False opens a connection for every HEAD. */
  pooled: boolean;
  /** Time limit for connecting and for each answer, ms. */
  timeoutMs: number;
  /** Maximum number of retries after a transient failure. */
  retries: number;
  /** PEM certificates to trust in addition to Node's. */
  ca?: string;
  /** Proxies for the two URLs; undefined connects directly. */
  proxies: { endpoint: Proxy | undefined; listEndpoint: Proxy | undefined };
  addresses: AddressTable;
}

/** Where a prober delivers its results. Counters and traffic are those of the whole run. */
export interface ProberOutput {
  sink: RowSink;
  volumes: VolumeSink;
  /** Called with each failure when it happens. */
  onFailure: (failure: CellFailure) => void;
  /** Called with each request that is sent again. */
  onRetry: (retry: Retry) => void;
  counters: Counters;
  traffic: Traffic;
}

/** Runs shards over its own connections, which are opened by the first requests. */
export class Prober {
  private readonly context: ProberContext;
  private readonly deadlines: Deadlines;
  private readonly headLine: Line;
  private readonly listLine: Line;
  private readonly headProber: HeadProber;
  private readonly listContext: ListContext;
  private readonly volumeContext: VolumeContext;

  constructor(settings: ProberSettings, output: ProberOutput) {
    const { dataset, retries } = settings;
    const { volumes, ...rows } = output;
    this.context = { ...rows, dataset, retries, symbols: [] };
    this.deadlines = new Deadlines(settings.timeoutMs);
    const { origin, host } = new URL(settings.endpoint);
    const concurrency = new Concurrency(settings.connections, settings.http2Connections);
    this.headLine = this.createHeadLine(settings, origin, concurrency);
    const shared = {
      deadlines: this.deadlines,
      onReplay: () => {
        output.counters.add("replays");
      },
    };
    const headContext: HeadContext = { ...shared, line: this.headLine, host, pooled: settings.pooled };
    this.headProber = new HeadProber(this.context, headContext, concurrency);
    const listUrl = new URL(settings.listEndpoint);
    // Two URLs of one server share its sockets. S3 itself only supports HTTP/1.1.
    this.listLine = listUrl.origin === origin ? this.headLine : this.createListLine(settings, listUrl.origin);
    this.listContext = { ...shared, line: this.listLine, host: listUrl.host, bucketPath: listUrl.pathname };
    const get = { ...shared, line: this.headLine, host };
    this.volumeContext = { prober: this.context, list: this.listContext, get, sink: volumes };
  }

  /**
   * Runs a shard: unless the run is abandoned, every cell gets its row, and new volumes are sent. Never rejects.
   *
   * @param symbols the run's symbols, the same for all shards
   */
  run(shard: Shard, symbols: readonly string[]): Promise<ShardResult> {
    this.context.symbols = symbols;
    switch (shard.type) {
      case "head":
        return this.headProber.run(shard);
      case "list":
        return runListShard(this.context, this.listContext, shard);
      case "volumes":
        return runVolumeShard(this.volumeContext, shard);
    }
  }

  /** Lists the bucket's symbol folders. Never rejects. */
  discover(): Promise<DiscoveryOutcome> {
    return discoverFolders(this.context, this.listContext);
  }

  /** Closes all connections; requests in progress fail. */
  async close(): Promise<void> {
    this.deadlines.stop();
    await Promise.all(Array.from(new Set([this.headLine, this.listLine]), (line) => line.destroy()));
  }

  private createHeadLine(settings: ProberSettings, origin: string, concurrency: Concurrency): Line {
    return createLine({
      ...reach(settings, settings.proxies.endpoint),
      origin,
      http2: settings.http2Connections > 0,
      onConnect: (client) => {
        this.context.counters.add("connectionsOpened");
        concurrency.connected(client);
        // Deferred, because the calling client is still handling its new connection.
        setImmediate(() => {
          this.headProber.pump();
        });
      },
      onDisconnect: (client) => {
        concurrency.disconnected(client);
      },
      onConnectionError: () => {
        concurrency.failed();
      },
    });
  }

  private createListLine(settings: ProberSettings, origin: string): Line {
    return createLine({
      ...reach(settings, settings.proxies.listEndpoint),
      origin,
      http2: false,
      onConnect: () => {
        this.context.counters.add("connectionsOpened");
      },
    });
  }
}

/** Options that connections to both origins share, with the origin's proxy. */
function reach(settings: ProberSettings, proxy: Proxy | undefined): Omit<ConnectionOptions, "origin" | "http2"> {
  const { connections, timeoutMs, ca, addresses } = settings;
  return {
    ...{ connections, timeoutMs, addresses },
    ...(ca === undefined ? {} : { ca }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}
