import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Answer, Request } from "./answer.js";

/** What becomes of a request: it is answered, left without an answer for good, or its connection was reset. */
export type Reaction = Answer | "hang" | "reset";

/** A request head longer than this is refused. */
const MOST_HEAD_BYTES = 16_384;

const REQUEST_LINE = /^([A-Z]+) (\/[\x21-\x7e]*) HTTP\/1\.([01])$/;
const HEADER_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;

/** Headers that change how a connection is read; most requests have none of them, and need no further reading. */
const FRAMING = /\r\n(?:connection|content-length|transfer-encoding|expect|upgrade)[ \t]*:/i;
const HOST = /\r\nhost:/i;

/**
 * Serves HTTP/1.1 on a connected socket: heads without bodies are read one after the other, however they are cut into
 * packets, and answered in order, so that pipelining is safe. A request with a body, a malformed one and a too long one
 * get 400 or 431 and the end of the connection.
 *
 * It exists because Node's own server is the bottleneck of a benchmark beside it; see README.md of this folder for the
 * measured gain.
 */
export function serveHttp1(socket: Socket, react: (request: Request) => Reaction): void {
  let unread: Buffer = Buffer.alloc(0);
  let done = false;

  const refuse = (status: number): void => {
    done = true;
    socket.end(head(status, { Connection: "close" }, 0));
  };

  const onData = (chunk: Buffer): void => {
    if (done) return;
    unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
    let start = 0;
    let out = "";
    const flush = (): void => {
      if (out !== "") socket.write(out, "latin1");
      out = "";
    };
    for (;;) {
      const end = unread.indexOf("\r\n\r\n", start);
      if (end < 0) break;
      const request = end - start > MOST_HEAD_BYTES ? 431 : readHead(unread.toString("latin1", start, end));
      start = end + 4;
      if (typeof request === "number") {
        flush();
        refuse(request);
        return;
      }
      const reaction = react(request);
      if (reaction === "reset" || reaction === "hang") {
        flush();
        done = true;
        return;
      }
      const close = request.close ? { Connection: "close" } : {};
      out += head(reaction.status, { ...reaction.headers, ...close }, reaction.length);
      if (request.method !== "HEAD" && reaction.length > 0) {
        socket.cork();
        flush();
        socket.write(reaction.body());
        socket.uncork();
      }
      if (request.close) {
        flush();
        done = true;
        socket.end();
        return;
      }
    }
    flush();
    unread = start === 0 ? unread : unread.subarray(start);
    if (unread.length > MOST_HEAD_BYTES) refuse(431);
    else if (socket.writableNeedDrain) {
      // A client that asks and doesn't read is not read from either, so that answers don't pile up.
      socket.pause();
      socket.once("drain", () => socket.resume());
    }
  };
  socket.on("data", onData);
}

/** A request, and whether its connection ends with the answer; or the status that refuses it. */
function readHead(text: string): (Request & { close: boolean }) | 400 | 431 {
  const lineEnd = text.indexOf("\r\n");
  const line = REQUEST_LINE.exec(lineEnd < 0 ? text : text.slice(0, lineEnd));
  const [, method, target, minor] = line ?? [];
  if (method === undefined || target === undefined) return 400;
  const close = minor === "0";
  if (!close && !HOST.test(text)) return 400;
  const headers: Record<string, string> = {};
  for (const header of lineEnd < 0 ? [] : text.slice(lineEnd + 2).split("\r\n")) {
    const [, name, value] = HEADER_LINE.exec(header) ?? [];
    if (name === undefined || value === undefined) return 400;
    headers[name.toLowerCase()] = value.trimEnd();
  }
  if (!FRAMING.test(text)) return { method, target, headers, close };
  if ((headers["content-length"] ?? "0") !== "0" || "transfer-encoding" in headers || "expect" in headers) return 400;
  return { method, target, headers, close: close || /\bclose\b/i.test(headers["connection"] ?? "") };
}

function head(status: number, headers: Readonly<Record<string, string>>, length: number): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nDate: ${httpDate()}\r\n`;
  for (const name in headers) text += `${name}: ${headers[name] ?? ""}\r\n`;
  return `${text}Content-Length: ${length}\r\n\r\n`;
}

let date = { second: -1, text: "" };

/** The Date header, made once a second. */
export function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== date.second) date = { second, text: new Date(second * 1000).toUTCString() };
  return date.text;
}
