import { createReadStream, existsSync, statSync } from "node:fs";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** A request received by {@link withFolderServer}. */
export interface ServedRequest {
  path: string;
  /** Its Range header; "" if it had none. */
  range: string;
  /** Bytes of the answer's body. */
  bytes: number;
}

/** Answers some requests differently; returns true if it did. */
export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Serves a folder over HTTP, ranges included, as a static host does. */
export async function withFolderServer<Result>(
  folder: string,
  use: (url: string, requests: ServedRequest[]) => Promise<Result>,
  intercept: Intercept = () => false,
): Promise<Result> {
  const requests: ServedRequest[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://host").pathname);
    const served = { path, range: request.headers.range ?? "", bytes: 0 };
    requests.push(served);
    if (!intercept(request, response)) served.bytes = serve(join(folder, path), request, response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const TYPES: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript", css: "text/css" };

/** @returns bytes of the body */
function serve(file: string, request: IncomingMessage, response: ServerResponse): number {
  if (!existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return 0;
  }
  const { size } = statSync(file);
  const type = TYPES[file.split(".").at(-1) ?? ""] ?? "application/octet-stream";
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const start = Number(range?.[1] ?? 0);
  const end = range?.[2] === undefined || range[2] === "" ? size - 1 : Math.min(size - 1, Number(range[2]));
  response.writeHead(range === null ? 200 : 206, {
    ...{ "content-type": type, "accept-ranges": "bytes", "content-length": String(end - start + 1) },
    ...(range === null ? {} : { "content-range": `bytes ${start}-${end}/${size}` }),
  });
  if (request.method === "HEAD") {
    response.end();
    return 0;
  }
  createReadStream(file, { start, end }).pipe(response);
  return end - start + 1;
}
