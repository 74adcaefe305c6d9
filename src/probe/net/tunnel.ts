import type { buildConnector } from "undici";

/** The proxy closed the connection instead of opening a tunnel. */
export class ProxyClosedError extends Error {
  readonly code = "PROXY_CLOSED";
}

/** Codes of undici's errors after which it connects again at once, without end, instead of failing the requests. */
const IGNORED_CODES = ["UND_ERR_SOCKET", "UND_ERR_INFO"];

/**
 * A connector through a proxy whose errors always fail the requests that wait for the connection.
 *
 * @param connect opens a tunnel through the proxy
 */
export function tunnelConnector(connect: buildConnector.connector): buildConnector.connector {
  return (target, callback) => {
    connect(target, (...result) => {
      const [error] = result;
      if (error !== null && "code" in error && IGNORED_CODES.includes(String(error.code))) {
        callback(new ProxyClosedError("the proxy closed the connection", { cause: error }), null);
      } else {
        callback(...result);
      }
    });
  };
}
