import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Traffic } from "../../src/probe/traffic.js";

const NOW = 1_700_000_000_000;

describe("the rate of requests", () => {
  it("is kept by all threads together over any period, except for a tenth of a second's worth", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 40 })), { maxLength: 10 }),
        (rate, steps) => {
          const first = Traffic.start(rate);
          const threads = [first, new Traffic(first.buffer)];
          const sent: number[] = [];
          let now = NOW;
          for (const [pause, wanted] of steps) {
            now += pause;
            for (let i = 0; i < wanted; i++) if (threads[i % 2]?.admit(now) === 0) sent.push(now);
          }
          const excess = sent.flatMap((from, i) => sent.slice(i).map((to, j) => j - ((to - from + 100) * rate) / 1000));
          expect(excess.reduce((most, each) => Math.max(most, each), 0)).toBeLessThanOrEqual(0);
        },
      ),
    );
  });

  it("is reached by a caller who asks again when told to", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), (rate) => {
        const traffic = Traffic.start(rate);
        let now = NOW;
        let sent = 0;
        while (now < NOW + 5000) {
          const wait = traffic.admit(now);
          if (wait === 0) sent++;
          now += wait;
        }
        expect(sent).toBeGreaterThanOrEqual(Math.floor(rate * 4.9 * 0.9));
      }),
    );
  });

  it("has no limit by default", () => {
    const traffic = Traffic.start();
    for (let i = 0; i < 1000; i++) expect(traffic.admit(NOW)).toBe(0);
  });

  it("pauses when a server asks for it", () => {
    const traffic = Traffic.start(10);
    traffic.pauseUntil(NOW + 700);
    expect(traffic.admit(NOW)).toBe(700);
    expect(traffic.admit(NOW + 700)).toBe(0);
  });
});

describe("a sleep", () => {
  it.each(["windDown", "abandon"] as const)("ends immediately when another thread says %s", async (end) => {
    const traffic = Traffic.start();
    const other = new Traffic(traffic.buffer);
    const asleep = Promise.all([traffic.sleep(86_400_000), traffic.sleep(43_200_000)]);
    setTimeout(() => {
      other[end]();
    }, 20);
    await asleep;
    await traffic.sleep(86_400_000);
    expect(traffic.isEnding).toBe(true);
    expect(traffic.isAbandoned).toBe(end === "abandon");
  });

  it("otherwise lasts as long as it was meant to", async () => {
    const startedAt = performance.now();
    await Traffic.start().sleep(50);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(45);
  });
});

describe("a turn", () => {
  it("comes immediately, after a pause, or never if the run ends first", async () => {
    const traffic = Traffic.start();
    expect(await traffic.turn()).toBe(true);
    traffic.pauseUntil(Date.now() + 30);
    expect(await traffic.turn()).toBe(true);
    traffic.pauseUntil(Date.now() + 60_000);
    const turn = traffic.turn();
    new Traffic(traffic.buffer).windDown();
    expect(await turn).toBe(false);
  });

  it("still comes to shards in hand if nothing holds them back", async () => {
    const traffic = Traffic.start();
    traffic.windDown();
    expect(await traffic.turn()).toBe(true);
    traffic.abandon();
    expect(await traffic.turn()).toBe(false);
    traffic.windDown();
    expect(traffic.isAbandoned).toBe(true);
  });
});
