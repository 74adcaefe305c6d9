import { NO_ETAG } from "../../src/vision/etag.js";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { AddressTable } from "../../src/probe/net/addresses.js";
import { createLine } from "../../src/probe/net/pool.js";
import { Deadlines } from "../../src/probe/net/deadlines.js";
import { head } from "../../src/probe/head.js";
import type { Outcome } from "../../src/probe/outcome.js";
import { available, startRawServer, status, type Behaviour } from "../support/raw-server.js";

/** Time limits of a HEAD in tests of other things, ms. */
const AGAINST_HANGING_MS = 600_000;

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Client {
  head: (path?: string) => Promise<Outcome>;
  connected: () => number;
  replays: () => number;
}

function client(
  origin: string,
  settings: {
    ca?: string;
    /** Time limit for connecting, ms. */
    connectMs?: number;
    /** Time limit for an answer once its request is on a socket, ms. */
    answerMs?: number;
    connections?: number;
    addresses?: AddressTable;
    pooled?: boolean;
  } = {},
): Client {
  let connected = 0;
  let replays = 0;
  const line = createLine({
    origin,
    connections: settings.connections ?? 1,
    http2: false,
    timeoutMs: settings.connectMs ?? AGAINST_HANGING_MS,
    ...(settings.ca === undefined ? {} : { ca: settings.ca }),
    addresses: settings.addresses ?? {},
    onConnect: () => connected++,
  });
  const deadlines = new Deadlines(settings.answerMs ?? AGAINST_HANGING_MS);
  open.push(() => {
    deadlines.stop();
    return line.destroy();
  });
  const context = {
    line,
    host: new URL(origin).host,
    deadlines,
    pooled: settings.pooled ?? true,
    onReplay: () => replays++,
  };
  return {
    head: (path = "/data/X-1m-2021-01-01.zip") =>
      new Promise((resolve) => {
        head(context, path, resolve);
      }),
    connected: () => connected,
    replays: () => replays,
  };
}

async function against(behave: Behaviour, settings: Parameters<typeof client>[1] = {}) {
  const server = await startRawServer(behave);
  open.push(server.close);
  return { server, client: client(server.url, { ca: server.ca, ...settings }) };
}

function kindAndCode(outcome: Outcome): string {
  return outcome.type === "failed" ? `${outcome.failure.kind} ${outcome.failure.code}` : outcome.type;
}

describe("head", () => {
  it("takes size and upload time from a 200, and absence from a 404, on one socket", async () => {
    const { server, client } = await against((socket, head) => {
      socket.write(head.startsWith("HEAD /here") ? available(49_321) : status(404));
    });
    expect(await client.head("/here")).toEqual({
      type: "available",
      file: { size: 49_321, lastModified: Date.parse("2021-03-05T10:12:13Z"), etag: NO_ETAG },
    });
    expect(await client.head("/gone")).toEqual({ type: "missing" });
    expect(await client.head("/here")).toMatchObject({ type: "available" });
    expect(server.connections()).toBe(1);
    expect(client.connected()).toBe(1);
  });

  it.each([
    ["a web page", "Content-Type: text/html; charset=utf-8\r\nContent-Length: 900"],
    ["an empty file", "Content-Type: application/zip\r\nContent-Length: 0"],
    ["a file smaller than any zip", "Content-Length: 21"],
  ])("does not accept %s as a file", async (_name, headers) => {
    const { client } = await against((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${headers}\r\nLast-Modified: Fri, 05 Mar 2021 10:12:13 GMT\r\n\r\n`);
    });
    expect(kindAndCode(await client.head("/here"))).toBe("protocol NOT_A_ZIP");
  });

  it("quotes only the start of a long header", async () => {
    const { client } = await against((socket) => {
      socket.write(available().replace(/(?<=Last-Modified: ).*/, "9".repeat(14_000)));
    });
    const outcome = await client.head();
    expect(kindAndCode(outcome)).toBe("protocol BAD_HEADER");
    expect(outcome.type === "failed" && outcome.failure.message).toMatch(/^Last-Modified is "9{300,400}…$/);
  });

  it("keeps the start of an ETag that is an md5", async () => {
    const { client } = await against((socket) => {
      socket.write(available(49_321).replace("\r\n\r\n", '\r\nETag: "9b2cf535f27731c974343645a3985328"\r\n\r\n'));
    });
    expect(await client.head("/here")).toMatchObject({ file: { etag: { high: 0x9b2cf535, low: 0xf27731c9 } } });
  });

  it("opens a socket for every HEAD if not pooled", async () => {
    const { server, client } = await against((socket) => socket.write(available()), { pooled: false });
    for (let i = 0; i < 3; i++) expect(await client.head()).toMatchObject({ type: "available" });
    expect(server.connections()).toBe(3);
  });

  it("skips an informational response", async () => {
    const { client } = await against((socket) => socket.write(`HTTP/1.1 103 Early Hints\r\n\r\n${status(404)}`));
    expect(await client.head()).toEqual({ type: "missing" });
  });

  it.each<[string, Behaviour, string]>([
    ["500", (socket) => socket.write(status(500)), "status HTTP_500"],
    ["503", (socket) => socket.write(status(503, "Retry-After: 1\r\n")), "status HTTP_503"],
    ["403", (socket) => socket.write(status(403)), "status HTTP_403"],
    [
      "a redirect, which is not followed",
      (socket) => socket.write(status(301, "Location: /here\r\n")),
      "status HTTP_301",
    ],
    ["204", (socket) => socket.write("HTTP/1.1 204 No\r\n\r\n"), "status HTTP_204"],
    ["206", (socket) => socket.write(status(206)), "status HTTP_206"],
    ["a close before the first byte", (socket) => socket.end(), "closed UND_ERR_SOCKET"],
    ["a close inside the headers", (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Le"), "closed UND_ERR_SOCKET"],
    ["a garbage status line", (socket) => socket.write("SMTP ready\r\n\r\n"), "protocol HTTPParserError"],
    [
      "a Content-Length that is not a number",
      (socket) => socket.write(available().replace("1234", "12x")),
      "protocol UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
    ],
    [
      "a negative Content-Length",
      (socket) => socket.write(available().replace("1234", "-5")),
      "protocol HTTPParserError",
    ],
    [
      "no Content-Length",
      (socket) => socket.write(available().replace(/Content-Length.*\r\n/, "")),
      "protocol BAD_HEADER",
    ],
    [
      "no Last-Modified",
      (socket) => socket.write(available().replace(/Last-Modified.*\r\n/, "")),
      "protocol BAD_HEADER",
    ],
    [
      "a Last-Modified that is not a time",
      (socket) => socket.write(available().replace("Mar", "Foo")),
      "protocol BAD_HEADER",
    ],
    [
      "endless headers",
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${"y".repeat(100_000)}`),
      "protocol UND_ERR_HEADERS_OVERFLOW",
    ],
  ])("fails on %s", async (_name, behave, expected) => {
    const { server, client } = await against(behave);
    expect(kindAndCode(await client.head())).toBe(expected);
    expect(server.requests).toHaveLength(1);
    expect(client.replays()).toBe(0);
  });

  it("fails on a reset inside the headers", async () => {
    const { client } = await against((socket, _head, _nth, reset) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-", () => setTimeout(reset, 20));
    });
    expect(kindAndCode(await client.head())).toBe("reset ECONNRESET");
    expect(client.replays()).toBe(0);
  });

  it.each<[string, Behaviour]>([
    ["silence", () => undefined],
    [
      "a drip of headers",
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\n");
        const drip = setInterval(() => socket.write("X: y\r\n"), 20);
        socket.on("close", () => {
          clearInterval(drip);
        });
      },
    ],
  ])("times out on %s, and the next HEAD gets a new socket", async (_name, behave) => {
    const { server, client } = await against(
      (socket, head, nth, reset) => {
        if (head.startsWith("HEAD /slow")) behave(socket, head, nth, reset);
        else socket.write(available());
      },
      { answerMs: 150 },
    );
    expect(kindAndCode(await client.head("/slow"))).toBe("timeout PROBE_TIMEOUT");
    // A slow machine needs more than one attempt.
    await expect.poll(() => client.head("/fine")).toMatchObject({ type: "available" });
    expect(server.connections()).toBeGreaterThanOrEqual(2);
  });

  it("fails on a refused connection", async () => {
    // A port that a server has just closed may belong to another server by now; nobody listens on this one.
    expect(kindAndCode(await client("https://127.0.0.1:1").head())).toBe("connect ECONNREFUSED");
  });

  it("times out on a handshake that never ends", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    open.push(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const outcome = await client(`https://127.0.0.1:${port}`, { connectMs: 150 }).head();
    expect(kindAndCode(outcome)).toBe("timeout UND_ERR_CONNECT_TIMEOUT");
  });

  it("fails on a certificate that isn't trusted", async () => {
    const server = await startRawServer((socket) => socket.write(available()));
    open.push(server.close);
    expect(kindAndCode(await client(server.url).head())).toMatch(/^tls /);
    expect(server.requests).toHaveLength(0);
  });

  it("verifies certificates even if the environment says not to", async () => {
    const server = await startRawServer((socket) => socket.write(available()));
    open.push(server.close);
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    open.push(() => void vi.unstubAllEnvs());
    expect(kindAndCode(await client(server.url).head())).toMatch(/^tls /);
    expect(server.requests).toHaveLength(0);
  });

  it("fails on an expired certificate from a trusted authority", async () => {
    const { generate } = await import("selfsigned");
    const past = { notBeforeDate: new Date("2020-01-01"), notAfterDate: new Date("2020-12-31") };
    const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
      ...{ keyType: "ec", curve: "P-256", algorithm: "sha256" },
      ...past,
      extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
    });
    const server = await startRawServer((socket) => socket.write(available()), { key, cert, ca: cert });
    open.push(server.close);
    expect(kindAndCode(await client(server.url, { ca: server.ca }).head())).toBe("tls CERT_HAS_EXPIRED");
    expect(server.requests).toHaveLength(0);
  });

  it("fails on a certificate for another name", async () => {
    const server = await startRawServer((socket) => socket.write(available()));
    open.push(server.close);
    const addresses: AddressTable = {
      "vision.test": { type: "resolved", addresses: [{ address: "127.0.0.1", family: 4 }] },
    };
    const outcome = await client(`https://vision.test:${server.port}`, { ca: server.ca, addresses }).head();
    expect(kindAndCode(outcome)).toBe("tls ERR_TLS_CERT_ALTNAME_INVALID");
    expect(server.requests).toHaveLength(0);
  });

  it("fails on a certificate that is its own authority", async () => {
    const { generate } = await import("selfsigned");
    const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
      ...{ keyType: "ec", curve: "P-256", algorithm: "sha256" },
      extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
    });
    const server = await startRawServer((socket) => socket.write(available()), { key, cert, ca: cert });
    open.push(server.close);
    expect(kindAndCode(await client(server.url).head())).toBe("tls DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(server.requests).toHaveLength(0);
  });

  it("tries another address of a name when one refuses, and fails when there is none", async () => {
    const server = await startRawServer((socket) => socket.write(available()));
    open.push(server.close);
    // Names are verified, so this one must be in the certificate, which names localhost.
    const named = (...addresses: string[]): AddressTable => ({
      localhost: { type: "resolved", addresses: addresses.map((address) => ({ address, family: 4 })) },
    });
    const outcome = (addresses: AddressTable) =>
      client(`https://localhost:${server.port}`, { ca: server.ca, addresses }).head();
    expect(await outcome(named("127.0.0.2", "127.0.0.1"))).toMatchObject({ type: "available" });
    expect(kindAndCode(await outcome(named("127.0.0.2")))).toMatch(/^(connect|timeout) /);
    expect(kindAndCode(await outcome(named()))).toBe("dns ENOTFOUND");
    expect(server.requests).toHaveLength(1);
  });

  it("fails on a name that did not resolve, and on one that was never looked up", async () => {
    const addresses: AddressTable = {
      "gone.test": { type: "unresolved", code: "ENOTFOUND", message: "gone.test can't be resolved (ENOTFOUND)" },
    };
    expect(kindAndCode(await client("https://gone.test", { addresses }).head())).toBe("dns ENOTFOUND");
    expect(kindAndCode(await client("https://other.test", { addresses }).head())).toBe("dns ENOTFOUND");
  });
});

describe("the replay of a stale kept-alive socket", () => {
  it("happens once, on a new socket, and is counted", async () => {
    const { server, client } = await against((socket, head, nth) => {
      if (nth === 1) socket.write(available());
      else socket.destroy();
    });
    expect(await client.head("/1")).toMatchObject({ type: "available" });
    expect(await client.head("/2")).toMatchObject({ type: "available" });
    expect(server.connections()).toBe(2);
    expect(server.requests.map((head) => head.split(" ")[1])).toEqual(["/1", "/2", "/2"]);
    expect(client.replays()).toBe(1);
  });

  it("is not repeated when the new socket fails too", async () => {
    let first = true;
    const { server, client } = await against((socket) => {
      if (first) socket.write(available());
      else socket.destroy();
      first = false;
    });
    await client.head("/1");
    expect(kindAndCode(await client.head("/2"))).toBe("closed UND_ERR_SOCKET");
    expect(server.connections()).toBe(2);
    expect(client.replays()).toBe(1);
  });

  it("doesn't happen once a byte of the answer has arrived", async () => {
    const { server, client } = await against((socket, head, nth) => {
      if (nth === 1) socket.write(available());
      else socket.end("H");
    });
    await client.head("/1");
    expect(kindAndCode(await client.head("/2"))).toBe("closed UND_ERR_SOCKET");
    expect(server.connections()).toBe(1);
    expect(client.replays()).toBe(0);
  });

  it("doesn't happen on a timeout", async () => {
    const { client } = await against(
      (socket, head) => {
        if (head.startsWith("HEAD /1 ")) socket.write(available());
      },
      { answerMs: 150 },
    );
    // A slow machine needs more than one attempt.
    await expect.poll(() => client.head("/1")).toMatchObject({ type: "available" });
    expect(kindAndCode(await client.head("/2"))).toBe("timeout PROBE_TIMEOUT");
    expect(client.replays()).toBe(0);
  });
});
