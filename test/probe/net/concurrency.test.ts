import { once } from "node:events";
import { createSecureServer } from "node:http2";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Concurrency } from "../../../src/probe/net/concurrency.js";
import { createLine, STREAMS_PER_CONNECTION } from "../../../src/probe/net/pool.js";
import { Deadlines } from "../../../src/probe/net/deadlines.js";
import { head } from "../../../src/probe/head.js";
import type { Outcome } from "../../../src/probe/outcome.js";
import { createCertificate } from "../../../src/replica/certificate.js";

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A server that answers 404, over HTTP/2 or over HTTP/1.1 only. */
async function startServer(protocol: "h2" | "http/1.1"): Promise<{ url: string; ca: string }> {
  const { ca, cert, key } = await createCertificate();
  const server =
    protocol === "h2"
      ? createSecureServer({ cert, key }, (_request, response) => response.writeHead(404).end())
      : createServer({ cert, key }, (_request, response) => response.writeHead(404).end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(() => {
    server.close();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, ca };
}

function connect(origin: string, ca: string, concurrency: Concurrency) {
  const line = createLine({
    ...{ origin, ca, connections: 16, http2: true, timeoutMs: 600_000, addresses: {} },
    onConnect: (client) => {
      concurrency.connected(client);
    },
    onDisconnect: (client) => {
      concurrency.disconnected(client);
    },
    onConnectionError: () => {
      concurrency.failed();
    },
  });
  const deadlines = new Deadlines(2000);
  open.push(async () => {
    deadlines.stop();
    await line.destroy();
  });
  const context = { line, host: new URL(origin).host, deadlines, pooled: true, onReplay: () => undefined };
  return {
    line,
    head: () =>
      new Promise<Outcome>((resolve) => {
        head(context, "/a.zip", resolve);
      }),
  };
}

describe("the limit of HEADs in flight", () => {
  it("is the number of connections if HTTP/2 isn't offered", () => {
    expect(new Concurrency(64, 0).limit).toBe(64);
  });

  it("rises by the streams of each connection that speaks HTTP/2, and falls when it ends", async () => {
    const server = await startServer("h2");
    const concurrency = new Concurrency(16, 2);
    const { line, head } = connect(server.url, server.ca, concurrency);
    expect(concurrency.limit).toBe(2);
    expect(await head()).toEqual({ type: "missing" });
    expect(concurrency.limit).toBe(1 + STREAMS_PER_CONNECTION);
    await Promise.all([
      line.destroy(),
      vi.waitFor(() => {
        expect(concurrency.limit).toBe(2);
      }),
    ]);
  });

  it("is that of HTTP/1.1 once a server turns out to speak nothing else", async () => {
    const server = await startServer("http/1.1");
    const concurrency = new Concurrency(16, 2);
    const { head } = connect(server.url, server.ca, concurrency);
    expect(await head()).toEqual({ type: "missing" });
    expect(concurrency.limit).toBe(16);
  });

  it("is that of HTTP/1.1 if no connection can be opened", async () => {
    const concurrency = new Concurrency(16, 2);
    const { head } = connect("https://127.0.0.1:1", "", concurrency);
    expect(await head()).toMatchObject({ type: "failed", failure: { kind: "connect" } });
    expect(concurrency.limit).toBe(16);
  });
});
