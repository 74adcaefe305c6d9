import { createReadStream, existsSync, statSync } from "node:fs";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** A request that a {@link withFolderServer} has answered. */
export interface ServedRequest {
  path: string;
  /** Its Range header, "" when it had none. */
  range: string;
}

/** What a test does with a request itself: true when it has answered it. */
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
    requests.push({ path, range: request.headers.range ?? "" });
    if (!intercept(request, response)) serve(join(folder, path), request, response);
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

function serve(file: string, request: IncomingMessage, response: ServerResponse): void {
  if (!existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  const { size } = statSync(file);
  const type = TYPES[file.split(".").at(-1) ?? ""] ?? "application/octet-stream";
  const headers = { "content-type": type, "accept-ranges": "bytes" };
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const start = Number(range?.[1] ?? 0);
  const end = range?.[2] === undefined || range[2] === "" ? size - 1 : Math.min(size - 1, Number(range[2]));
  const length = { "content-length": String(end - start + 1) };
  if (range === null) response.writeHead(200, { ...headers, ...length });
  else response.writeHead(206, { ...headers, ...length, "content-range": `bytes ${start}-${end}/${size}` });
  if (request.method === "HEAD") response.end();
  else createReadStream(file, { start, end }).pipe(response);
}
