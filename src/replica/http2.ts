import { performServerHandshake } from "node:http2";
import type { TLSSocket } from "node:tls";
import type { Request } from "./answer.js";
import type { Reaction } from "./http1.js";

/** Maximum concurrent streams per connection, the same as CloudFront's and nginx's. */
const MAX_STREAMS = 128;

/** Serves HTTP/2 on a TLS connection that agreed on it by ALPN. */
export function serveHttp2(socket: TLSSocket, react: (request: Request) => Reaction): void {
  const session = performServerHandshake(socket, { settings: { maxConcurrentStreams: MAX_STREAMS } });
  // The connection is broken, so there is nobody left to tell.
  session.on("error", () => {
    session.destroy();
  });
  session.on("stream", (stream, headers) => {
    stream.on("error", () => {
      stream.destroy();
    });
    const method = headers[":method"] ?? "";
    const reaction = react({ method, target: headers[":path"] ?? "" });
    if (reaction === "reset" || reaction === "hang") return;
    const empty = method === "HEAD" || reaction.length === 0;
    stream.respond(
      { ":status": reaction.status, ...reaction.headers, "Content-Length": reaction.length },
      { endStream: empty },
    );
    if (!empty) stream.end(reaction.body());
  });
}
