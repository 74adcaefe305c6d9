import { afterEach, describe, expect, it } from "vitest";
import { createLine } from "../../src/probe/net/pool.js";
import { Deadlines } from "../../src/probe/net/deadlines.js";
import { getObject } from "../../src/probe/get.js";
import { listPage } from "../../src/probe/list.js";
import { listing } from "../support/list-page-faults.js";
import { startRawServer, type Behaviour } from "../support/raw-server.js";

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const PREFIX = "data/x/";
const MAX_BYTES = 1024;

/** A client with one connection to a server that behaves so. */
async function against(behave: Behaviour) {
  const server = await startRawServer(behave);
  open.push(server.close);
  const line = createLine({
    origin: server.url,
    connections: 1,
    http2: false,
    // Long enough that no slow machine reaches it.
    timeoutMs: 600_000,
    ca: server.ca,
    addresses: {},
  });
  const deadlines = new Deadlines(600_000);
  open.push(() => {
    deadlines.stop();
    return line.destroy();
  });
  let replays = 0;
  const context = { line, host: new URL(server.url).host, deadlines, bucketPath: "/", onReplay: () => replays++ };
  return {
    server,
    replays: () => replays,
    get: (path = "/object") => getObject(context, path, MAX_BYTES),
    list: () => listPage(context, { prefix: PREFIX, after: "", maxKeys: 1000 }),
  };
}

/** A response with a body. */
function withBody(code: number, body: string, headers = ""): string {
  return `HTTP/1.1 ${code} Any\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}

describe("the body of an error response", () => {
  const page = "<p>".repeat(20_000);
  const retryAfter = "Retry-After: 7\r\n";
  const unavailable = {
    type: "failed",
    failure: { kind: "status", code: "HTTP_503", message: "the server answered 503", retryAfterMs: 7000 },
  };

  it("may be longer than an object", async () => {
    const { server, get, list } = await against((socket, head) => {
      socket.write(head.startsWith("GET /gone") ? withBody(404, page) : withBody(503, page, retryAfter));
    });
    expect(await get("/gone")).toEqual({ type: "missing" });
    expect(await get("/busy")).toEqual(unavailable);
    expect(await list()).toEqual(unavailable);
    expect(server.connections()).toBe(1);
  });

  it("is not read to its end when it has none", async () => {
    const { get, list } = await against((socket, head) => {
      const code = head.startsWith("GET /gone") ? 404 : 503;
      socket.write(`HTTP/1.1 ${code} Any\r\n${retryAfter}\r\n`);
      const more = () => {
        while (!socket.destroyed && socket.write(page));
      };
      socket.on("drain", more);
      more();
    });
    expect(await get("/gone")).toEqual({ type: "missing" });
    expect(await get("/busy")).toEqual(unavailable);
    expect(await list()).toEqual(unavailable);
  });
});

describe("the replay of a GET or LIST on a stale kept-alive socket", () => {
  const object = { type: "object", bytes: Buffer.from("zip") };
  const answer = (head: string) => withBody(200, head.startsWith("GET /?") ? listing("", 0) : "zip");

  it("happens once for each, on a new socket, and is counted", async () => {
    const { server, get, list, replays } = await against((socket, head, nth) => {
      if (nth === 1) socket.write(answer(head));
      else socket.destroy();
    });
    expect(await get()).toEqual(object);
    expect(await get()).toEqual(object);
    expect(await list()).toMatchObject({ type: "page" });
    expect(await list()).toMatchObject({ type: "page" });
    expect(server.connections()).toBe(4);
    expect(server.requests).toHaveLength(7);
    expect(replays()).toBe(3);
  });

  it("is not repeated when the new socket fails too", async () => {
    let served = false;
    const { server, get, replays } = await against((socket, head) => {
      if (served) socket.destroy();
      else socket.write(answer(head));
      served = true;
    });
    await get();
    expect(await get()).toMatchObject({ failure: { kind: "closed" } });
    expect(server.connections()).toBe(2);
    expect(replays()).toBe(1);
  });

  it("doesn't happen once a byte of the answer has arrived", async () => {
    const { server, get, list, replays } = await against((socket, head, nth) => {
      if (nth === 1) socket.write(answer(head));
      else socket.end("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<");
    });
    await get();
    expect(await get()).toMatchObject({ failure: { kind: "closed" } });
    await list();
    expect(await list()).toMatchObject({ failure: { kind: "closed" } });
    expect(server.connections()).toBe(2);
    expect(replays()).toBe(0);
  });
});
