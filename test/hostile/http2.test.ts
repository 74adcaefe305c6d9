import { once } from "node:events";
import { constants, createSecureServer, type Http2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { backfill } from "../../src/run/backfill.js";
import { chance, hashText } from "../../src/replica/random.js";
import { dayOf, formatDay } from "../../src/calendar/day.js";
import { keyPath, fileKey } from "../../src/vision/object-key.js";
import { sharedCertificate } from "../support/certificate.js";
import { soundness, tableOf, temporaryFolder } from "../support/database.js";
import { handles } from "../support/handles.js";
import { truthOf } from "../support/truth.js";
import { first, history, last, served, symbols } from "../support/served.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

/** Runs, each with other faults; `npm run test:hostile` runs more. */
const SEEDS = Number(process.env["BFA_FAULT_SEEDS"] ?? 2);

type Fault = (stream: ServerHttp2Stream) => void;

/** Ways for one stream to end before its answer. */
const RESETS: Fault[] = [
  (stream) => {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  },
  (stream) => {
    stream.close(constants.NGHTTP2_CANCEL);
  },
  (stream) => {
    stream.close(constants.NGHTTP2_REFUSED_STREAM);
  },
];

/** Faults of one stream: its HEAD fails, no other. */
const STREAM_FAULTS: Fault[] = [
  (stream) => {
    stream.respond({ ":status": 503 }, { endStream: true });
  },
  (stream) => {
    stream.respond({ ":status": 301, location: "https://127.0.0.1:1/" }, { endStream: true });
  },
  (stream) => {
    stream.respond({ ":status": 200, "content-length": 5 }, { endStream: true });
  },
  ...RESETS,
];

/** No answer: the stream times out, while others on the connection continue. Only one seed waits for it. */
const SILENCE: Fault = () => undefined;

/** Faults of a whole connection: the HEADs under way on it start over if it has served before, and fail otherwise. */
const SESSION_FAULTS: ((session: Http2Session) => void)[] = [
  (session) => {
    session.goaway(constants.NGHTTP2_NO_ERROR);
  },
  (session) => {
    session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  },
  (session) => {
    session.close();
  },
  (session) => {
    session.destroy();
  },
];

/** @param firstOnly whether the only faults are resets of streams, at most one per file */
async function startServer(seed: number, firstOnly = false) {
  const { key, cert, ca } = await sharedCertificate();
  const sessions = new Set<Http2Session>();
  const faulted = new Set<string>();
  const server = createSecureServer({ key, cert });
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => undefined);
    session.on("close", () => sessions.delete(session));
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    const path = String(headers[":path"]);
    const cell = hashText(path);
    const pick = <T>(from: readonly T[]) => from[Math.floor(chance(seed, 3, cell) * from.length)];
    const passed = firstOnly && faulted.has(path);
    if (!passed && chance(seed, 1, hashText(path.slice(-14))) < 1 / 3 && chance(seed, 2, cell) < 0.2) {
      faulted.add(path);
      pick(firstOnly ? RESETS : seed === 0 ? [...STREAM_FAULTS, SILENCE] : STREAM_FAULTS)?.(stream);
      return;
    }
    const file = served.get(path);
    const found = file && { ":status": 200, "content-length": file.size, "last-modified": file.lastModified };
    stream.respond(found ?? { ":status": 404 }, { endStream: true });
    if (!firstOnly && chance(seed, 4, cell) < 0.03 && stream.session !== undefined) {
      const { session } = stream;
      stream.on("close", () => {
        if (!session.destroyed) pick(SESSION_FAULTS)?.(session);
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca,
    faulted,
    close: async () => {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

describe("an HTTP/2 server that resets streams, sends GOAWAY and drops connections", () => {
  it.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
    "seed %i: every answered cell is true, every other one is reported, no thread is left",
    async (seed) => {
      const server = await startServer(seed);
      const { path: folder, remove } = temporaryFolder();
      const db = join(folder, "a.duckdb");
      try {
        // The sockets of this process are the server's; the client's are in its threads.
        const threads = () => handles().filter((name) => /Worker|MessagePort/.test(name));
        const before = threads();
        const summary = await backfill({
          ...{ db, endpoint: server.url, ca: server.ca, symbols, from: formatDay(first), to: formatDay(last) },
          ...{
            source: "head",
            http2: true,
            connections: 1 + (seed % 4),
            threads: 1,
            timeoutMs: 3000,
            maxFailureRate: 1,
            retries: 0,
            reject: false,
          },
        });
        // None is left one or two turns of the event loop after the threads have closed their ends.
        await expect.poll(threads).toEqual(before);
        const { probes, available, missing, failed, requests, retries, failures } = summary;
        const named = failures.map(({ symbol, date }) => keyPath(fileKey(DEFAULT_DATASET, symbol, dayOf(date))));
        expect(available + missing + failed).toBe(probes);
        expect(probes).toBe(served.size);
        expect(requests).toBe(probes + retries);
        const kinds = new Set(failures.map(({ kind }) => kind));
        expect(["status", "protocol", "closed", "reset", "timeout"]).toEqual(expect.arrayContaining([...kinds]));
        if (seed === 0) expect(kinds).toContain("timeout");
        expect(named).toHaveLength(failed);
        expect(new Set(named).size).toBe(failed);
        expect([...server.faulted].filter((path) => !named.includes(path))).toEqual([]);
        const cells = new Set(failures.map(({ date, symbol }) => `${date}|${symbol}`));
        const truth = truthOf(history, symbols, first, last).filter((row) => !cells.has(row.split("|", 2).join("|")));
        expect(await tableOf(db)).toEqual(truth);
        expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
      } finally {
        await server.close();
        remove();
      }
    },
  );

  it("gets another request after a reset, with retries", async () => {
    const server = await startServer(7, true);
    const { path: folder, remove } = temporaryFolder();
    const db = join(folder, "a.duckdb");
    try {
      const summary = await backfill({
        ...{ db, endpoint: server.url, ca: server.ca, symbols, from: formatDay(first), to: formatDay(last) },
        ...{ source: "head", http2: true, connections: 2, threads: 1, retries: 5 },
      });
      expect(server.faulted.size).toBeGreaterThan(0);
      expect(summary).toMatchObject({ outcome: "whole", failures: [] });
      expect(summary.retries).toBeGreaterThanOrEqual(server.faulted.size);
      expect(await tableOf(db)).toEqual(truthOf(history, symbols, first, last));
    } finally {
      await server.close();
      remove();
    }
  });
});
