import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProxyClosedError } from "../../src/probe/net/tunnel.js";
import { backoffMs, planRetry } from "../../src/probe/retry.js";
import { failureOf, statusFailure } from "../../src/probe/outcome.js";
import { Traffic } from "../../src/probe/traffic.js";
import { Counters } from "../../src/rows/counters.js";
import type { Retry } from "../../src/rows/failure.js";

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("backoffMs", () => {
  it("grows to at most ten seconds, with full jitter", () => {
    const failure = statusFailure(500, {});
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), random, (attempt, drawn) => {
        const delay = backoffMs(failure, attempt, drawn);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(Math.min(10_000, 200 * 2 ** (attempt - 1)));
      }),
    );
    expect(backoffMs(failure, 1, 0.5)).toBe(100);
    expect(backoffMs(failure, 3, 0.5)).toBe(400);
  });

  it("waits at least as long as the server asks, but at most a minute", () => {
    expect(backoffMs(statusFailure(503, { "retry-after": "7" }), 1, 0.5)).toBe(7100);
    expect(backoffMs(statusFailure(429, { "retry-after": "999999" }), 1, 0)).toBe(60_000);
  });

  it.each(["-1", "1.5", "soon", "", "Fri, 05 Mar 2021 10:12:13 GMT", "9".repeat(30)])("ignores %j", (wait) => {
    expect(backoffMs(statusFailure(503, { "retry-after": wait }), 1, 0)).toBe(0);
  });
});

describe("planRetry", () => {
  const failure = statusFailure(500, {});
  const host = "data.binance.vision";
  const run = (retries: number) => {
    const reported: Retry[] = [];
    const onRetry = (retry: Retry) => reported.push(retry);
    return { retries, counters: new Counters(), traffic: Traffic.start(), reported, onRetry };
  };

  it("gives up after the allowed attempts, and counts only what is sent again", () => {
    const context = run(2);
    expect(planRetry(context, host, failure, 1, 0.5)).toBe(100);
    expect(planRetry(context, host, failure, 2, 0.5)).toBe(200);
    expect(planRetry(context, host, failure, 3, 0.5)).toBeUndefined();
    expect(context.counters.read().retries).toBe(2);
    expect(context.reported).toEqual(Array(2).fill({ kind: "status", code: "HTTP_500", host }));
    expect(context.traffic.pauseLeft(Date.now())).toBe(0);
  });

  it.each([
    [502, true],
    [407, false],
    [403, false],
  ])("for a proxy that answers %d: %s", (status, retried) => {
    const error = new Error(`Proxy response (${status}) !== 200 when HTTP Tunneling`);
    const proxyFailure = failureOf(error);
    expect(proxyFailure).toMatchObject({ kind: "proxy", code: `PROXY_${status}` });
    expect(planRetry(run(1), host, proxyFailure, 1) !== undefined).toBe(retried);
  });

  it("retries when a proxy has closed the connection", () => {
    const proxyFailure = failureOf(new ProxyClosedError("the proxy closed the connection"));
    expect(proxyFailure).toMatchObject({ kind: "proxy", code: "PROXY_CLOSED" });
    expect(planRetry(run(1), host, proxyFailure, 1)).toBeDefined();
  });

  it("does not retry a refusal", () => {
    for (const code of [301, 400, 403, 451]) {
      const context = run(9);
      expect(planRetry(context, host, statusFailure(code, {}), 1)).toBeUndefined();
      expect(context.counters.read().retries).toBe(0);
    }
  });

  it.each([429, 503])("makes every thread pause after a %d", (code) => {
    const context = run(1);
    const before = Date.now();
    const delay = planRetry(context, host, statusFailure(code, { "retry-after": "3" }), 1, 0);
    expect(delay).toBe(3000);
    expect(context.traffic.pauseLeft(before)).toBeGreaterThanOrEqual(3000);
  });
});

describe("failureOf", () => {
  it("keeps the causes of an error, including the attempts at each address", () => {
    const attempts = [new Error("connect ECONNREFUSED 127.0.0.1:1"), new Error("connect ECONNREFUSED ::1:1")];
    const below = Object.assign(new AggregateError(attempts), { code: "ECONNREFUSED" });
    expect(failureOf(below)).toEqual({
      kind: "connect",
      code: "ECONNREFUSED",
      message: "ECONNREFUSED",
      cause: "Error: connect ECONNREFUSED 127.0.0.1:1; Error: connect ECONNREFUSED ::1:1",
    });
    const nested = new TypeError("fetch failed", { cause: new Error("other side closed", { cause: "gone" }) });
    expect(failureOf(nested).cause).toBe("Error: other side closed; gone");
    expect(failureOf(new Error("plain"))).not.toHaveProperty("cause");
  });

  it("stops when causes form a cycle", () => {
    const error = new Error("round");
    error.cause = error;
    expect(failureOf(error).cause?.split("; ")).toHaveLength(8);
  });
});
