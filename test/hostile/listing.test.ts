import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { DiscoveryError } from "../../src/errors.js";
import { backfill } from "../../src/run/backfill.js";
import { discover } from "../../src/run/discover.js";
import { volumes } from "../../src/run/volumes.js";
import type { History } from "../../src/replica/history.js";
import { dayOf, formatDay } from "../../src/calendar/day.js";
import { fileKey } from "../../src/vision/object-key.js";
import { rowsOf, soundness, tableOf, temporaryFolder } from "../support/database.js";
import { startRawServer, status } from "../support/raw-server.js";
import { truthOf } from "../support/truth.js";
import { runCli } from "../support/cli.js";
import { contents, honestPage, listing, LISTING_FAULTS, type Listed } from "../support/list-page-faults.js";
import { writeFileSync } from "node:fs";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

const first = dayOf("2024-02-01");
const last = dayOf("2024-02-20");

/** A symbol for each fault, with files on two of three days. */
const history: History = {
  folders: LISTING_FAULTS.map((_, index) => {
    const days = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((day) => (day + index) % 3 !== 0);
    return {
      symbol: `F${String(index).padStart(2, "0")}USDT`,
      days: Int32Array.from(days),
      sizes: Uint32Array.from(days, (day) => 1000 + day),
      uploaded: Uint32Array.from(days, (day) => (day + 1) * 86_400 + 30_000),
    };
  }),
} as unknown as History;
const symbols = history.folders.map(({ symbol }) => symbol);

/** The query of a LIST request. */
function queryOf(head: string): URLSearchParams {
  return new URL(head.split(" ")[1] ?? "", "https://x").searchParams;
}

function respond(socket: TLSSocket, body: string | Buffer): void {
  if (typeof body === "string" && body.startsWith("HTTP/")) {
    socket.write(body);
    if (body.includes("Connection: close")) socket.end();
    return;
  }
  socket.write(
    `HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`,
  );
  socket.write(body);
}

/** The true objects of a folder after a key. */
function listedAfter(index: number, after: string): Listed[] {
  const folder = history.folders[index];
  if (folder === undefined) return [];
  return Array.from(folder.days, (day, i) => ({
    key: fileKey(DEFAULT_DATASET, folder.symbol, day),
    size: folder.sizes[i] ?? 0,
    lastModified: new Date((folder.uploaded[i] ?? 0) * 1000).toISOString(),
  })).filter(({ key }) => key > after);
}

describe("a listing with all faults together", () => {
  it("gives the truth or a failure for each symbol, never a wrong row", async () => {
    const server = await startRawServer((socket, head) => {
      const query = queryOf(head);
      const [prefix, after] = [query.get("prefix") ?? "", query.get("start-after") ?? ""];
      const index = symbols.indexOf(prefix.split("/").at(-3) ?? "");
      respond(
        socket,
        LISTING_FAULTS[index]?.spoil({ listed: listedAfter(index, after), prefix, after }) ?? status(400),
      );
    });
    const { path, remove } = temporaryFolder();
    try {
      const db = join(path, "a.duckdb");
      const summary = await backfill({
        ...{
          db,
          endpoint: server.url,
          listEndpoint: server.url,
          ca: server.ca,
          symbols,
          unlisted: true,
          source: "list",
          reject: false,
        },
        ...{ from: formatDay(first), to: formatDay(last), timeoutMs: 600_000, maxFailureRate: 1 },
        retries: 0,
      });
      const days = last - first + 1;
      const harmful = LISTING_FAULTS.flatMap((fault, index) => (fault.harmful ? [symbols[index] ?? ""] : []));
      const named = summary.failures.map(({ symbol, days }) => [symbol, days]);
      const names = new Map(symbols.map((symbol, index) => [symbol, LISTING_FAULTS[index]?.name]));
      expect(new Set(named.map(([symbol]) => names.get(String(symbol))))).toEqual(
        new Set(harmful.map((symbol) => names.get(symbol))),
      );
      expect(named.sort()).toEqual(harmful.map((symbol) => [symbol, days]));
      expect(Math.max(...summary.failures.map(({ message }) => message.length))).toBeLessThan(500);
      expect(new Set(summary.failures.map(({ kind }) => kind))).toEqual(new Set(["protocol", "status"]));
      expect(summary).toMatchObject({
        outcome: "failed",
        probes: symbols.length * days,
        failed: harmful.length * days,
        foreign_keys: 15,
      });
      expect(summary.available + summary.missing + summary.failed).toBe(summary.probes);
      const whole = symbols.filter((symbol) => !harmful.includes(symbol));
      expect(await tableOf(db)).toEqual(truthOf(history, whole, first, last));
      expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
      // No page was requested over and over.
      expect(server.requests.length).toBeLessThanOrEqual(symbols.length + 5);
    } finally {
      await server.close();
      remove();
    }
  });

  it("stops reading a page that has no end", async () => {
    let sent = 0;
    const server = await startRawServer((socket) => {
      const chunk = "x".repeat(65_536);
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      const more = () => {
        while (!socket.destroyed && socket.write(`10000\r\n${chunk}\r\n`)) sent += chunk.length;
        sent += chunk.length;
      };
      socket.on("drain", more);
      more();
    });
    const { path, remove } = temporaryFolder();
    try {
      const summary = await backfill({
        ...{
          db: join(path, "a.duckdb"),
          endpoint: server.url,
          listEndpoint: server.url,
          ca: server.ca,
          source: "list",
        },
        ...{
          symbols: ["BTCUSDT"],
          unlisted: true,
          retries: 0,
          timeoutMs: 600_000,
          reject: false,
          from: "2024-02-01",
          to: "2024-02-20",
        },
      });
      expect(summary.failures).toMatchObject([
        { symbol: "BTCUSDT", days: 20, kind: "protocol", code: "LIST_MALFORMED" },
      ]);
      // What the sockets' buffers hold in addition to the 4 MiB that are read.
      expect(sent).toBeLessThan(32 * 2 ** 20);
    } finally {
      await server.close();
      remove();
    }
  });
});

describe("a listing that never ends", () => {
  const root = "data/futures/um/daily/klines/";

  /** Serves pages that always promise more and continue from where the request says. */
  function startEndless(entry: (prefix: string, number: number) => string) {
    return startRawServer((socket, head) => {
      const query = queryOf(head);
      const prefix = query.get("prefix") ?? "";
      const from = Number(/(\d{9})\D*$/.exec(query.get("start-after") ?? "")?.[1] ?? -1) + 1;
      const count = Number(query.get("max-keys"));
      respond(socket, listing(Array.from({ length: count }, (_, i) => entry(prefix, from + i)).join(""), count, true));
    });
  }
  const numbered = (number: number) => String(number).padStart(9, "0");

  it("of folders ends with a failure and a code", async () => {
    const server = await startEndless(
      (_, number) => `<CommonPrefixes><Prefix>${root}${"A".repeat(55)}${numbered(number)}/</Prefix></CommonPrefixes>`,
    );
    const { path, remove } = temporaryFolder();
    try {
      const options = { db: join(path, "a.duckdb"), endpoint: server.url, listEndpoint: server.url, ca: server.ca };
      await expect(discover(options)).rejects.toMatchObject({
        code: "DISCOVERY_FAILED",
        message: expect.stringContaining("LIST_ENDLESS") as string,
      });
      expect(server.requests.length).toBeLessThanOrEqual(52);
    } finally {
      await server.close();
      remove();
    }
  });

  it("of folders ends on Ctrl-C, between two pages", async () => {
    const ended = new AbortController();
    let requestCount = 0;
    const server = await startEndless((_, number) => {
      if (number === 0 && ++requestCount === 1) ended.abort();
      return `<CommonPrefixes><Prefix>${root}A${numbered(number)}/</Prefix></CommonPrefixes>`;
    });
    const { path, remove } = temporaryFolder();
    try {
      const options = { db: join(path, "a.duckdb"), endpoint: server.url, listEndpoint: server.url, ca: server.ca };
      await expect(discover({ ...options, signal: ended.signal })).rejects.toMatchObject({ code: "INTERRUPTED" });
      expect(server.requests.length).toBeLessThan(10);
    } finally {
      await server.close();
      remove();
    }
  });

  it("of the months, or days, of one symbol's volumes fails them", async () => {
    const server = await startEndless((prefix, number) =>
      contents({
        key: `${prefix}BTCUSDT-1d-2020-01~${numbered(number)}`,
        size: 1,
        lastModified: "2024-02-03T00:00:00.000Z",
      }),
    );
    const { path, remove } = temporaryFolder();
    try {
      const { outcome, failures, requests } = await volumes({
        ...{ db: join(path, "a.duckdb"), endpoint: server.url, listEndpoint: server.url, ca: server.ca },
        ...{ symbols: ["BTCUSDT"], unlisted: true, reject: false },
      });
      expect({ outcome, failures }).toMatchObject({
        outcome: "failed",
        failures: [{ symbol: "BTCUSDT", kind: "protocol", code: "LIST_ENDLESS", key: null }],
      });
      expect(requests).toBe(server.requests.length);
      expect(requests).toBeLessThanOrEqual(80);
    } finally {
      await server.close();
      remove();
    }
  });

  it("of one symbol's files fails its days", async () => {
    const server = await startEndless((prefix, number) =>
      contents({
        key: `${prefix}BTCUSDT-1m-2024-02-01~${numbered(number)}`,
        size: 1,
        lastModified: "2024-02-03T00:00:00.000Z",
      }),
    );
    const { path, remove } = temporaryFolder();
    try {
      const summary = await backfill({
        ...{ db: join(path, "a.duckdb"), endpoint: server.url, listEndpoint: server.url, ca: server.ca },
        ...{
          symbols: ["BTCUSDT"],
          unlisted: true,
          reject: false,
          source: "list",
          from: "2024-02-01",
          to: "2024-02-20",
        },
      });
      expect(summary.failures).toMatchObject([{ symbol: "BTCUSDT", days: 20, kind: "protocol", code: "LIST_ENDLESS" }]);
      expect(summary).toMatchObject({ outcome: "failed", rows_written: 0, failed: 20 });
      expect(server.requests.length).toBeLessThanOrEqual(25);
    } finally {
      await server.close();
      remove();
    }
  });
});

describe("a slow listing", () => {
  it.each<[string, (socket: TLSSocket) => void]>([
    ["is silent", () => undefined],
    [
      "drips",
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        const drip = setInterval(() => socket.write("1\r\n<\r\n"), 20);
        socket.on("close", () => {
          clearInterval(drip);
        });
      },
    ],
  ])("that %s fails at its deadline, for symbols as for folders", async (_name, behave) => {
    const server = await startRawServer(behave);
    const { path, remove } = temporaryFolder();
    const where = { db: join(path, "a.duckdb"), endpoint: server.url, listEndpoint: server.url, ca: server.ca };
    try {
      const range = { from: "2024-02-01", to: "2024-02-20" };
      const one = {
        symbols: ["BTCUSDT"],
        unlisted: true,
        source: "list",
        timeoutMs: 300,
        retries: 0,
        reject: false,
      } as const;
      const summary = await backfill({ ...where, ...range, ...one });
      expect(summary.failures).toMatchObject([{ symbol: "BTCUSDT", days: 20, kind: "timeout" }]);
      expect(summary).toMatchObject({ outcome: "failed", rows_written: 0, probes: 20, failed: 20 });
      await expect(discover({ ...where, timeoutMs: 300, retries: 0 })).rejects.toMatchObject({
        code: "DISCOVERY_FAILED",
        message: expect.stringContaining("TIMEOUT") as string,
      });
    } finally {
      await server.close();
      remove();
    }
  });
});

describe("a listing of folders", () => {
  const root = "data/futures/um/daily/klines/";
  const prefixes = (names: readonly string[], truncated = false) =>
    listing(
      names
        .map((name) => name.replace(/[&<>]|\p{Cc}/gu, (char) => `&#${char.charCodeAt(0)};`))
        .map((name) => `<CommonPrefixes><Prefix>${root}${name}/</Prefix></CommonPrefixes>`)
        .join(""),
      names.length,
      truncated,
    );

  const hostile = [
    "",
    "'; DROP TABLE symbols; --",
    "..",
    "=cmd|' /C calc'!A0",
    "A\nB",
    "BTCUSDT",
    "BTCUSDT OR 1=1",
    "BTC\u001b[2J\u001b[1;1HUSDT",
    "NUL\u0001USDT",
    `X${"Y".repeat(64)}`,
    "\u202eTDSUCTB",
    "币安人生USDT",
    "😀USDT",
  ].sort((a, b) => Buffer.compare(Buffer.from(`${a}/`), Buffer.from(`${b}/`)));

  it("accepts only symbols, and shows other names without letting them move the cursor", async () => {
    const server = await startRawServer((socket) => {
      respond(socket, prefixes(hostile));
    });
    const { path, remove } = temporaryFolder();
    try {
      const ca = join(path, "ca.pem");
      writeFileSync(ca, server.ca);
      const db = join(path, "a.duckdb");
      const where = ["--db", db, "--endpoint", server.url, "--list-endpoint", server.url, "--ca", ca];
      const text = await runCli(["discover", ...where]);
      expect(text.code, text.stderr).toBe(0);
      expect(text.stdout).toContain(`${hostile.length - 2} folders that are not symbols`);
      expect(text.stdout.replaceAll("\n", "")).not.toMatch(/\p{Cc}|\p{Cf}/u);
      const json = await runCli(["discover", ...where, "--json"]);
      expect((JSON.parse(json.stdout) as { foreign: string[] }).foreign.sort()).toEqual(
        hostile.filter((name) => !["BTCUSDT", "币安人生USDT"].includes(name)).sort(),
      );
      expect((await rowsOf(db, "SELECT symbol FROM symbols ORDER BY 1")).flat()).toEqual(["BTCUSDT", "币安人生USDT"]);
    } finally {
      await server.close();
      remove();
    }
  });

  it.each([
    ["the same page forever", () => prefixes(["AUSDT", "BUSDT"], true), "LIST_ORDER"],
    ["a page without end", () => prefixes([], true), "LIST_STUCK"],
    ["a folder without its slash", () => prefixes(["AUSDTX"]).replace("AUSDTX/", "AUSDTX"), "LIST_MALFORMED"],
    ["no symbol at all", () => prefixes(["-", ".."]), "lists no symbols"],
    [
      "keys of another place instead of folders",
      () =>
        honestPage({
          listed: [{ key: "x", size: 1, lastModified: "2024-02-03T00:00:00.000Z" }],
          prefix: "",
          after: "",
        }),
      "LIST_FOREIGN",
    ],
  ])("ends with a DiscoveryError on %s", async (_name, body, message) => {
    const server = await startRawServer((socket) => {
      respond(socket, body());
    });
    const { path, remove } = temporaryFolder();
    try {
      const options = { db: join(path, "a.duckdb"), endpoint: server.url, listEndpoint: server.url, ca: server.ca };
      const error: unknown = await discover(options).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(DiscoveryError);
      expect(String(error)).toContain(message);
      expect(server.requests.length).toBeLessThanOrEqual(2);
    } finally {
      await server.close();
      remove();
    }
  });
});
