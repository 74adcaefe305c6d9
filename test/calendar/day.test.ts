import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, dayAt, dayOf, formatDay, parseDay } from "../../src/calendar/day.js";
import { finalFrom } from "../../src/vision/finality.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

describe("parseDay", () => {
  it("reverses formatDay for every day of two centuries", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 73_000 }), (day) => {
        expect(parseDay(formatDay(day))).toBe(day);
      }),
    );
  });

  it("agrees with Date on any digits in the form of a date", () => {
    const digits = (length: number) =>
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length });
    fc.assert(
      fc.property(digits(4), digits(2), digits(2), (y, m, d) => {
        const text = `${y.join("")}-${m.join("")}-${d.join("")}`;
        const ms = Date.parse(`${text}T00:00:00Z`);
        const real = !Number.isNaN(ms) && ms >= 0 && new Date(ms).toISOString().startsWith(text);
        expect(parseDay(text)).toBe(real ? ms / DAY_MS : undefined);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    "",
    "2024-1-01",
    "2024-02-30",
    "2023-02-29",
    "1969-12-31",
    "2024-00-10",
    "2024-13-01",
    "2024/01/01",
    " 2024-01-01",
    "２０２４-01-01",
  ])("rejects %j", (text) => {
    expect(parseDay(text)).toBeUndefined();
  });
});

describe("formatDay", () => {
  it("agrees with Date on any day", () => {
    const day = fc.oneof(fc.integer({ min: -720_000, max: 2_934_000 }), fc.integer({ min: 10_000, max: 30_000 }));
    fc.assert(
      fc.property(day, (day) => {
        expect(formatDay(day)).toBe(new Date(day * DAY_MS).toISOString().slice(0, 10));
      }),
      { numRuns: 5000 },
    );
  });
});

describe("finality", () => {
  it("is reached at D+20 00:00 UTC", () => {
    const day = dayOf("2026-03-01");
    expect(new Date(finalFrom(DEFAULT_DATASET.finality, day)).toISOString()).toBe("2026-03-21T00:00:00.000Z");
  });

  it("counts days in UTC whatever the local time zone", () => {
    expect(formatDay(dayAt(Date.parse("2026-03-29T00:30:00+02:00")))).toBe("2026-03-28");
  });
});
