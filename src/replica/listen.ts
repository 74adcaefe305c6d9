import type { AddressInfo, Server } from "node:net";
import { UsageError } from "../errors.js";

/**
 * Listens on 127.0.0.1 and returns the port; 0 picks a free one.
 *
 * @throws UsageError for a port that is taken or not allowed
 */
export async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      const why = cause.code === "EADDRINUSE" ? "it is in use" : (cause.code ?? cause.message);
      reject(new UsageError(`can't listen on port ${port} of 127.0.0.1: ${why}`, { cause }));
    };
    server.once("error", fail);
    // A benchmark opens hundreds of sockets at once.
    server.listen({ host: "127.0.0.1", port, backlog: 1024 }, () => {
      server.off("error", fail);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}
