import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { dayOf } from "../../src/calendar/day.js";
import { pull } from "../../src/publish/pull.js";
import { backfill } from "../../src/run/backfill.js";
import { contracts } from "../../src/run/contracts.js";
import { discover } from "../../src/run/discover.js";
import { sweep } from "../../src/run/sweep.js";
import { update } from "../../src/run/update.js";
import { volumes } from "../../src/run/volumes.js";
import { UM_MONTHLY_KLINES_1D } from "../../src/vision/datasets/um-klines-1d.js";
import { fileKey } from "../../src/vision/object-key.js";
import { GRACE_MS } from "../support/cli.js";
import { temporaryFolder } from "../support/database.js";
import { contents, listing } from "../support/list-page-faults.js";
import { startRawServer, status, type RawServer } from "../support/raw-server.js";

/** A server asks for eleven days; a command waits at most a minute, or until the signal. */
const WAIT = status(503, "Retry-After: 999999\r\nConnection: close\r\n");

/** Less than that minute. */
const LIMIT_MS = 50_000;

let folder: ReturnType<typeof temporaryFolder>;
let server: RawServer | undefined;
beforeEach(() => {
  folder = temporaryFolder();
  // Waiting work has to give up on its own.
  const { setTimeout } = globalThis;
  const patient = (work: () => void, ms?: number) => setTimeout(work, ms === GRACE_MS ? 2 ** 30 : ms);
  vi.spyOn(globalThis, "setTimeout").mockImplementation(patient);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await server?.close();
  folder.remove();
});

/** What each piece of work gets: a database, the server's URLs and the signal. */
interface Given {
  db: string;
  ca: string;
  endpoint: string;
  listEndpoint: string;
  signal: AbortSignal;
}

/**
 * Runs something against a server that asks it to wait, sends the signal then, and returns how it ended: with an
 * outcome or an error's code.
 *
 * @param answer to a request, instead of the request to wait
 */
async function ending(
  work: (given: Given) => PromiseLike<{ outcome?: string }>,
  answer: (head: string) => string | undefined = () => undefined,
): Promise<string | undefined> {
  let announceTaken: () => void = () => undefined;
  const taken = new Promise<void>((resolve) => (announceTaken = resolve));
  server = await startRawServer((socket: TLSSocket, head) => {
    const text = answer(head);
    // The client closes its end once it has read the answer.
    if (text === undefined) socket.once("close", announceTaken);
    socket.write(text ?? WAIT);
  });
  const { url, ca, requests } = server;
  const end = new AbortController();
  const given = { db: join(folder.path, "a.duckdb"), ca, endpoint: url, listEndpoint: url, signal: end.signal };
  const ended = Promise.resolve(work(given)).then(
    ({ outcome }) => outcome,
    (error: unknown) => (error as { code: string }).code,
  );
  await taken;
  end.abort();
  const how = await ended;
  // A file and its checksum are requested in parallel, so the signal may come between the two; neither is requested
  // again.
  const requested = requests.map((head) => head.slice(0, head.indexOf("\r\n")));
  expect(requested).toEqual([...new Set(requested)]);
  return how;
}

const one = { symbols: ["BTCUSDT"], unlisted: true, reject: false } as const;
const day = { from: "2024-01-01", to: "2024-01-01" };
const span = { from: "2024-01-01", to: "2024-02-01" };

describe("a signal immediately ends a wait that a server asked for", () => {
  it.each<[string, string, (given: Given) => PromiseLike<{ outcome?: string }>]>([
    ["an update that lists folders", "interrupted", (given) => update({ ...given, contracts: false, reject: false })],
    ["a backfill by LIST", "interrupted", (given) => backfill({ ...given, ...one, ...span, source: "list" })],
    ["a backfill by HEAD", "interrupted", (given) => backfill({ ...given, ...one, ...day, source: "head" })],
    ["a sweep", "interrupted", (given) => sweep({ ...given, reject: false })],
    ["volumes that list months", "interrupted", (given) => volumes({ ...given, ...one })],
    ["discover", "INTERRUPTED", (given) => discover(given).then(() => ({}))],
    ["contracts", "INTERRUPTED", ({ db, ca, endpoint, signal }) => contracts({ db, ca, url: `${endpoint}/x`, signal })],
    [
      "a pull",
      "INTERRUPTED",
      ({ db, ca, endpoint, signal }) => pull(`${endpoint}/x`, db, { ca, signal }).then(() => ({})),
    ],
  ])(
    "%s",
    async (_, wanted, work) => {
      expect(await ending(work)).toBe(wanted);
    },
    LIMIT_MS,
  );

  it(
    "volumes that fetch a file",
    async () => {
      const key = fileKey(UM_MONTHLY_KLINES_1D, "BTCUSDT", dayOf("2024-01-01"));
      const page = listing(contents({ key, size: 1000, lastModified: "2024-02-03T00:00:00.000Z" }), 1);
      const listed = `HTTP/1.1 200 OK\r\nContent-Length: ${page.length}\r\n\r\n${page}`;
      const answer = (head: string) => (head.includes("list-type") ? listed : undefined);
      expect(await ending((given) => volumes({ ...given, ...one }), answer)).toBe("interrupted");
    },
    LIMIT_MS,
  );
});
