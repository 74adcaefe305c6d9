import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { dayOf } from "../../src/calendar/day.js";
import type { ReplicaMessage, ReplicaRequest } from "../../src/threads/replica-protocol.js";
import { serveReplica } from "../../src/threads/replica-service.js";

const TO = dayOf("2024-01-10");

/** The main thread's end: sends a request and returns the next message. */
function connected() {
  const { port1, port2 } = new MessageChannel();
  const next = async (request?: ReplicaRequest): Promise<ReplicaMessage> => {
    const message = once(port1, "message");
    if (request !== undefined) port1.postMessage(request);
    return ((await message) as [ReplicaMessage])[0];
  };
  return { port1, port2, next };
}

describe("the replica's service", () => {
  it("starts, counts, resets its counts, and closes its port when told to", async () => {
    const { port1, port2, next } = connected();
    const started = next();
    await serveReplica(port2, { history: { type: "synthetic", symbols: 5, from: TO - 9, through: TO } });
    expect(await started).toMatchObject({
      type: "started",
      facts: { url: expect.stringMatching(/^https:/) as string },
    });
    expect(await next("stats")).toMatchObject({ type: "stats" });
    expect(await next("reset")).toMatchObject({ type: "stats" });
    const closed = once(port1, "close");
    port1.postMessage("close" satisfies ReplicaRequest);
    await closed;
  });

  it("says why it can't start, and closes its port", async () => {
    const { port1, port2, next } = connected();
    const closed = once(port1, "close");
    const failed = next();
    await serveReplica(port2, { history: { type: "spans", file: "/no/such/file" } });
    expect(await failed).toMatchObject({ type: "failed", error: { code: "USAGE" } });
    await closed;
  });
});
