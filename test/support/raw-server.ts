import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import type { Certificate } from "../../src/replica/certificate.js";
import { sharedCertificate } from "./certificate.js";

/** A TLS server without an HTTP implementation: `behave` answers each request head. */
export interface RawServer {
  url: string;
  port: number;
  ca: string;
  /** Number of accepted sockets with a completed handshake. */
  connections: () => number;
  /** Request heads received, in order. */
  requests: string[];
  /** Resolves once that many request heads have arrived. */
  received: (count: number) => Promise<void>;
  close: () => Promise<void>;
}

/**
 * @param nth number of the request on its socket, from 1
 * @param reset ends the connection with a TCP reset
 */
export type Behaviour = (socket: TLSSocket, head: string, nth: number, reset: () => void) => void;

/** A complete response to a HEAD for a file. */
export function available(size = 1234): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\nLast-Modified: Fri, 05 Mar 2021 10:12:13 GMT\r\nConnection: keep-alive\r\n\r\n`;
}

/** A complete response with a status and no body. */
export function status(code: number, headers = ""): string {
  return `HTTP/1.1 ${code} Any\r\nContent-Length: 0\r\n${headers}\r\n`;
}

/**
 * Starts a raw server on 127.0.0.1. Sockets that the client leaves open are destroyed by `close`.
 *
 * @param certificate by default a valid one
 */
export async function startRawServer(behave: Behaviour, certificate?: Certificate): Promise<RawServer> {
  const { key, cert, ca } = certificate ?? (await sharedCertificate());
  const sockets = new Set<Socket>();
  const raw = new Map<number | undefined, Socket>();
  const requests: string[] = [];
  const waiting = new Set<() => void>();
  let connections = 0;
  const server = createServer({ key, cert }, (socket) => {
    connections++;
    sockets.add(socket);
    let pending = "";
    let nth = 0;
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      pending += chunk.toString("latin1");
      for (let end = pending.indexOf("\r\n\r\n"); end >= 0; end = pending.indexOf("\r\n\r\n")) {
        const head = pending.slice(0, end);
        pending = pending.slice(end + 4);
        requests.push(head);
        for (const check of waiting) check();
        behave(socket, head, ++nth, () => raw.get(socket.remotePort)?.resetAndDestroy());
      }
    });
  });
  server.on("connection", (socket: Socket) => raw.set(socket.remotePort, socket));
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    ca,
    connections: () => connections,
    requests,
    received: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (requests.length < count) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
