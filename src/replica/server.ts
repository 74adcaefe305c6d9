import type { Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import type { Answer, Request } from "./answer.js";
import type { Bucket } from "./bucket.js";
import type { Certificate } from "./certificate.js";
import type { Fault, FaultPlan } from "./faults.js";
import { serveHttp1, type Reaction } from "./http1.js";
import { serveHttp2 } from "./http2.js";
import { listen } from "./listen.js";
import { errorAnswer, internalError, slowDown } from "./s3-error.js";
import { freshStats, type ReplicaStats } from "./stats.js";

/** A running TLS server. */
export interface BucketServer {
  port: number;
  stats: () => ReplicaStats;
  resetStats: () => void;
  close: () => Promise<void>;
}

/** Path at which another process reads the counts (GET) and resets them (DELETE); no key starts with it. */
export const STATS_PATH = "/-/stats";

/** The parts that make up a server. */
export interface ServerParts {
  bucket: Bucket;
  certificate: Pick<Certificate, "key" | "cert">;
  faults: FaultPlan;
  /** Seconds in the Retry-After of a 503, if any. */
  retryAfter?: number | undefined;
  /** Port on 127.0.0.1; 0 picks a free one. */
  port: number;
}

/** Serves a bucket over TLS: HTTP/2 to clients that offer it by ALPN, HTTP/1.1 to all others. */
export async function startServer(parts: ServerParts): Promise<BucketServer> {
  const { bucket, certificate, faults, retryAfter, port } = parts;
  let stats = freshStats();
  // Only the TCP socket below a TLS socket can be reset; the client's port connects the two.
  const tcpSockets = new Map<number, Socket>();

  const server = createServer({ ...certificate, ALPNProtocols: ["h2", "http/1.1"] });

  server.on("connection", (socket: Socket) => {
    const clientPort = socket.remotePort ?? 0;
    tcpSockets.set(clientPort, socket.setNoDelay());
    stats.connections++;
    stats.open++;
    stats.maxOpen = Math.max(stats.maxOpen, stats.open);
    socket.once("close", () => {
      // The port may belong to a newer connection by now.
      if (tcpSockets.get(clientPort) === socket) tcpSockets.delete(clientPort);
      stats.open--;
    });
  });

  server.on("secureConnection", (socket: TLSSocket) => {
    stats.handshakes++;
    const clientPort = socket.remotePort ?? 0;
    // A client may disconnect at any moment; then there is nobody left to tell.
    socket.on("error", () => socket.destroy());
    const react = (request: Request): Reaction => answerOrFault(request, clientPort);
    if (socket.alpnProtocol === "h2") serveHttp2(socket, react);
    else serveHttp1(socket, react);
  });

  function answerOrFault(request: Request, clientPort: number): Reaction {
    if (request.target === STATS_PATH) return statsAnswer(request.method);
    stats.requests[bucket.kindOf(request)]++;
    const fault = faults(request.method, request.target);
    if (!fault) return bucket.answer(request);
    stats.faults[fault]++;
    return play(fault, clientPort);
  }

  function play(fault: Fault, clientPort: number): Reaction {
    switch (fault) {
      case "status500":
        return errorAnswer(internalError);
      case "status503": {
        const headers = retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) };
        return errorAnswer({ ...slowDown, headers });
      }
      case "reset":
        tcpSockets.get(clientPort)?.resetAndDestroy();
        return "reset";
      case "hang":
        return "hang";
    }
  }

  function statsAnswer(method: string): Answer {
    if (method === "DELETE") stats = freshStats(stats.open);
    const body = Buffer.from(`${JSON.stringify(stats)}\n`);
    return { status: 200, headers: { "Content-Type": "application/json" }, length: body.length, body: () => body };
  }

  return {
    port: await listen(server, port),
    stats: () => structuredClone(stats),
    resetStats: () => {
      stats = freshStats(stats.open);
    },
    close: async () => {
      for (const socket of tcpSockets.values()) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
