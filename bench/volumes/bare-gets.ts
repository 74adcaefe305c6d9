/**
 * A process that GETs paths and discards the bytes, with the connections and threads of a run. It shows what fetching
 * alone costs. Prints the number of objects and bytes as JSON.
 *
 * usage: node bare-gets.js PATHS_FILE ORIGIN CA_FILE THREADS CONNECTIONS
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { getObject, type GetContext } from "../../src/probe/get.js";
import { warmDns } from "../../src/probe/net/dns.js";
import type { AddressTable } from "../../src/probe/net/addresses.js";
import { Deadlines } from "../../src/probe/net/deadlines.js";
import { createLine } from "../../src/probe/net/pool.js";

const MAX_BYTES = 1 << 20;
const TIMEOUT_MS = 10_000;

/** One thread's work. */
interface Share {
  paths: string[];
  origin: string;
  ca: string;
  connections: number;
  addresses: AddressTable;
}

/** What was fetched. */
export interface Fetched {
  objects: number;
  bytes: number;
}

async function fetchAll({ paths, origin, ca, connections, addresses }: Share): Promise<Fetched> {
  const deadlines = new Deadlines(TIMEOUT_MS);
  const line = createLine({ origin, connections, http2: false, timeoutMs: TIMEOUT_MS, ca, addresses });
  const context: GetContext = { line, host: new URL(origin).host, deadlines, onReplay: () => undefined };
  const fetched: Fetched = { objects: 0, bytes: 0 };
  const queue = paths[Symbol.iterator]();
  const fetchSome = async () => {
    for (const path of queue) {
      const outcome = await getObject(context, path, MAX_BYTES);
      if (outcome.type !== "object") throw new Error(`${path}: ${outcome.type}`);
      fetched.objects++;
      fetched.bytes += outcome.bytes.length;
    }
  };
  await Promise.all(Array.from({ length: connections }, fetchSome));
  deadlines.stop();
  await line.destroy();
  return fetched;
}

/** Fetches the paths in several threads, every n-th path in each. */
async function fetchInThreads([file = "", origin = "", caFile = "", ...sizes]: readonly string[]): Promise<Fetched> {
  const [threads = 1, connections = 1] = sizes.map(Number);
  const paths = readFileSync(file, "utf8").split("\n");
  const { table: addresses } = await warmDns([origin]);
  const ca = readFileSync(caFile, "utf8");
  const shares = Array.from({ length: threads }, (_, index): Share => {
    const own = paths.filter((_path, place) => place % threads === index);
    return { paths: own, origin, ca, connections: Math.ceil(connections / threads), addresses };
  });
  const all = await Promise.all(shares.map(inThread));
  return {
    objects: all.reduce((sum, { objects }) => sum + objects, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function inThread(share: Share): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: share });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

if (isMainThread) process.stdout.write(JSON.stringify(await fetchInThreads(process.argv.slice(2))));
else parentPort?.postMessage(await fetchAll(workerData as Share));
