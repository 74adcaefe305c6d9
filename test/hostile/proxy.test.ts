import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterEach, describe, expect } from "vitest";
import { dayOf } from "../../src/calendar/day.js";
import { runAlone, summaryOf } from "../support/cli.js";
import { replicaTest } from "../support/fixture.js";

const HISTORY = { seed: 5, symbols: 8, from: dayOf("2024-01-01"), through: dayOf("2024-01-20") };
const PASSWORD = "s3cret";

interface TestProxy {
  port: number;
  /** Hosts requested by CONNECT, with their headers. */
  connects: { target: string; authorization: string | undefined; agent: string | undefined }[];
}

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/**
 * A proxy for CONNECT.
 *
 * @param port where every tunnel leads, whatever the client requests
 * @param refuse status instead of a tunnel; 0: no answer at all; closed: the end of the connection
 */
async function startProxy(port: number, refuse?: number | "closed"): Promise<TestProxy> {
  const connects: TestProxy["connects"] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on("connect", ({ url = "", headers }: IncomingMessage, client: Socket) => {
    connects.push({ target: url, authorization: headers["proxy-authorization"], agent: headers["user-agent"] });
    sockets.add(client);
    client.on("error", () => client.destroy());
    if (refuse !== undefined) {
      if (refuse === "closed") client.end();
      else if (refuse > 0) client.end(`HTTP/1.1 ${refuse} No\r\n\r\n`);
      return;
    }
    const upstream = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    sockets.add(upstream);
    upstream.on("error", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, connects };
}

const UPDATE = ["update", "--date", "2024-01-10", "--json"];

const it = replicaTest({ history: { type: "synthetic", ...HISTORY } })
  // The name stands for a server that only the proxy can reach; its address is looked up by nobody but the proxy.
  .extend("named", ({ replica, env }): NodeJS.ProcessEnv => {
    const named = (url: string) => url.replace("127.0.0.1", "localhost");
    return { ...env, BFA_ENDPOINT: named(replica.url), BFA_LIST_ENDPOINT: named(replica.listUrl) };
  })
  .extend("port", ({ replica }) => Number(new URL(replica.url).port));

describe("a proxy", () => {
  it.for(["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"])(
    "named by %s is used for every request, and its password is shown nowhere",
    async (variable, { named, port, replica, expectSound }) => {
      const proxy = await startProxy(port);
      const url = `http://me:${PASSWORD}@127.0.0.1:${proxy.port}`;
      const result = await runAlone(UPDATE, { ...named, [variable]: url });
      expect(result.code, result.stderr).toBe(0);
      expect(summaryOf(result)).toMatchObject({ outcome: "whole", failed: 0, dns_lookups: 0 });
      expect(result.stderr).toContain(
        `bfa: localhost:${port} is reached through the proxy http://***@127.0.0.1:${proxy.port}`,
      );
      expect(result.stdout + result.stderr).not.toContain(PASSWORD);
      const authorization = `Basic ${Buffer.from(`me:${PASSWORD}`).toString("base64")}`;
      expect(proxy.connects[0]).toEqual({
        ...{ target: `localhost:${port}`, authorization },
        agent: expect.stringMatching(/^binance-futures-availability\/\d/) as string,
      });
      expect(proxy.connects).toHaveLength((await replica.stats()).handshakes);
      await expectSound();
    },
  );

  it("is not used for hosts in NO_PROXY", async ({ named, port }) => {
    const proxy = await startProxy(port);
    const env = { ...named, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, no_proxy: "example.com,localhost" };
    const result = await runAlone(UPDATE, env);
    expect(summaryOf(result)).toMatchObject({ outcome: "whole", dns_lookups: 1 });
    expect(proxy.connects).toEqual([]);
    expect(result.stderr).not.toContain("proxy");
  });

  it("carries HEADs over HTTP/2 and over new connections", async ({ named, port }) => {
    const proxy = await startProxy(port);
    const env = { ...named, HTTPS_PROXY: `127.0.0.1:${proxy.port}` };
    expect(await runAlone([...UPDATE, "--http2", "--connections", "1", "--source", "head"], env)).toMatchObject({
      code: 0,
    });
    const before = proxy.connects.length;
    const unpooled = await runAlone([...UPDATE, "--no-pool", "--source", "head"], env);
    expect(unpooled.code).toBe(0);
    const { probes, connections_opened } = summaryOf(unpooled);
    expect(proxy.connects.length - before).toBe(connections_opened);
    expect(connections_opened).toBeGreaterThanOrEqual(probes);
  });

  it("that requires credentials is a failure of its own kind, and is not retried", async ({ named, port }) => {
    const proxy = await startProxy(port, 407);
    const args = ["update", "--date", "2024-01-10", "--symbols", "BTCUSDT", "--unlisted", "--source", "head", "--json"];
    const result = await runAlone(args, { ...named, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    expect(result.code).toBe(1);
    expect(summaryOf(result).failures).toMatchObject([{ kind: "proxy", code: "PROXY_407" }]);
    expect(result.stderr).toContain("proxy PROXY_407");
    expect(proxy.connects).toHaveLength(1);
  });

  it("that never answers is a timeout", async ({ named, port }) => {
    const proxy = await startProxy(port, 0);
    const args = ["update", "--date", "2024-01-10", "--symbols", "BTCUSDT", "--unlisted", "--source", "head", "--json"];
    const limits = ["--timeout", "300", "--retries", "1"];
    const result = await runAlone([...args, ...limits], { ...named, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    expect(result.code).toBe(1);
    expect(summaryOf(result)).toMatchObject({
      failures: [{ kind: "timeout" }],
      retried: [{ kind: "timeout", host: `localhost:${port}`, count: 1 }],
    });
  });

  it.for(["head", "list"])(
    "that closes the connection instead of answering fails each %s",
    async (source, { named, port, expectSound }) => {
      const proxy = await startProxy(port, "closed");
      const args = [
        "update",
        "--date",
        "2024-01-10",
        "--symbols",
        "BTCUSDT",
        "--unlisted",
        "--source",
        source,
        "--json",
      ];
      const result = await runAlone([...args, "--retries", "1"], {
        ...named,
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      });
      expect(result.code).toBe(1);
      expect(summaryOf(result)).toMatchObject({
        failures: [
          { kind: "proxy", code: "PROXY_CLOSED", cause: expect.stringContaining("other side closed") as string },
        ],
        retried: [{ kind: "proxy", code: "PROXY_CLOSED", host: `localhost:${port}`, count: 1 }],
      });
      expect(proxy.connects).toHaveLength(2);
      await expectSound();
    },
  );

  it("that closes the connection instead of answering fails the request of a command outside a run", async ({
    named,
  }) => {
    const proxy = await startProxy(0, "closed");
    const args = ["contracts", "--url", "https://exchange.test/fapi/v1/exchangeInfo", "--retries", "1"];
    const result = await runAlone(args, { ...named, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    expect(result).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("the proxy closed the connection") as string,
    });
    expect(proxy.connects).toHaveLength(2);
  });

  it("that is unreachable, or speaks another protocol, is named in one line", async ({ named, db }) => {
    const args = ["update", "--date", "2024-01-10", "--symbols", "BTCUSDT", "--unlisted", "--source", "head"];
    const gone = await runAlone(args, { ...named, HTTPS_PROXY: "http://127.0.0.1:1", BFA_DB: `${db}2` });
    expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining("connect ECONNREFUSED") as string });
    const wrong = await runAlone(args, { ...named, HTTPS_PROXY: `socks5://me:${PASSWORD}@a:1` });
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toBe("bfa: HTTPS_PROXY: only http and https proxies are supported, not socks5\n");
  });
});
