import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";

/** A running relay. */
export interface DelayRelay {
  port: number;
  close: () => Promise<void>;
}

/**
 * A TCP relay on 127.0.0.1 that makes the server behind it as far away as a link with a round trip of `rttMs`: every
 * byte takes half of it in either direction, and whatever a client sends first takes one more whole, since the kernel
 * answers a connect at once where a real one would have taken a round trip. So a TLS 1.3 client sees its first answer
 * after three round trips (connect, handshake, request) and each further one on the same connection after one. Bytes
 * in flight overlap; the bandwidth is not limited, and a client sees its socket connected before a real one would.
 */
export async function startDelayRelay(rttMs: number, targetPort: number, port: number): Promise<DelayRelay> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    track(client);
    const connected = setTimeout(() => {
      const upstream = track(connect({ host: "127.0.0.1", port: targetPort, allowHalfOpen: true }));
      carry(client, upstream, rttMs / 2);
      carry(upstream, client, rttMs / 2);
      client.resume();
    }, rttMs);
    client.once("close", () => {
      clearTimeout(connected);
    });
  });

  function track(socket: Socket): Socket {
    sockets.add(socket.setNoDelay());
    // "close" follows every error, and carries on what it means.
    socket.on("error", () => undefined);
    return socket.once("close", () => sockets.delete(socket));
  }

  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Passes on what one side sends, its end and its break, each `ms` later. Timers of one length keep their order. */
function carry(from: Socket, to: Socket, ms: number): void {
  const later = (act: () => void): void => {
    setTimeout(() => {
      if (!to.destroyed) act();
    }, ms);
  };
  from.on("data", (chunk) => {
    later(() => to.write(chunk));
  });
  from.on("end", () => {
    later(() => to.end());
  });
  from.on("close", (failed) => {
    later(() => (failed ? to.resetAndDestroy() : to.destroySoon()));
  });
}

/** Listens on 127.0.0.1; port 0 takes any that is free. */
export async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port, backlog: 1024 }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
