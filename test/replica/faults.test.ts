import { connect } from "node:tls";
import fc from "fast-check";
import { Agent, request } from "undici";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.js";
import { planFaults, type FaultOptions } from "../../src/replica/faults.js";
import type { Replica } from "../../src/replica/replica.js";
import { file, withReplica } from "../support/replica.js";

const targets = Array.from({ length: 4_000 }, (_, i) => `/data/${i}.zip`);

describe("a plan of faults", () => {
  it("depends on seed, target and repetition, not on the order of requests", () => {
    const options: FaultOptions = { status500: 0.1, status503: 0.1, reset: 0.1, hang: 0.1, seed: 7 };
    fc.assert(
      fc.property(fc.shuffledSubarray(targets.slice(0, 50), { minLength: 50 }), (shuffled) => {
        const [one, other] = [planFaults(options), planFaults(options)];
        const inOrder = new Map(targets.slice(0, 50).map((target) => [target, one("HEAD", target)]));
        for (const target of shuffled) expect(other("HEAD", target)).toBe(inOrder.get(target));
      }),
      { numRuns: 20 },
    );
    const all = (seed: number): string => {
      const plan = planFaults({ ...options, seed });
      return targets.map((target) => plan("HEAD", target) ?? "-").join();
    };
    expect(all(7)).toBe(all(7));
    expect(all(7)).not.toBe(all(8));
  });

  it("respects the shares, on the first request as on repeated ones", () => {
    const plan = planFaults({ status500: 0.2, hang: 0.05 });
    for (let round = 0; round < 2; round++) {
      const faults = targets.map((target) => plan("HEAD", target));
      const share = (kind: string | undefined): number => faults.filter((fault) => fault === kind).length / 4_000;
      expect(share("status500")).toBeCloseTo(0.2, 1);
      expect(share("hang")).toBeCloseTo(0.05, 1);
      expect(share("reset") + share("status503")).toBe(0);
    }
    const mostly = planFaults({ status503: 0.5 });
    const first = targets.filter((target) => mostly("HEAD", target));
    const second = first.filter((target) => mostly("HEAD", target));
    expect(second.length / first.length).toBeCloseTo(0.5, 1);
  });

  it("refuses impossible shares", () => {
    for (const options of [{ reset: -0.1 }, { hang: 1.1 }, { status500: Number.NaN }, { reset: 0.6, hang: 0.6 }]) {
      expect(() => planFaults(options)).toThrow(UsageError);
    }
    expect(planFaults({ status500: 0.1, status503: 0.2, reset: 0.7 })("HEAD", "/")).toBeDefined();
  });
});

describe("faults on the wire", () => {
  const history = { type: "listed", files: [file("BTCUSDT", "2024-01-01")] } as const;

  async function ask(replica: Replica): Promise<{ status: number; retryAfter: unknown; document: string }> {
    const dispatcher = new Agent({ connect: { ca: replica.ca } });
    try {
      const { statusCode, headers, body } = await request(replica.listUrl, { dispatcher });
      return { status: statusCode, retryAfter: headers["retry-after"], document: await body.text() };
    } finally {
      await dispatcher.destroy();
    }
  }

  it("500 and 503 are S3's own documents", async () => {
    await withReplica({ history, faults: { status500: 1 } }, async (replica) => {
      expect(await ask(replica)).toMatchObject({
        status: 500,
        document: expect.stringContaining("<Code>InternalError</Code>") as string,
      });
      expect((await replica.stats()).faults).toEqual({ status500: 1, status503: 0, reset: 0, hang: 0 });
    });
    await withReplica({ history, faults: { status503: 1, retryAfter: 2 } }, async (replica) => {
      expect(await ask(replica)).toMatchObject({
        status: 503,
        retryAfter: "2",
        document: expect.stringContaining("<Code>SlowDown</Code>") as string,
      });
    });
  });

  it.each([0, 10])("a reset reaches the client as one (added round trip %i ms)", async (rttMs) => {
    await withReplica({ history, rttMs, faults: { reset: 1 } }, async (replica) => {
      await expect(ask(replica)).rejects.toMatchObject({ code: "ECONNRESET" });
    });
  });

  it("a hang answers nothing and keeps the connection open", async () => {
    await withReplica({ history, faults: { hang: 1 } }, async (replica) => {
      const socket = connect({ port: replica.port, host: "127.0.0.1", ca: replica.ca });
      const closed = new Promise((resolve) => socket.once("close", resolve));
      let received = 0;
      socket.on("data", (chunk: Buffer) => {
        received += chunk.length;
      });
      socket.on("error", () => undefined);
      socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      while ((await replica.stats()).faults.hang === 0) await new Promise(setImmediate);
      expect([received, socket.closed]).toEqual([0, false]);
      await replica.close();
      await closed;
      expect(received).toBe(0);
    });
  });
});
