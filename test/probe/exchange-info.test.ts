import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { fetchExchangeInfo, type ExchangeOptions } from "../../src/probe/exchange-info.js";

const OPTIONS: ExchangeOptions = { ca: undefined, env: {}, timeoutMs: 60_000, retries: 3, signal: undefined };

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** The URL of a separate exchange. */
async function exchange(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/fapi/v1/exchangeInfo`;
}

describe("an exchange that never answers", () => {
  it("gets one request when all attempts together have the time of one", async () => {
    let requests = 0;
    const url = await exchange(() => requests++);
    await expect(fetchExchangeInfo(url, { ...OPTIONS, timeoutMs: 100, totalMs: 100 })).rejects.toMatchObject({
      code: "EXCHANGE_UNREACHABLE",
    });
    expect(requests).toBeLessThanOrEqual(1);
  });
});

describe("an exchange in temporary trouble", () => {
  it("gets another request within the time of all attempts", async () => {
    let requests = 0;
    const url = await exchange((_request, response) => {
      response.writeHead(++requests === 1 ? 503 : 451).end();
    });
    await expect(fetchExchangeInfo(url, { ...OPTIONS, totalMs: 600_000 })).resolves.toMatchObject({ type: "refused" });
    expect(requests).toBe(2);
  });
});
