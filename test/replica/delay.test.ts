import { connect } from "node:tls";
import { expect, it } from "vitest";
import { file, withReplica } from "../support/replica.js";

const RTT = 60;
/** Timers may fire a millisecond early by the clock that measures them. */
const SLACK = 3;

it("adds a round trip to connect, handshake and each answer", async () => {
  const history = { type: "listed", files: [file("BTCUSDT", "2024-01-01")] } as const;
  await withReplica({ history, rttMs: RTT }, async (replica) => {
    const begun = performance.now();
    const socket = connect({ port: replica.port, host: "127.0.0.1", ca: replica.ca });
    await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
    const secured = performance.now();
    expect(secured - begun).toBeGreaterThanOrEqual(2 * RTT - SLACK);

    // Concurrent requests share the wait: the server reads all of these before the first answer arrives.
    const many = 20;
    let text = "";
    const allAnswered = new Promise<number>((resolve) => {
      socket.on("data", (chunk: Buffer) => {
        text += chunk.toString("latin1");
        if (text.split("\r\n\r\n").length > many) resolve(performance.now());
      });
    });
    const firstAnswered = new Promise((resolve) => socket.once("data", resolve));
    socket.write("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(many));
    await firstAnswered;
    expect((await replica.stats()).requests.list).toBe(many);
    expect((await allAnswered) - secured).toBeGreaterThanOrEqual(RTT - SLACK);

    const again = performance.now();
    socket.write("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    await new Promise((resolve) => socket.once("data", resolve));
    expect(performance.now() - again).toBeGreaterThanOrEqual(RTT - SLACK);
    socket.destroy();
  });
});

it("delivers a whole page, and the end of the connection after it", async () => {
  const files = Array.from({ length: 500 }, (_, i) => ({ ...file("BTCUSDT", "2022-01-01"), day: 18_993 + i }));
  await withReplica({ history: { type: "listed", files }, rttMs: 10 }, async (replica) => {
    const socket = connect({ port: replica.port, host: "127.0.0.1", ca: replica.ca });
    socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let text = "";
    for await (const chunk of socket) text += (chunk as Buffer).toString();
    expect(text.match(/<Key>/g)?.length).toBe(1000);
    expect(text.endsWith("</ListBucketResult>")).toBe(true);
  });
});
