import type { AddressInfo, Server } from "node:net";
import { UsageError } from "../errors.js";

/**
 * Listens on 127.0.0.1 and gives the port; 0 takes any that is free.
 *
 * @throws {UsageError} for a port that is taken or not allowed
 */
export async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      const why = cause.code === "EADDRINUSE" ? "it is in use" : (cause.code ?? cause.message);
      reject(new UsageError(`port ${port} on 127.0.0.1 can't be had: ${why}`, { cause }));
    };
    server.once("error", fail);
    // A benchmark connects with hundreds of sockets at once.
    server.listen({ host: "127.0.0.1", port, backlog: 1024 }, () => {
      server.off("error", fail);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}
