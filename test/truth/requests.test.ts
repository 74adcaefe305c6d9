import { describe, expect } from "vitest";
import { it } from "./support.js";

const LIVE = Array.from({ length: 20 }, (_, at) => `L${String(at).padStart(2, "0")}USDT`);
const ENDED = Array.from({ length: 7 }, (_, at) => `E${String(at).padStart(2, "0")}USDT`);
/** More for its symbols than 200 are for 1,000, each of a different age. */
const HOLES = Array.from({ length: 6 }, (_, at) => ({ symbol: LIVE[at * 3] ?? "", daysAgo: 22 + at * 9 }));
const DAYS = 7;

describe("a daily update stays cheap", () => {
  it("sends at most 1.2 requests per live symbol, and one a week per dormant one", async ({ world }) => {
    world.files(LIVE.join(" "), "2020-01-01", "2020-06-30");
    world.files(ENDED.join(" "), "2019-12-31", "2020-01-31");
    const start = Date.parse("2020-05-01T00:00:00Z");
    const date = (offset: number) => new Date(start + offset * 86_400_000).toISOString().slice(0, 10);
    for (const { symbol, daysAgo } of HOLES) world.withhold(symbol, date(-daysAgo));
    world.at(date(0));
    await world.update();
    const sent = new Map<string, number>();
    for (let day = 1; day <= DAYS; day++) {
      world.at(date(day));
      expect(await world.update()).toMatchObject({ outcome: "whole" });
      for (const probe of world.probes) {
        const of = probe.type === "folders" ? "" : ENDED.includes(probe.symbol) ? "ended" : "live";
        sent.set(of, (sent.get(of) ?? 0) + 1);
      }
    }
    const folders = sent.get("") ?? 0;
    expect((sent.get("live") ?? 0) + folders).toBeLessThanOrEqual(1.2 * LIVE.length * DAYS);
    expect(sent.get("ended")).toBe((ENDED.length * DAYS) / 7);
  });
});
