import type { TLSSocket } from "node:tls";
import type { FailureKind } from "../../src/rows/failure.js";
import { status } from "./raw-server.js";

/** How a server treats one HEAD, and how the product may report it. */
export interface Fault {
  name: string;
  /** Allowed kinds of the failure; empty if the answer must be correct nevertheless. */
  kinds: readonly FailureKind[];
  /**
   * @param honest the true answer, as bytes
   * @param reset ends the connection with a TCP reset
   */
  behave: (socket: TLSSocket, honest: string, reset: () => void) => void;
}

const ELSEWHERE = "https://127.0.0.1:1/elsewhere";

/** Wrong answers, each of a different kind; none takes long. */
export const FAULTS: readonly Fault[] = [
  { name: "close before a byte", kinds: ["closed", "reset"], behave: (socket) => socket.end() },
  {
    name: "reset before a byte",
    kinds: ["closed", "reset"],
    behave: (_socket, _honest, reset) => {
      reset();
    },
  },
  {
    name: "close inside the headers",
    kinds: ["closed"],
    behave: (socket, honest) => socket.end(honest.slice(0, honest.length / 2)),
  },
  {
    name: "reset inside the headers",
    kinds: ["reset", "closed"],
    behave: (socket, honest, reset) => socket.write(honest.slice(0, honest.length / 2), () => setTimeout(reset, 5)),
  },
  { name: "garbage", kinds: ["protocol"], behave: (socket) => socket.write("\x00\xff\x1b[2J no HTTP\r\n\r\n") },
  { name: "HTTP/0.9", kinds: ["protocol"], behave: (socket) => socket.write("<html></html>\r\n\r\n") },
  {
    name: "endless headers",
    kinds: ["protocol"],
    behave: (socket) => socket.write(`HTTP/1.1 200 OK\r\n${"X-Filler: yyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(2000)}`),
  },
  {
    name: "two lengths",
    kinds: ["protocol"],
    behave: (socket) =>
      socket.write(status(200, "Content-Length: 5\r\nLast-Modified: Fri, 05 Mar 2021 10:12:13 GMT\r\n")),
  },
  {
    name: "no length",
    kinds: ["protocol"],
    behave: (socket) =>
      socket.write(
        "HTTP/1.1 200 OK\r\nLast-Modified: Fri, 05 Mar 2021 10:12:13 GMT\r\nTransfer-Encoding: chunked\r\n\r\n",
      ),
  },
  {
    name: "a length of 300 digits",
    kinds: ["protocol"],
    behave: (socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${"9".repeat(300)}\r\n\r\n`),
  },
  { name: "no time", kinds: ["protocol"], behave: (socket) => socket.write(status(200)) },
  {
    name: "a local time",
    kinds: ["protocol"],
    behave: (socket) => socket.write(status(200, "Last-Modified: Fri, 05 Mar 2021 10:12:13\r\n")),
  },
  ...[400, 403, 405, 410, 416, 429, 451, 500, 502, 503, 504].map((code): Fault => ({
    name: String(code),
    kinds: ["status"],
    behave: (socket) => socket.write(status(code, "Retry-After: 1\r\n")),
  })),
  ...[301, 302, 303, 307, 308].map((code): Fault => ({
    name: `${code} to elsewhere`,
    kinds: ["status"],
    behave: (socket) => socket.write(status(code, `Location: ${ELSEWHERE}\r\n`)),
  })),
  { name: "204", kinds: ["status"], behave: (socket) => socket.write("HTTP/1.1 204 No\r\n\r\n") },
  { name: "304", kinds: ["status"], behave: (socket) => socket.write("HTTP/1.1 304 Same\r\n\r\n") },
];

/** Strange but correct answers, which must be accepted. */
export const ODDITIES: readonly Fault[] = [
  { name: "honest", kinds: [], behave: (socket, honest) => socket.write(honest) },
  { name: "close after the answer", kinds: [], behave: (socket, honest) => socket.end(honest) },
  {
    name: "close after a delay",
    kinds: [],
    behave: (socket, honest) => {
      whenIdle(socket, honest, () => socket.end());
    },
  },
  {
    name: "reset after the answer",
    kinds: [],
    behave: (socket, honest, reset) => {
      whenIdle(socket, honest, reset);
    },
  },
  {
    name: "Connection: close",
    kinds: [],
    behave: (socket, honest) => socket.end(honest.replace("\r\n", "\r\nConnection: close\r\n")),
  },
  {
    name: "informational answers before",
    kinds: [],
    behave: (socket, honest) => socket.write(`HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n${honest}`),
  },
  {
    name: "byte by byte",
    kinds: [],
    behave: (socket, honest) => {
      for (const byte of honest) socket.write(byte);
    },
  },
  {
    name: "in two halves",
    kinds: [],
    behave: (socket, honest) => {
      socket.write(honest.slice(0, 20));
      setTimeout(() => socket.write(honest.slice(20)), 10);
    },
  },
  {
    // A forged answer to the next HEAD in the same packet, which must not be accepted.
    name: "an unrequested answer",
    kinds: [],
    behave: (socket, honest) => socket.write(honest + status(404)),
  },
  {
    name: "a body in the answer to a HEAD",
    kinds: [],
    behave: (socket, honest) => socket.write(`${honest}PK\x03\x04body`),
  },
];

/** Answers, and ends the connection a little later unless its next HEAD has been sent by then. */
function whenIdle(socket: TLSSocket, answer: string, end: () => void): void {
  socket.write(answer, () => {
    const timer = setTimeout(end, 15);
    socket.once("data", () => {
      clearTimeout(timer);
    });
  });
}

/** Faults that last until the time limit for an answer. */
export const SLOW_FAULTS: readonly Fault[] = [
  { name: "silence", kinds: ["timeout"], behave: () => undefined },
  {
    name: "a drip",
    kinds: ["timeout"],
    behave: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const drip = setInterval(() => socket.write("X: y\r\n"), 50);
      socket.on("close", () => {
        clearInterval(drip);
      });
    },
  },
];
