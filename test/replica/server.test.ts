import { createHash } from "node:crypto";
import { connect as connectHttp2 } from "node:http2";
import { connect as connectTcp } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { unzipSync } from "fflate";
import { Agent, request, type Dispatcher } from "undici";
import { expect, it } from "vitest";
import { startReplicaThread } from "../../src/threads/replica-thread.js";
import type { Replica, ReplicaOptions } from "../../src/replica/replica.js";
import { fileKey } from "../../src/vision/object-key.js";
import { dayOf } from "../../src/calendar/day.js";
import { file, foreign, readListing, UPLOADED, withReplica } from "../support/replica.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

const OPTIONS: ReplicaOptions = {
  history: {
    type: "listed",
    files: [file("BTCUSDT", "2024-01-01", 48_155), file("币安人生USDT", "2024-01-02", 7_500)],
    foreign: [foreign("data/futures/um/daily/klines/BTCUSDT//"), foreign("part-00000-6b1c2a44.zip", 1_214)],
  },
};
const PATH = `/${fileKey(DEFAULT_DATASET, "BTCUSDT", dayOf("2024-01-01"))}`;

/** undici against a replica, over one private connection. */
async function withAgent<T>(replica: Replica, use: (dispatcher: Dispatcher) => Promise<T>): Promise<T> {
  const agent = new Agent({ connections: 1, connect: { ca: replica.ca } });
  // undici ends the connection after a HEAD unless the request says otherwise.
  const dispatcher = agent.compose((dispatch) => (options, handler) => dispatch({ ...options, reset: false }, handler));
  try {
    return await use(dispatcher);
  } finally {
    await agent.destroy();
  }
}

/** A TLS connection that sends whatever is written to it. */
async function rawSocket(replica: Replica): Promise<TLSSocket> {
  const socket = connect({ port: replica.port, host: "127.0.0.1", ca: replica.ca });
  await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
  return socket;
}

/** Reads until that many answers to HEAD have arrived, or the server has ended the connection. */
async function readHeads(socket: TLSSocket, count: number): Promise<string[]> {
  let text = "";
  for await (const chunk of socket) {
    text += (chunk as Buffer).toString("latin1");
    if (text.split("\r\n\r\n").length > count) break;
  }
  return text.split("\r\n\r\n").slice(0, -1);
}

const head = (path: string, more = ""): string => `HEAD ${path} HTTP/1.1\r\nHost: replica\r\n${more}\r\n`;

it("answers HEAD and GET of an object and its checksum as S3 does", async () => {
  await withReplica(OPTIONS, (replica) =>
    withAgent(replica, async (dispatcher) => {
      const headers = {
        "content-length": "48155",
        "content-type": "application/zip",
        "last-modified": new Date(UPLOADED).toUTCString(),
        etag: expect.stringMatching(/^"[0-9a-f]{32}"$/) as string,
        "accept-ranges": "bytes",
      };
      const probe = await request(replica.url + PATH, { method: "HEAD", dispatcher });
      expect([probe.statusCode, await probe.body.text()]).toEqual([200, ""]);
      expect(probe.headers).toMatchObject(headers);

      const got = await request(replica.url + PATH, { dispatcher });
      const zip = Buffer.from(await got.body.arrayBuffer());
      expect(got.headers).toEqual({ ...probe.headers, date: got.headers["date"] });
      expect(zip.length).toBe(48_155);
      expect(Object.keys(unzipSync(zip))).toEqual(["BTCUSDT-1m-2024-01-01.csv"]);

      const checksum = await request(`${replica.url}${PATH}.CHECKSUM`, { dispatcher });
      const digest = createHash("sha256").update(zip).digest("hex");
      expect(checksum.headers["content-length"]).toBe("92");
      expect(await checksum.body.text()).toBe(`${digest}  BTCUSDT-1m-2024-01-01.zip\n`);

      // The list host also serves objects, path style; encoded names and foreign keys work too.
      for (const path of [
        `/data.binance.vision${PATH}`,
        encodeURI(`/${fileKey(DEFAULT_DATASET, "币安人生USDT", dayOf("2024-01-02"))}`),
        "/part-00000-6b1c2a44.zip",
        "/data/futures/um/daily/klines/BTCUSDT//",
      ]) {
        const found = await request(replica.url + path, { dispatcher });
        const body = await found.body.arrayBuffer();
        expect([path, found.statusCode, String(body.byteLength)]).toEqual([path, 200, found.headers["content-length"]]);
      }
    }),
  );
});

it("answers a missing key with 404, with S3's document for GET and no body for HEAD", async () => {
  await withReplica(OPTIONS, (replica) =>
    withAgent(replica, async (dispatcher) => {
      for (const key of [
        fileKey(DEFAULT_DATASET, "BTCUSDT", dayOf("2024-01-02")),
        "data/futures/um/daily/klines/BTCUSDT/",
        "x&y",
      ]) {
        const got = await request(`${replica.url}/${key}`, { dispatcher });
        expect(got.statusCode).toBe(404);
        expect(got.headers["content-type"]).toBe("application/xml");
        const document = await got.body.text();
        expect(document).toContain("<Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>");
        expect(document).toContain(`<Key>${key.replace("&", "&amp;")}</Key>`);
        const probe = await request(`${replica.url}/${key}`, { method: "HEAD", dispatcher });
        expect([probe.statusCode, await probe.body.text()]).toEqual([404, ""]);
      }
      const put = await request(replica.url + PATH, { method: "DELETE", dispatcher });
      expect([put.statusCode, put.headers["allow"]]).toEqual([405, "GET, HEAD"]);
      expect(await put.body.text()).toContain("<Code>MethodNotAllowed</Code>");
    }),
  );
});

it("lists over either path, and delivers a whole page of a synthetic history", async () => {
  const history = { type: "synthetic", through: dayOf("2022-06-30"), symbols: 12 } as const;
  await withReplica({ history }, (replica) =>
    withAgent(replica, async (dispatcher) => {
      const [pathStyle, hostStyle] = await Promise.all(
        [`${replica.listUrl}?max-keys=1000`, `${replica.url}/`].map(async (url) => {
          const { body } = await request(url, { dispatcher });
          return await body.text();
        }),
      );
      expect(pathStyle).toBe(hostStyle);
      expect(readListing(pathStyle ?? "").keys.length).toBe(1000);
    }),
  );
});

it("speaks HTTP/2 to clients that offer it", async () => {
  await withReplica(OPTIONS, async (replica) => {
    const session = connectHttp2(replica.url, { ca: replica.ca });
    try {
      const ask = (path: string, method: string): Promise<{ status: unknown; length: unknown; body: number }> =>
        new Promise((resolve, reject) => {
          const stream = session.request({ ":path": path, ":method": method });
          let body = 0;
          let answer: { status: unknown; length: unknown } = { status: 0, length: 0 };
          stream.on("response", (headers) => {
            answer = { status: headers[":status"], length: headers["content-length"] };
          });
          stream.on("data", (chunk: Buffer) => {
            body += chunk.length;
          });
          stream.on("end", () => {
            resolve({ ...answer, body });
          });
          stream.on("error", reject);
        });
      const answers = await Promise.all([ask(PATH, "HEAD"), ask(PATH, "GET"), ask("/none", "HEAD")]);
      expect(answers).toMatchObject([
        { status: 200, length: "48155", body: 0 },
        { status: 200, length: "48155", body: 48_155 },
        { status: 404, body: 0 },
      ]);
      expect(await replica.stats()).toMatchObject({ connections: 1, handshakes: 1, requests: { head: 2, get: 1 } });
    } finally {
      session.destroy();
    }
  });
});

it("answers pipelined requests in order, however they are split into packets", async () => {
  await withReplica(OPTIONS, async (replica) => {
    const wire =
      head(PATH) + head("/none") + head(`${PATH}.CHECKSUM`, "X-Any: thing\r\n") + head("/", "Connection: close\r\n");
    for (const size of [wire.length, 1, 7, 100]) {
      const socket = await rawSocket(replica);
      const answers = readHeads(socket, 5);
      for (let at = 0; at < wire.length; at += size) {
        socket.write(wire.slice(at, at + size));
        if (size > 1) await new Promise(setImmediate);
      }
      const lines = (await answers).map((answer) => answer.split("\r\n")[0]);
      expect(lines).toEqual(["HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK"]);
      socket.destroy();
    }
  });
});

it.each([
  ["a body", `HEAD ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc`, 400],
  ["a chunked body", `GET ${PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ["no Host", `GET ${PATH} HTTP/1.1\r\n\r\n`, 400],
  ["no HTTP", "hello\r\n\r\n", 400],
  ["a folded header", `GET ${PATH} HTTP/1.1\r\nHost: x\r\n y\r\n\r\n`, 400],
  ["a bare line feed", `GET ${PATH} HTTP/1.1\r\nHost: x\nA: b\r\n\r\n`, 400],
  ["too long a head", `GET ${PATH} HTTP/1.1\r\nHost: x\r\nA: ${"b".repeat(20_000)}\r\n\r\n`, 431],
  ["an endless head", `GET ${PATH} HTTP/1.1\r\nHost: x\r\nA: ${"b".repeat(20_000)}`, 431],
])("refuses a request with %s and ends the connection", async (_, wire, status) => {
  await withReplica(OPTIONS, async (replica) => {
    const socket = await rawSocket(replica);
    socket.write(wire);
    const answers = await readHeads(socket, 9);
    expect(answers.map((answer) => Number(answer.split(" ")[1]))).toEqual([status]);
  });
});

it("ends the connection of an HTTP/1.0 client after its answer", async () => {
  await withReplica(OPTIONS, async (replica) => {
    const socket = await rawSocket(replica);
    socket.write(`HEAD ${PATH} HTTP/1.0\r\n\r\n`);
    expect((await readHeads(socket, 9)).length).toBe(1);
  });
});

it("counts, and lets another process read and reset the counts", async () => {
  await withReplica(OPTIONS, (replica) =>
    withAgent(replica, async (dispatcher) => {
      for (const [method, path] of [
        ["HEAD", PATH],
        ["GET", "/none"],
        ["GET", "/?prefix=x"],
        ["DELETE", PATH],
      ] as const) {
        const { body } = await request(replica.url + path, { method, dispatcher });
        await body.dump();
      }
      const read = async (method: "GET" | "DELETE"): Promise<unknown> => {
        const { body } = await request(`${replica.url}/-/stats`, { method, dispatcher });
        return await body.json();
      };
      const counted = {
        connections: 1,
        handshakes: 1,
        open: 1,
        maxOpen: 1,
        requests: { head: 1, get: 1, list: 1, other: 1 },
      };
      expect(await read("GET")).toMatchObject(counted);
      expect(await replica.stats()).toEqual(await read("GET"));
      const fresh = {
        connections: 0,
        handshakes: 0,
        open: 1,
        maxOpen: 1,
        requests: { head: 0, get: 0, list: 0, other: 0 },
      };
      expect(await read("DELETE")).toMatchObject(fresh);
      expect(await replica.stats()).toMatchObject(fresh);
    }),
  );
});

it("counts the maximum number of simultaneous connections", async () => {
  await withReplica(OPTIONS, async (replica) => {
    const sockets = await Promise.all([rawSocket(replica), rawSocket(replica), rawSocket(replica)]);
    for (const socket of sockets) {
      socket.end();
      for await (const chunk of socket) expect(chunk).toBeUndefined();
    }
    const last = await rawSocket(replica);
    // The client's side of a handshake ends first; an answer shows that the server's has ended too.
    last.write(head("/"));
    await readHeads(last, 1);
    expect(await replica.stats()).toMatchObject({ connections: 4, handshakes: 4, maxOpen: 3 });
    last.destroy();
  });
});

it("runs in a thread with the same handle", async () => {
  const replica = await startReplicaThread(OPTIONS);
  try {
    await withAgent(replica, async (dispatcher) => {
      const { statusCode } = await request(replica.url + PATH, { method: "HEAD", dispatcher });
      expect([statusCode, replica.files, replica.symbols]).toEqual([200, 2, 2]);
      const [counted] = await Promise.all([replica.stats(), replica.resetStats()]);
      expect(counted.requests.head).toBe(1);
      expect((await replica.stats()).requests.head).toBe(0);
    });
  } finally {
    await replica.close();
  }
  await expect(request(replica.url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

it("survives clients that break off in the middle of a handshake or send no TLS", async () => {
  await withReplica(OPTIONS, async (replica) => {
    for (const bytes of ["", "\x16\x03\x01\x02\x00\x01", "GET / HTTP/1.1\r\n\r\n"]) {
      const client = connectTcp(replica.port, "127.0.0.1");
      await new Promise((resolve) => client.once("connect", resolve));
      client.on("error", () => undefined);
      client.write(bytes, "latin1");
      await new Promise(setImmediate);
      client.resetAndDestroy();
    }
    const socket = await rawSocket(replica);
    socket.write(head(PATH));
    expect((await readHeads(socket, 1)).length).toBe(1);
    expect(await replica.stats()).toMatchObject({ connections: 4, handshakes: 1 });
    while ((await replica.stats()).open > 0) await new Promise(setImmediate);
  });
});

it("reports a thread's failure to start as the error that it was", async () => {
  await expect(startReplicaThread({ history: { type: "spans", file: "/none.csv" } })).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringMatching(/^\/none\.csv: can't be read/) as string,
  });
});
