import { createServer, connect, type Socket } from "node:net";
import { listen } from "./listen.js";

/** A running relay. */
export interface DelayRelay {
  port: number;
  close: () => Promise<void>;
}

/**
 * A TCP relay on 127.0.0.1 that simulates a link with a round-trip time of `rttMs`. Every byte is delayed by half of it
 * in each direction. A client's first bytes are delayed by one more round trip, because the kernel answers a connect
 * immediately where a real one would take a round trip. So a TLS 1.3 client gets its first answer after three round
 * trips (connect, handshake, request) and each further one on the same connection after one. Bytes in flight overlap
 * and the bandwidth is not limited. Unlike on a real link, the client's socket is connected immediately.
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
    // "close" follows every error and is relayed.
    socket.on("error", () => undefined);
    return socket.once("close", () => sockets.delete(socket));
  }

  return {
    port: await listen(server, port),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Relays data, end and reset of one side, each `ms` later. Timers of equal length keep their order. */
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
    later(() => {
      if (failed) to.resetAndDestroy();
      else to.destroySoon();
    });
  });
}
